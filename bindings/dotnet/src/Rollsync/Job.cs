using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;

namespace Rollsync
{
    /// <summary>What a job needs to go on.</summary>
    public enum JobStatus
    {
        /// <summary>All input was taken: more is needed, or the word that there is none.</summary>
        NeedInput,

        /// <summary>The output's room is full; or the job has failed, which the next step says, and what it delivered before is
        /// to be taken first.</summary>
        NeedOutput,

        /// <summary>Bytes of the basis are needed: see <see cref="PatchJob"/>.</summary>
        NeedBasis,

        /// <summary>It is finished, and all output is delivered.</summary>
        Done,
    }

    /// <summary>One piece of work that is given buffers and does no I/O: <see cref="SignatureJob"/>, <see cref="LoadJob"/>,
    /// <see cref="DeltaJob"/>, <see cref="PatchJob"/>. Used by one thread at a time, but for <see cref="Cancel"/>.</summary>
    public abstract class Job : IDisposable
    {
        private readonly TimeSpan timeLimit;
        private Stopwatch time;
        private RollsyncException failure;
        private long bytesIn;
        private long bytesOut;
        private int users;

        internal Job(JobHandle handle, Options options)
        {
            Handle = handle;
            if (options.Limits != null)
            {
                timeLimit = options.Limits.Time;
                time = options.Limits.Clock;
            }
        }

        /// <summary>What it has counted so far.</summary>
        public unsafe Stats Stats
        {
            get
            {
                bool isHeld = false;
                try
                {
                    Handle.DangerousAddRef(ref isHeld);
                    return new Stats(*Native.rs_job_statistics(Handle), bytesIn, bytesOut, Seal);
                }
                finally
                {
                    if (isHeld)
                    {
                        Handle.DangerousRelease();
                    }
                }
            }
        }

        internal JobHandle Handle { get; }

        /// <summary>Whether a step has said that it is done.</summary>
        internal bool IsDone { get; private set; }

        internal virtual Seal Seal
        {
            get { return null; }
        }

        /// <summary>Goes on as far as the buffers allow. Input that was not taken is to be offered again, first;
        /// <paramref name="isLast"/> says that nothing comes behind what is offered, and stays so once it was said. A job that is
        /// done takes nothing more, and says so again.</summary>
        /// <exception cref="RollsyncException">The job has failed, and will say so again. Output that was delivered before is
        /// right.</exception>
        public JobStatus Step(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            if (Interlocked.Exchange(ref users, 1) != 0)
            {
                throw new InvalidOperationException("a job is used by one thread at a time");
            }
            try
            {
                if (IsDone && !Handle.IsClosed)
                {
                    consumed = 0;
                    produced = 0;
                    return JobStatus.Done;
                }
                CheckTime();
                JobStatus status = Advance(input, isLast, output, out consumed, out produced);
                bytesIn += consumed;
                bytesOut += produced;
                IsDone = status == JobStatus.Done;
                return status;
            }
            finally
            {
                Volatile.Write(ref users, 0);
            }
        }

        /// <summary>Makes the next step fail with <see cref="ErrorKind.Cancelled"/>, unless the job is done. From any
        /// thread.</summary>
        public void Cancel()
        {
            RollsyncException.Check(Native.rollsync_job_cancel(Handle));
        }

        /// <summary>Frees what the library holds for it, finished or not.</summary>
        public void Dispose()
        {
            Handle.Dispose();
            DisposeOwned();
        }

        internal virtual void DisposeOwned()
        {
        }

        internal virtual JobStatus Advance(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            return Iterate(input, isLast, output, out consumed, out produced);
        }

        /// <summary>rs_job_iter. What a failing call has delivered is delivered first, and its error comes with the next
        /// call.</summary>
        internal unsafe JobStatus Iterate(
            ReadOnlySpan<byte> input, bool isLast, Span<byte> output, out int consumed, out int produced)
        {
            if (failure != null)
            {
                throw failure;
            }
            int result;
            ErrorLog.Forget();
            fixed (byte* inPlace = &MemoryMarshal.GetReference(input))
            fixed (byte* outPlace = &MemoryMarshal.GetReference(output))
            {
                var buffers = new Native.Buffers
                {
                    NextIn = inPlace,
                    AvailIn = (UIntPtr)input.Length,
                    EofIn = isLast ? 1 : 0,
                    NextOut = outPlace,
                    AvailOut = (UIntPtr)output.Length,
                };
                result = Native.rs_job_iter(Handle, ref buffers);
                consumed = input.Length - (int)buffers.AvailIn;
                produced = output.Length - (int)buffers.AvailOut;
            }
            if (result == Native.Done)
            {
                return JobStatus.Done;
            }
            if (result != Native.Blocked)
            {
                failure = FailureOf(result);
                if (produced == 0)
                {
                    throw failure;
                }
                return JobStatus.NeedOutput;
            }
            return produced == output.Length ? JobStatus.NeedOutput : JobStatus.NeedInput;
        }

        /// <summary>The exception that a failing step means.</summary>
        internal virtual RollsyncException FailureOf(int result)
        {
            return RollsyncException.Of(result);
        }

        internal void SetLimits(Limits limits)
        {
            if (limits != null)
            {
                Native.JobLimits native = limits.ToNative();
                RollsyncException.Check(Native.rollsync_job_set_limits(Handle, ref native));
            }
        }

        private void CheckTime()
        {
            if (timeLimit <= TimeSpan.Zero)
            {
                return;
            }
            time = time ?? Stopwatch.StartNew();
            if (failure == null && time.Elapsed >= timeLimit)
            {
                failure = new RollsyncException(ErrorKind.Limit, "limit reached: the time is over");
            }
        }
    }
}
