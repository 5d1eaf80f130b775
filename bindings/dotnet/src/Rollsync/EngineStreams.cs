using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync
{
    // Each stream is read from where it stands, but for the basis of a patch: there offsets count from the stream's beginning. None
    // is closed. Memory is bounded, whatever the files' lengths; but for the signature of a delta, which is held.
    public static partial class Engine
    {
        /// <summary>Writes the signature of a basis.</summary>
        public static Stats Signature(
            Stream basis, Stream output, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new SignatureJob(options, Left(basis)))
            {
                return new Pump(job, Phase.Signature, basis, options).Run(output, cancel);
            }
        }

        /// <summary>Writes the signature of a basis.</summary>
        public static async Task<Stats> SignatureAsync(
            Stream basis, Stream output, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new SignatureJob(options, Left(basis)))
            {
                return await new Pump(job, Phase.Signature, basis, options).RunAsync(output, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static Stats Delta(
            Signature signature,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new DeltaJob(signature, options))
            {
                return new Pump(job, Phase.Delta, newFile, options).Run(output, cancel);
            }
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static async Task<Stats> DeltaAsync(
            Signature signature,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new DeltaJob(signature, options))
            {
                return await new Pump(job, Phase.Delta, newFile, options).RunAsync(output, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static Stats Delta(
            Stream signature,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            using (Signature loaded = Rollsync.Signature.Load(signature, options, cancel))
            {
                return Delta(loaded, newFile, output, options, cancel);
            }
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static async Task<Stats> DeltaAsync(
            Stream signature,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            using (Signature loaded =
                await Rollsync.Signature.LoadAsync(signature, options, cancel).ConfigureAwait(false))
            {
                return await DeltaAsync(loaded, newFile, output, options, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Writes the new file. The basis must be seekable, and is read from its beginning, wherever it stands. A seal is
        /// compared when everything is written: what was written is right when this returns, and not before
        /// (<see cref="AtomicFile"/>).</summary>
        public static Stats Patch(
            Stream basis,
            Stream delta,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new PatchJob(options))
            {
                return new Pump(job, Phase.Patch, delta, options, basis).Run(output, cancel);
            }
        }

        /// <summary>Writes the new file. The basis must be seekable, and is read from its beginning, wherever it stands. A seal is
        /// compared when everything is written: what was written is right when the task is completed, and not before
        /// (<see cref="AtomicFile"/>).</summary>
        public static async Task<Stats> PatchAsync(
            Stream basis,
            Stream delta,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new PatchJob(options))
            {
                return await new Pump(job, Phase.Patch, delta, options, basis).RunAsync(output, cancel).ConfigureAwait(false);
            }
        }

        /// <summary>Writes the delta between two files that are both at hand.</summary>
        public static Stats Diff(
            Stream basis,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            using (var signature = new MemoryStream())
            {
                Signature(basis, signature, Options.InBetween(options), cancel);
                signature.Position = 0;
                return Delta(signature, newFile, output, options, cancel);
            }
        }

        /// <summary>Writes the delta between two files that are both at hand.</summary>
        public static async Task<Stats> DiffAsync(
            Stream basis,
            Stream newFile,
            Stream output,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            using (var signature = new MemoryStream())
            {
                await SignatureAsync(basis, signature, Options.InBetween(options), cancel).ConfigureAwait(false);
                signature.Position = 0;
                return await DeltaAsync(signature, newFile, output, options, cancel).ConfigureAwait(false);
            }
        }

        private static long Left(Stream basis)
        {
            if (basis == null)
            {
                throw new ArgumentNullException(nameof(basis));
            }
            return basis.CanSeek ? Math.Max(0, basis.Length - basis.Position) : -1;
        }
    }
}
