using System;
using System.IO;

namespace Rollsync.Tests
{
    /// <summary>Runs jobs by hand.</summary>
    internal static class Steps
    {
        /// <summary>With input in pieces of one length, and room for output in another.</summary>
        internal static byte[] Run(Job job, byte[] input, int inputPiece, int outputPiece, byte[] basis = null)
        {
            return Run(job, input, () => inputPiece, () => outputPiece, () => int.MaxValue, basis);
        }

        /// <summary>With input, room and basis in pieces of any lengths, 0 among them.</summary>
        internal static byte[] Run(
            Job job, byte[] input, Func<int> inputPiece, Func<int> outputPiece, Func<int> basisPiece, byte[] basis)
        {
            var output = new MemoryStream();
            int taken = 0;
            int idle = 0;
            for (;;)
            {
                int offered = Math.Min(inputPiece(), input.Length - taken);
                bool isLast = taken + offered == input.Length;
                var room = new byte[outputPiece()];
                int consumed, produced;
                JobStatus status = job.Step(
                    new ReadOnlySpan<byte>(input, taken, offered), isLast, room, out consumed, out produced);
                taken += consumed;
                output.Write(room, 0, produced);
                idle = consumed + produced > 0 ? 0 : idle + 1;
                Check.That(idle < 1000, "the job stands still");
                switch (status)
                {
                    case JobStatus.Done:
                        return output.ToArray();
                    case JobStatus.NeedInput:
                        Check.Equal(offered, consumed, "input that was taken");
                        break;
                    case JobStatus.NeedOutput:
                        Check.Equal(room.Length, produced, "room that was filled");
                        break;
                    case JobStatus.NeedBasis:
                        var patch = (PatchJob)job;
                        int from = (int)Math.Min(patch.BasisOffset, basis.Length);
                        int length = Math.Min(Math.Max(1, basisPiece()), Math.Min(patch.BasisLength, basis.Length - from));
                        patch.GiveBasis(new ReadOnlySpan<byte>(basis, from, length));
                        break;
                }
            }
        }
    }
}
