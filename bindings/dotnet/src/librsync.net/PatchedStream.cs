using System;
using System.IO;
using Rollsync;

namespace librsync.net
{
    /// <summary>A new file that is put together while it is read: from any of its bytes on. The engine applies the delta; to
    /// begin in the middle, it is given what is left of the command there, and then the delta behind it.</summary>
    internal sealed class PatchedStream : SeekableLazyStream
    {
        private const byte LiteralOfLongLength = 0x44;
        private const byte CopyOfLongOffsetAndLength = 0x54;

        private readonly Stream original;
        private readonly Stream delta;
        private readonly CommandIndex commands;

        internal PatchedStream(Stream original, Stream delta)
        {
            this.original = original;
            this.delta = delta;
            commands = CommandIndex.Read(delta);
        }

        public override bool CanSeek
        {
            get { return true; }
        }

        public override long Length
        {
            get
            {
                CheckOpen();
                return commands.NewLength;
            }
        }

        protected override void Restart()
        {
            CommandIndex.Command command = commands.At(Target);
            long done = Target - command.Start;
            var prefix = new Prefix((int)MagicNumber.Delta);
            if (command.IsCopy)
            {
                prefix.Add(CopyOfLongOffsetAndLength);
                prefix.Add(command.Offset + done);
                delta.Position = command.Behind;
            }
            else
            {
                prefix.Add(LiteralOfLongLength);
                delta.Position = command.Behind + done;
            }
            prefix.Add(command.Length - done);
            // A seal says nothing of a part.
            var options = new Options { Seal = false };
            var job = new PatchJob(options);
            Begin(job, new Pump(job, Phase.Patch, delta, options, original, prefix.ToArray()), 0);
        }

        protected override void CheckPosition(long position)
        {
            base.CheckPosition(position);
            if (position > Length)
            {
                throw new ArgumentOutOfRangeException(nameof(position), "the new file is not as long");
            }
        }

        /// <summary>The beginning of a delta.</summary>
        private sealed class Prefix
        {
            private readonly MemoryStream bytes = new MemoryStream();

            internal Prefix(int magic)
            {
                Add(magic, sizeof(int));
            }

            internal void Add(byte opcode)
            {
                bytes.WriteByte(opcode);
            }

            internal void Add(long parameter)
            {
                Add(parameter, sizeof(long));
            }

            internal byte[] ToArray()
            {
                return bytes.ToArray();
            }

            private void Add(long number, int width)
            {
                for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
                {
                    bytes.WriteByte((byte)(number >> shift));
                }
            }
        }
    }
}
