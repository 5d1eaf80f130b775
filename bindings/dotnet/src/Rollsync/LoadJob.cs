using System;

namespace Rollsync
{
    /// <summary>Signature in; at the end there is a <see cref="Signature"/>. A seal is always checked.</summary>
    public sealed class LoadJob : Job
    {
        private readonly byte[] header = new byte[12];
        private int headerLength;
        private SignatureHandle signature;

        /// <summary>A job that loads one signature.</summary>
        public LoadJob(Options options = null)
            : this(Options.Checked(options), Begun.Begin())
        {
        }

        private LoadJob(Options options, Begun begun)
            : base(begun.Job, options)
        {
            signature = begun.Signature;
            SetLimits(options.Limits);
        }

        /// <summary>Goes on with a piece of the signature; all of it is taken.</summary>
        public JobStatus Step(ReadOnlySpan<byte> input, bool isLast)
        {
            int consumed, produced;
            return Step(input, isLast, default(Span<byte>), out consumed, out produced);
        }

        /// <summary>The signature, ready for deltas, when the job is done; it is the caller's to dispose.</summary>
        /// <exception cref="RollsyncException">There is no memory for it, or the limits grant none.</exception>
        public Signature Finish()
        {
            if (!IsDone || signature == null)
            {
                throw new InvalidOperationException("the signature is not loaded, or was taken");
            }
            ErrorLog.Forget();
            RollsyncException.Check(Native.rs_build_hash_table(signature));
            var loaded = new Signature(signature, header, Stats.Blocks);
            signature = null;
            return loaded;
        }

        internal override JobStatus Advance(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            JobStatus status = Iterate(input, isLast, output, out consumed, out produced);
            int taken = Math.Min(consumed, header.Length - headerLength);
            input.Slice(0, taken).CopyTo(new Span<byte>(header, headerLength, taken));
            headerLength += taken;
            return status == JobStatus.Done ? JobStatus.Done : JobStatus.NeedInput;
        }

        internal override void DisposeOwned()
        {
            if (signature != null)
            {
                signature.Dispose();
            }
        }

        private struct Begun
        {
            internal JobHandle Job;
            internal SignatureHandle Signature;

            internal static Begun Begin()
            {
                Native.Require();
                IntPtr signature;
                IntPtr job = Native.rs_loadsig_begin(out signature);
                return new Begun { Signature = new SignatureHandle(signature), Job = new JobHandle(job) };
            }
        }
    }
}
