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
            using (var output = new AtomicFile(signature))
            {
                Stats stats;
                using (FileStream input = Open(basis))
                {
                    stats = Signature(input, output.Stream, options, cancel);
                }
                output.Commit();
                return stats;
            }
        }

        /// <summary>Writes the delta that turns the basis of a signature into a new file.</summary>
        public static Stats DeltaFile(
            string signature,
            string newFile,
            string delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var output = new AtomicFile(delta))
            {
                Stats stats;
                using (FileStream sums = Open(signature))
                using (FileStream input = Open(newFile))
                {
                    stats = Delta(sums, input, output.Stream, options, cancel);
                }
                output.Commit();
                return stats;
            }
        }

        /// <summary>Writes the new file; its path may be that of the basis.</summary>
        public static Stats PatchFile(
            string basis,
            string delta,
            string newFile,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var output = new AtomicFile(newFile))
            {
                Stats stats;
                using (FileStream old = Open(basis))
                using (FileStream input = Open(delta))
                {
                    stats = Patch(old, input, output.Stream, options, cancel);
                }
                output.Commit();
                return stats;
            }
        }

        /// <summary>Writes the delta between two files.</summary>
        public static Stats DiffFile(
            string basis,
            string newFile,
            string delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var output = new AtomicFile(delta))
            {
                Stats stats;
                using (FileStream old = Open(basis))
                using (FileStream input = Open(newFile))
                {
                    stats = Diff(old, input, output.Stream, options, cancel);
                }
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
