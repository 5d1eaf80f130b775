using System;
using System.Diagnostics;

namespace Rollsync
{
    /// <summary>What may be taken of each resource: for files that come from strangers. Of each but
    /// <see cref="WorkPerByte"/>, 0 is no limit, and one that is reached ends in a <see cref="RollsyncException"/> of kind
    /// <see cref="ErrorKind.Limit"/>.</summary>
    public sealed class Limits
    {
        /// <summary>Bytes written: signature, delta, patch. A signature in between is not counted.</summary>
        public long Output { get; set; }

        /// <summary>Blocks of a signature: signature, load.</summary>
        public long Records { get; set; }

        /// <summary>Bytes of the library's memory that grow with the input: load with its index, delta.</summary>
        public long Memory { get; set; }

        /// <summary>Bytes of one literal: patch.</summary>
        public long Literal { get; set; }

        /// <summary>Bytes hashed for each byte of the new file: delta. Beyond, the delta grows instead. 0 is what the profile says:
        /// 4 to 8 with <see cref="Profile.Compact"/>, by basis length and weak sum, no limit with those of librsync.</summary>
        public long WorkPerByte { get; set; }

        /// <summary>How long a call may take; or a job that is run by hand, from its first step on. It is looked at between steps: a
        /// read that waits is not interrupted.</summary>
        public TimeSpan Time { get; set; }

        /// <summary>Runs since a call of several jobs has begun; null: each job has its own.</summary>
        internal Stopwatch Clock { get; private set; }

        /// <summary>The limits of a call that begins now, for all of its jobs together.</summary>
        internal Limits OfCall()
        {
            var copy = (Limits)MemberwiseClone();
            copy.Clock = Clock ?? Stopwatch.StartNew();
            return copy;
        }

        /// <summary>The limits of a job whose output is not the call's.</summary>
        internal Limits InBetween()
        {
            var copy = (Limits)MemberwiseClone();
            copy.Output = 0;
            return copy;
        }

        /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
        internal Native.JobLimits ToNative()
        {
            if (Time < TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(nameof(Time));
            }
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
