using System;
using System.Threading;

namespace Rollsync
{
    /// <summary>Signature, delta and patch, each in one call: in memory, over streams, and over files. Every call may throw a
    /// <see cref="RollsyncException"/> that says what kind of thing has gone wrong, and an OperationCanceledException when
    /// its token is cancelled.</summary>
    public static partial class Engine
    {
        /// <summary>The version of rollsync that was found.</summary>
        public static string Version
        {
            get
            {
                Native.Require();
                return System.Runtime.InteropServices.Marshal.PtrToStringAnsi(Native.rollsync_version());
            }
        }

        /// <summary>The signature of a basis.</summary>
        public static byte[] Signature(
            ReadOnlySpan<byte> basis, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new SignatureJob(options, basis.Length))
            {
                return MemoryRun.Run(job, Phase.Signature, basis, default(ReadOnlySpan<byte>), options, cancel);
            }
        }

        /// <summary>The delta that turns the basis of a signature into a new file.</summary>
        public static byte[] Delta(
            ReadOnlySpan<byte> signature,
            ReadOnlySpan<byte> newFile,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            using (Signature loaded = Rollsync.Signature.Load(signature, options, cancel))
            {
                return Delta(loaded, newFile, options, cancel);
            }
        }

        /// <summary>The delta that turns the basis of a signature into a new file.</summary>
        public static byte[] Delta(
            Signature signature,
            ReadOnlySpan<byte> newFile,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new DeltaJob(signature, options))
            {
                return MemoryRun.Run(job, Phase.Delta, newFile, default(ReadOnlySpan<byte>), options, cancel);
            }
        }

        /// <summary>The new file. When the delta is sealed, it is the right one.</summary>
        public static byte[] Patch(
            ReadOnlySpan<byte> basis,
            ReadOnlySpan<byte> delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new PatchJob(options))
            {
                return MemoryRun.Run(job, Phase.Patch, delta, basis, options, cancel);
            }
        }

        /// <summary>The delta between two files that are both at hand.</summary>
        public static byte[] Diff(
            ReadOnlySpan<byte> basis,
            ReadOnlySpan<byte> newFile,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            options = Options.OfCall(options);
            return Delta(Signature(basis, Options.InBetween(options), cancel), newFile, options, cancel);
        }
    }
}
