using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync
{
    /// <summary>Draws a job's output through it: reads the input, and the basis, as the job needs them.</summary>
    internal sealed class Pump
    {
        internal const int BufferLength = 256 * 1024;

        private readonly Job job;
        private readonly PatchJob patch;
        private readonly Phase phase;
        private readonly Stream input;
        private readonly Stream basis;
        private readonly IProgress<Report> progress;
        private readonly long? totalIn;
        private byte[] buffer;
        private int start;
        private int end;
        private bool hasEnded;
        private long inputAt;
        private long bytesIn;
        private long bytesOut;

        /// <summary>From where <paramref name="input"/> stands; before it come the bytes of <paramref name="prefix"/>.</summary>
        internal Pump(Job job, Phase phase, Stream input, Options options, Stream basis = null, byte[] prefix = null)
        {
            if (input == null)
            {
                throw new ArgumentNullException(nameof(input));
            }
            this.job = job;
            this.phase = phase;
            this.input = input;
            this.basis = basis;
            patch = job as PatchJob;
            if (patch != null && (basis == null || !basis.CanSeek))
            {
                throw new ArgumentException("a basis must be a stream that can be sought in", nameof(basis));
            }
            progress = options == null ? null : options.Progress;
            if (input.CanSeek)
            {
                inputAt = input.Position;
                totalIn = input.Length - inputAt;
            }
            buffer = new byte[0];
            if (prefix != null)
            {
                buffer = prefix;
                end = prefix.Length;
            }
        }

        private enum Want
        {
            Nothing,
            Input,
            Basis,
        }

        /// <summary>Some bytes of output; 0 at its end.</summary>
        internal int Read(byte[] output, int offset, int count, CancellationToken cancel)
        {
            for (;;)
            {
                int produced;
                switch (Turn(new Span<byte>(output, offset, count), cancel, out produced))
                {
                    case Want.Input:
                        SeekInput();
                        TookInput(input.Read(buffer, 0, buffer.Length));
                        break;
                    case Want.Basis:
                        SeekBasis();
                        int length = patch.BasisLength;
                        patch.Window.Give(basis.Read(patch.Window.PlaceArray(length), 0, length));
                        break;
                    default:
                        return produced;
                }
            }
        }

        /// <summary>The same, without blocking a thread while something is read.</summary>
        internal async Task<int> ReadAsync(byte[] output, int offset, int count, CancellationToken cancel)
        {
            for (;;)
            {
                int produced;
                switch (Turn(new Span<byte>(output, offset, count), cancel, out produced))
                {
                    case Want.Input:
                        SeekInput();
                        TookInput(await input.ReadAsync(buffer, 0, buffer.Length, cancel).ConfigureAwait(false));
                        break;
                    case Want.Basis:
                        SeekBasis();
                        int length = patch.BasisLength;
                        byte[] place = patch.Window.PlaceArray(length);
                        patch.Window.Give(await basis.ReadAsync(place, 0, length, cancel).ConfigureAwait(false));
                        break;
                    default:
                        return produced;
                }
            }
        }

        /// <summary>All output, to a stream.</summary>
        internal Stats Run(Stream output, CancellationToken cancel)
        {
            byte[] piece = Piece(output);
            for (;;)
            {
                int length = Read(piece, 0, piece.Length, cancel);
                if (length == 0)
                {
                    return job.Stats;
                }
                output.Write(piece, 0, length);
            }
        }

        /// <summary>The same, without blocking a thread while something is read or written.</summary>
        internal async Task<Stats> RunAsync(Stream output, CancellationToken cancel)
        {
            byte[] piece = Piece(output);
            for (;;)
            {
                int length = await ReadAsync(piece, 0, piece.Length, cancel).ConfigureAwait(false);
                if (length == 0)
                {
                    return job.Stats;
                }
                await output.WriteAsync(piece, 0, length, cancel).ConfigureAwait(false);
            }
        }

        private byte[] Piece(Stream output)
        {
            if (output == null)
            {
                throw new ArgumentNullException(nameof(output));
            }
            return new byte[job is LoadJob ? 0 : BufferLength];
        }

        private Want Turn(Span<byte> output, CancellationToken cancel, out int produced)
        {
            if (job.IsDone)
            {
                produced = 0;
                return Want.Nothing;
            }
            cancel.ThrowIfCancellationRequested();
            int consumed;
            var offered = new ReadOnlySpan<byte>(buffer, start, end - start);
            JobStatus status = job.Step(offered, hasEnded, output, out consumed, out produced);
            start += consumed;
            Tell(consumed, produced);
            if (produced > 0 || status == JobStatus.Done)
            {
                return Want.Nothing;
            }
            if (status == JobStatus.NeedBasis)
            {
                return Want.Basis;
            }
            if (status != JobStatus.NeedInput || hasEnded || start < end)
            {
                throw new RollsyncException(ErrorKind.Internal, "the job does not go on");
            }
            return Want.Input;
        }

        private void Tell(int consumed, int produced)
        {
            bytesIn += consumed;
            bytesOut += produced;
            if (progress != null && (consumed > 0 || produced > 0))
            {
                progress.Report(new Report(phase, bytesIn, totalIn, bytesOut));
            }
        }

        // Others may read the same stream in between.
        private void SeekInput()
        {
            if (buffer.Length < BufferLength)
            {
                buffer = new byte[BufferLength];
            }
            if (input.CanSeek && input.Position != inputAt)
            {
                input.Position = inputAt;
            }
        }

        private void TookInput(int length)
        {
            start = 0;
            end = length;
            inputAt += length;
            hasEnded = length == 0;
        }

        private void SeekBasis()
        {
            if (basis.Position != patch.BasisOffset)
            {
                basis.Position = patch.BasisOffset;
            }
        }
    }
}
