using System;
using System.Threading;

namespace Rollsync
{
    /// <summary>Runs a job from memory to memory.</summary>
    internal static class MemoryRun
    {
        /// <summary>How much is offered at once: between steps a token is looked at, and progress is told.</summary>
        private const int PieceLength = 1 << 20;

        internal static byte[] Run(
            Job job,
            Phase phase,
            ReadOnlySpan<byte> input,
            ReadOnlySpan<byte> basis,
            Options options,
            CancellationToken cancel)
        {
            IProgress<Report> progress = options == null ? null : options.Progress;
            var patch = job as PatchJob;
            byte[] output = new byte[job is LoadJob ? 0 : 4096];
            int taken = 0;
            int length = 0;
            for (;;)
            {
                cancel.ThrowIfCancellationRequested();
                int consumed, produced;
                int offered = Math.Min(PieceLength, input.Length - taken);
                bool isLast = taken + offered == input.Length;
                var room = new Span<byte>(output, length, Math.Min(PieceLength, output.Length - length));
                JobStatus status = job.Step(input.Slice(taken, offered), isLast, room, out consumed, out produced);
                taken += consumed;
                length += produced;
                if (progress != null)
                {
                    progress.Report(new Report(phase, taken, input.Length, length));
                }
                switch (status)
                {
                    case JobStatus.Done:
                        Array.Resize(ref output, length);
                        return output;
                    case JobStatus.NeedBasis:
                        GiveBasis(patch, basis);
                        break;
                    case JobStatus.NeedOutput:
                        if (length == output.Length)
                        {
                            Array.Resize(ref output, Longer(length));
                        }
                        break;
                }
            }
        }

        private static void GiveBasis(PatchJob patch, ReadOnlySpan<byte> basis)
        {
            int from = (int)Math.Min(patch.BasisOffset, basis.Length);
            patch.GiveBasis(basis.Slice(from, Math.Min(patch.BasisLength, basis.Length - from)));
        }

        private static int Longer(int length)
        {
            const int longest = 0x7fffffc7;
            if (length == longest)
            {
                throw new RollsyncException(ErrorKind.Memory, "the output is longer than an array can be");
            }
            return (int)Math.Min(2L * length, longest);
        }
    }
}
