using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>Delta in, new file out. When a step answers with <see cref="JobStatus.NeedBasis"/>, it wants
    /// <see cref="BasisLength"/> bytes of the basis from <see cref="BasisOffset"/> on, which <see cref="GiveBasis"/> brings;
    /// then the next step goes on. A job that looks for a seal and is about to fail may want the basis again, from its beginning to
    /// its end: it then says whether that is the one which was sealed.</summary>
    public sealed class PatchJob : Job
    {
        private readonly BasisWindow window;
        private readonly bool requiresSeal;
        private readonly bool looksForSeal;

        /// <summary>A job that applies one delta.</summary>
        public PatchJob(Options options = null)
            : this(Checked(options), new BasisWindow())
        {
        }

        private PatchJob(Options options, BasisWindow window)
            : base(Begin(window), options)
        {
            this.window = window;
            looksForSeal = options.Seal;
            requiresSeal = options.RequireSeal;
            SetLimits(options.Limits);
            if (looksForSeal)
            {
                RollsyncException.Check(Native.rollsync_job_set_seal(Handle, 1));
            }
        }

        /// <summary>Where in the basis the wanted bytes begin.</summary>
        public long BasisOffset
        {
            get { return window.WantedOffset; }
        }

        /// <summary>How many bytes of the basis are wanted; fewer will do.</summary>
        public int BasisLength
        {
            get { return window.WantedLength; }
        }

        internal override Seal Seal
        {
            get
            {
                if (!looksForSeal)
                {
                    return null;
                }
                var seal = new Native.JobSeal { Size = (UIntPtr)Marshal.SizeOf(typeof(Native.JobSeal)) };
                return Native.rollsync_job_seal(Handle, ref seal) == Native.Done ? new Seal(ref seal) : null;
            }
        }

        /// <summary>Brings the wanted bytes, or the first of them. None means that the basis has ended there. If bytes that the delta
        /// copies are behind that, the job fails: with <see cref="ErrorKind.Mismatch"/> when the delta's seal says that the basis
        /// is another, otherwise with <see cref="ErrorKind.InputEnded"/>.</summary>
        /// <exception cref="InvalidOperationException">None are wanted, or they were given.</exception>
        public void GiveBasis(ReadOnlySpan<byte> bytes)
        {
            if (!window.IsWanted)
            {
                throw new InvalidOperationException("no bytes of the basis are wanted");
            }
            int length = Math.Min(bytes.Length, BasisLength);
            bytes.Slice(0, length).CopyTo(window.Place(length));
            window.Give(length);
        }

        internal BasisWindow Window
        {
            get { return window; }
        }

        /// <summary>The library takes a step that moves nothing, though input and room are there, for its own error; but a job
        /// that stands before a copy moves nothing before its basis has come. So what was begun is gone on with first, and
        /// input is offered when that is through.</summary>
        internal override JobStatus Advance(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            JobStatus status = IterateOnce(default(ReadOnlySpan<byte>), false, output, out consumed, out produced);
            if (status == JobStatus.NeedInput && (isLast || !input.IsEmpty))
            {
                int more;
                try
                {
                    status = IterateOnce(input, isLast, output.Slice(produced), out consumed, out more);
                }
                catch (RollsyncException) when (produced > 0)
                {
                    // It comes again with the next step: what is delivered goes first.
                    return JobStatus.NeedOutput;
                }
                produced += more;
            }
            if (status == JobStatus.Done && requiresSeal && Seal == null)
            {
                throw NoSeal();
            }
            return status;
        }

        /// <summary>What it is to require one in vain.</summary>
        internal static RollsyncException NoSeal()
        {
            return new RollsyncException(ErrorKind.Mismatch, "the delta has no seal");
        }

        internal override RollsyncException FailureOf(int result)
        {
            RollsyncException failure = base.FailureOf(result);
            if (window.EndedBefore == null || failure.Kind != ErrorKind.InputEnded)
            {
                return failure;
            }
            // The library says only that something has ended.
            string message = string.Format(
                "the basis ends before offset {0}, from where the delta copies: it may be the wrong basis", window.EndedBefore);
            return new RollsyncException(ErrorKind.InputEnded, message);
        }

        private JobStatus IterateOnce(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            window.IsWanted = false;
            JobStatus status = Iterate(input, isLast, output, out consumed, out produced);
            return window.IsWanted && status == JobStatus.NeedInput ? JobStatus.NeedBasis : status;
        }

        internal static Options Checked(Options options)
        {
            options = Options.Checked(options);
            if (options.RequireSeal && !options.Seal)
            {
                throw new ArgumentException("RequireSeal needs Seal", nameof(options));
            }
            return options;
        }

        private static JobHandle Begin(BasisWindow window)
        {
            Native.Require();
            GCHandle opaque = GCHandle.Alloc(window);
            return new JobHandle(Native.rs_patch_begin(BasisWindow.Callback, GCHandle.ToIntPtr(opaque)), opaque);
        }
    }
}
