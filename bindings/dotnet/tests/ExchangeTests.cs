using System;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    /// <summary>Files for the other bindings, and theirs; the variable ROLLSYNC_EXCHANGE says where they are.</summary>
    public static class ExchangeTests
    {
        public static void FilesOfAllBindings()
        {
            string all = Vectors.Place("ROLLSYNC_EXCHANGE");
            string own = Path.Combine(all, "dotnet");
            Directory.CreateDirectory(own);
            Write(own);
            foreach (string folder in Directory.GetDirectories(all).OrderBy(name => name, StringComparer.Ordinal))
            {
                // One that another binding has begun to write is not whole.
                if (File.Exists(Path.Combine(folder, "sealed.delta")))
                {
                    Read(folder);
                    Console.WriteLine("read {0}", Path.GetFileName(folder));
                }
            }
        }

        private static void Write(string folder)
        {
            byte[] basis, newFile;
            Data.Pair(81, 150000, out basis, out newFile);
            var plain = new Options { Seal = false };
            byte[] sums = Engine.Signature(basis, plain);
            byte[] sealedSums = Engine.Signature(basis);
            Action<string, byte[]> write = (name, bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);
            write("basis.bin", basis);
            write("new.bin", newFile);
            write("sig.rs", sums);
            write("delta.rd", Engine.Delta(sums, newFile, plain));
            write("sealed.sig", sealedSums);
            write("sealed.delta", Engine.Delta(sealedSums, newFile));
        }

        private static void Read(string folder)
        {
            Func<string, byte[]> read = name => File.ReadAllBytes(Path.Combine(folder, name));
            byte[] basis = read("basis.bin");
            byte[] newFile = read("new.bin");
            Check.Same(newFile, Engine.Patch(basis, read("delta.rd")), folder + ": delta");
            var required = new Options { RequireSeal = true };
            Check.Same(newFile, Engine.Patch(basis, read("sealed.delta"), required), folder + ": sealed delta");
            foreach (string name in new[] { "sig.rs", "sealed.sig" })
            {
                byte[] delta = Engine.Delta(read(name), newFile);
                Check.That(delta.Length < newFile.Length, folder + ": copies are found by " + name);
                Check.Same(newFile, Engine.Patch(basis, delta), folder + ": " + name);
            }
        }
    }
}
