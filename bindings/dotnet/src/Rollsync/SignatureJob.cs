using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>Basis in, signature out.</summary>
    public sealed class SignatureJob : Job
    {
        /// <summary>A job for a basis of <paramref name="basisLength"/> bytes; -1 when that is not known, which matters where
        /// recommended lengths are asked for.</summary>
        /// <exception cref="RollsyncException">The lengths that were asked for are none.</exception>
        public SignatureJob(Options options = null, long basisLength = -1)
            : this(Options.Checked(options), Resolved.From(options ?? Options.Default, basisLength))
        {
        }

        private SignatureJob(Options options, Resolved resolved)
            : base(resolved.Begin(), options)
        {
            BlockLength = (int)resolved.BlockLength;
            StrongLength = (int)resolved.StrongLength;
            SetLimits(options.Limits);
            if (options.Seal)
            {
                RollsyncException.Check(Native.rollsync_job_set_seal(Handle, 1));
            }
        }

        /// <summary>Bytes a block.</summary>
        public int BlockLength { get; }

        /// <summary>Bytes of each strong sum.</summary>
        public int StrongLength { get; }

        /// <summary>What is asked for, with the recommended lengths filled in.</summary>
        internal struct Resolved
        {
            internal int Magic;
            internal UIntPtr BlockLength;
            internal UIntPtr StrongLength;

            internal static Resolved From(Options options, long basisLength)
            {
                if (options.BlockLength < 0)
                {
                    throw new RollsyncException(ErrorKind.Param, "a block length is not negative");
                }
                if (options.StrongLength < Options.Shortest)
                {
                    throw new RollsyncException(ErrorKind.Param, "a strong length is not negative");
                }
                if (options.Format == 0)
                {
                    throw new RollsyncException(ErrorKind.BadMagic, "no signature format");
                }
                Native.Require();
                var resolved = new Resolved
                {
                    Magic = (int)options.Format,
                    BlockLength = (UIntPtr)options.BlockLength,
                    StrongLength = options.StrongLength == Options.Shortest ? AllOnes() : (UIntPtr)options.StrongLength,
                };
                ErrorLog.Forget();
                RollsyncException.Check(Native.rs_sig_args(
                    basisLength, ref resolved.Magic, ref resolved.BlockLength, ref resolved.StrongLength));
                return resolved;
            }

            internal JobHandle Begin()
            {
                return new JobHandle(Native.rs_sig_begin(BlockLength, StrongLength, Magic), default(GCHandle));
            }

            private static UIntPtr AllOnes()
            {
                return UIntPtr.Size == 8 ? new UIntPtr(ulong.MaxValue) : new UIntPtr(uint.MaxValue);
            }
        }
    }
}
