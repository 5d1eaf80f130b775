using System;
using System.IO;
using System.Threading;

namespace Rollsync
{
    // What is written appears under its name whole or not at all; a file that was there is untouched until then, and may be one
    // of those that are read.
    public static partial class Engine
    {
        /// <summary>Writes the signature of a file.</summary>
        public static Stats SignatureFile(
            string basis, string signature, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            return Write(signature, output =>
            {
                using (FileStream input = Open(basis))
                {
                    return Signature(input, output, options, cancel);
                }
            });
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static Stats DeltaFile(
            string signature,
            string newFile,
            string delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return Write(delta, output =>
            {
                using (FileStream first = Open(signature))
                using (FileStream second = Open(newFile))
                {
                    return Delta(first, second, output, options, cancel);
                }
            });
        }

        /// <summary>Writes the new file; its path may be that of the basis.</summary>
        public static Stats PatchFile(
            string basis,
            string delta,
            string newFile,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return Write(newFile, output =>
            {
                using (FileStream first = Open(basis))
                using (FileStream second = Open(delta))
                {
                    return Patch(first, second, output, options, cancel);
                }
            });
        }

        /// <summary>Writes the delta between two files.</summary>
        public static Stats DiffFile(
            string basis,
            string newFile,
            string delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return Write(delta, output =>
            {
                using (FileStream first = Open(basis))
                using (FileStream second = Open(newFile))
                {
                    return Diff(first, second, output, options, cancel);
                }
            });
        }

        private static Stats Write(string path, Func<Stream, Stats> work)
        {
            using (var output = new AtomicFile(path))
            {
                Stats stats = work(output.Stream);
                output.Commit();
                return stats;
            }
        }

        private static FileStream Open(string path)
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }
}
