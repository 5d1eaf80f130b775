using System.Collections.Generic;
using System.IO;

namespace librsync.net
{
    /// <summary>Where each byte of a new file comes from: the commands of a delta, without their literals. Takes 40 bytes for each
    /// literal, and for each copy that does not continue the one before it.</summary>
    internal sealed class CommandIndex
    {
        private readonly List<Command> commands = new List<Command>();

        private CommandIndex()
        {
        }

        /// <summary>Bytes of the new file.</summary>
        internal long NewLength { get; private set; }

        /// <summary>Reads the commands from where the delta stands to its END.</summary>
        internal static CommandIndex Read(Stream delta)
        {
            var index = new CommandIndex();
            long magic = Number(delta, 4);
            if (magic != (long)MagicNumber.Delta)
            {
                throw new InvalidDataException(
                    string.Format("Got magic number {0:x8} instead of expected {1:x8}", magic, (int)MagicNumber.Delta));
            }
            for (;;)
            {
                int opcode = (int)Number(delta, 1);
                if (opcode == 0)
                {
                    return index;
                }
                index.Add(opcode, delta);
            }
        }

        /// <summary>The command that makes the byte at a position of the new file.</summary>
        internal Command At(long position)
        {
            int low = 0;
            int high = commands.Count - 1;
            while (low < high)
            {
                int middle = low + (high - low + 1) / 2;
                if (commands[middle].Start <= position)
                {
                    low = middle;
                }
                else
                {
                    high = middle - 1;
                }
            }
            return commands[low];
        }

        private void Add(int opcode, Stream delta)
        {
            var command = new Command { Start = NewLength };
            if (opcode <= 0x40)
            {
                command.Length = opcode;
            }
            else if (opcode <= 0x44)
            {
                command.Length = Number(delta, 1 << (opcode - 0x41));
            }
            else if (opcode <= 0x54)
            {
                command.IsCopy = true;
                command.Offset = Number(delta, 1 << ((opcode - 0x45) / 4));
                command.Length = Number(delta, 1 << ((opcode - 0x45) % 4));
            }
            else
            {
                throw new InvalidDataException(string.Format("stream corrupt: bogus command 0x{0:x2}", opcode));
            }
            if (command.Length <= 0 || command.Offset < 0 || command.Offset > long.MaxValue - command.Length)
            {
                throw new InvalidDataException("stream corrupt: a command of no length, or beyond all files");
            }
            if (NewLength > long.MaxValue - command.Length)
            {
                throw new InvalidDataException("stream corrupt: the new file is longer than files can be");
            }
            command.Behind = delta.Position;
            if (!command.IsCopy)
            {
                if (command.Length > delta.Length - command.Behind)
                {
                    throw new EndOfStreamException("the delta ends within a literal");
                }
                delta.Position = command.Behind + command.Length;
            }
            NewLength += command.Length;
            if (!Joins(command))
            {
                commands.Add(command);
            }
        }

        /// <summary>Makes the last command the longer when this one continues it.</summary>
        private bool Joins(Command command)
        {
            if (commands.Count == 0)
            {
                return false;
            }
            Command last = commands[commands.Count - 1];
            if (!last.IsCopy || !command.IsCopy || last.Offset + last.Length != command.Offset)
            {
                return false;
            }
            last.Length += command.Length;
            last.Behind = command.Behind;
            commands[commands.Count - 1] = last;
            return true;
        }

        private static long Number(Stream delta, int width)
        {
            long number = 0;
            for (int i = 0; i < width; i++)
            {
                int next = delta.ReadByte();
                if (next < 0)
                {
                    throw new EndOfStreamException("the delta ends before its END");
                }
                number = number * 256 + next;
            }
            return number;
        }

        /// <summary>A LITERAL or a COPY.</summary>
        internal struct Command
        {
            internal bool IsCopy;

            /// <summary>Where in the new file its bytes begin, and how many they are.</summary>
            internal long Start;
            internal long Length;

            /// <summary>Where in the basis a COPY begins.</summary>
            internal long Offset;

            /// <summary>Where in the delta its opcode and parameters have ended.</summary>
            internal long Behind;
        }
    }
}
