using System;

namespace Rollsync
{
    /// <summary>What may be taken of each resource: for files that come from strangers. Of each, 0 is no limit; what is reached
    /// ends in a <see cref="RollsyncException"/> of kind <see cref="ErrorKind.Limit"/>.</summary>
    public sealed class Limits
    {
        /// <summary>Bytes written: signature, delta, patch.</summary>
        public long Output { get; set; }

        /// <summary>Blocks of a signature: signature, load.</summary>
        public long Records { get; set; }

        /// <summary>Bytes of the library's memory that grow with the input: load with its index, delta.</summary>
        public long Memory { get; set; }

        /// <summary>Bytes of one literal: patch.</summary>
        public long Literal { get; set; }

        /// <summary>Bytes hashed for each byte of the new file: delta. Beyond, the delta grows instead.</summary>
        public long WorkPerByte { get; set; }

        /// <summary>How long a job may take, from its first step on. It is looked at between steps: a read that waits is not
        /// interrupted.</summary>
        public TimeSpan Time { get; set; }

        internal Native.JobLimits ToNative()
        {
            return new Native.JobLimits
            {
                Size = (UIntPtr)(UIntPtr.Size + 5 * sizeof(ulong)),
                Output = Checked(Output, nameof(Output)),
                Records = Checked(Records, nameof(Records)),
                Memory = Checked(Memory, nameof(Memory)),
                Literal = Checked(Literal, nameof(Literal)),
                WorkPerByte = Checked(WorkPerByte, nameof(WorkPerByte)),
            };
        }

        private static ulong Checked(long limit, string name)
        {
            if (limit < 0)
            {
                throw new ArgumentOutOfRangeException(name);
            }
            return (ulong)limit;
        }
    }
}
