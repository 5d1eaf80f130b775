using System;
using System.IO;
using System.Threading;

namespace Rollsync
{
    // What is written appears under its name whole or not at all; a file that was there is untouched until then, and may be one
    // of those that are read. The library reads and writes regular files on Linux by itself; others go through jobs, which do the
    // same on one thread.
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
                    return WriteSignature(input, output, options, cancel);
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
                    return WriteDelta(first, second, output, Options.OfCall(options), cancel);
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
                    return Stdio.Takes(first) && Stdio.Takes(second)
                        ? WholeFile.Patch(first, second, output, options, cancel)
                        : Patch(first, second, output, options, cancel);
                }
            });
        }

        /// <summary>Writes the delta between two files. The signature in between is a temporary beside it.</summary>
        public static Stats DiffFile(
            string basis,
            string newFile,
            string delta,
            Options options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return Write(delta, output =>
            {
                Options ofCall = Options.OfCall(options);
                using (FileStream first = Open(basis))
                using (FileStream second = Open(newFile))
                using (var between = new AtomicFile(delta))
                {
                    WriteSignature(first, between.Opened, Options.InBetween(ofCall), cancel);
                    between.Opened.Position = 0;
                    return WriteDelta(between.Opened, second, output, ofCall, cancel);
                }
            });
        }

        private static Stats WriteSignature(FileStream basis, FileStream output, Options options, CancellationToken cancel)
        {
            return Stdio.Takes(basis)
                ? WholeFile.Signature(basis, output, options, cancel)
                : Signature(basis, output, options, cancel);
        }

        private static Stats WriteDelta(
            FileStream signature, FileStream newFile, FileStream output, Options options, CancellationToken cancel)
        {
            using (Signature loaded = Rollsync.Signature.Load(signature, options, cancel))
            {
                return Stdio.Takes(newFile)
                    ? WholeFile.Delta(loaded, newFile, output, options, cancel)
                    : Delta(loaded, newFile, output, options, cancel);
            }
        }

        private static Stats Write(string path, Func<FileStream, Stats> work)
        {
            using (var output = new AtomicFile(path))
            {
                Stats stats = work(output.Opened);
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
