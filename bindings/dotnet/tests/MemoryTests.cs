using System;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    /// <summary>Run alone: what is measured is the whole process' memory.</summary>
    public static class MemoryTests
    {
        private const int Megabyte = 1 << 20;
        private const long Length = 200 * Megabyte;

        /// <summary>In KiB. The runtime itself takes some 30 MiB.</summary>
        private const long PeakMax = 64 * 1024;

        public static void FilesOf200MegabytesTakeLittleMemory()
        {
            var two = new Options { Threads = 2 };
            CheckPeak("files", folder =>
            {
                Engine.SignatureFile(folder["basis"], folder["sig"], two);
                Engine.DeltaFile(folder["sig"], folder["new"], folder["delta"], two);
                Engine.PatchFile(folder["basis"], folder["delta"], folder["again"], new Options { RequireSeal = true });
            });
        }

        public static void StreamsOf200MegabytesTakeLittleMemory()
        {
            CheckPeak("streams", folder =>
            {
                using (FileStream basis = File.OpenRead(folder["basis"]))
                using (FileStream newFile = File.OpenRead(folder["new"]))
                using (FileStream sums = File.Create(folder["sig"]))
                using (FileStream delta = File.Create(folder["delta"]))
                using (FileStream again = File.Create(folder["again"]))
                {
                    Engine.Signature(basis, sums);
                    sums.Position = 0;
                    Engine.Delta(sums, newFile, delta);
                    delta.Position = 0;
                    Engine.Patch(basis, delta, again, new Options { RequireSeal = true });
                }
            });
        }

        private static void CheckPeak(string what, Action<Folder> work)
        {
            using (var folder = new Folder())
            {
                Write(folder["basis"], false);
                Write(folder["new"], true);
                work(folder);
                CheckSame(folder["new"], folder["again"]);
                long length = new FileInfo(folder["delta"]).Length;
                long peak = Peak();
                Console.WriteLine("{0}: {1} bytes of delta, {2} KiB of memory at most", what, length, peak);
                Check.That(length < 10 * Megabyte, "delta");
                Check.That(peak < PeakMax, peak + " KiB");
            }
        }

        /// <summary>The new file has other bytes in every fiftieth megabyte, and some more at its beginning.</summary>
        private static void Write(string path, bool isNew)
        {
            var piece = new byte[Megabyte];
            var words = new ulong[Megabyte / sizeof(ulong)];
            ulong state = 88172645463325252;
            using (FileStream file = File.Create(path))
            {
                if (isNew)
                {
                    file.Write(Data.Random(91, 1000), 0, 1000);
                }
                for (int number = 0; number < Length / Megabyte; number++)
                {
                    for (int i = 0; i < words.Length; i++)
                    {
                        state ^= state << 13;
                        state ^= state >> 7;
                        state ^= state << 17;
                        words[i] = state;
                    }
                    Buffer.BlockCopy(words, 0, piece, 0, piece.Length);
                    if (isNew && number % 50 == 49)
                    {
                        piece = piece.Reverse().ToArray();
                    }
                    file.Write(piece, 0, piece.Length);
                }
            }
        }

        private static void CheckSame(string expected, string found)
        {
            using (FileStream one = File.OpenRead(expected))
            using (FileStream two = File.OpenRead(found))
            {
                Check.Equal(one.Length, two.Length, "length");
                var a = new byte[Megabyte];
                var b = new byte[Megabyte];
                for (int length; (length = one.Read(a, 0, a.Length)) > 0;)
                {
                    for (int got = 0; got < length;)
                    {
                        int more = two.Read(b, got, length - got);
                        Check.That(more > 0, "more to read");
                        got += more;
                    }
                    for (int i = 0; i < length; i++)
                    {
                        if (a[i] != b[i])
                        {
                            throw new CheckFailed("the new file differs");
                        }
                    }
                }
            }
        }

        /// <summary>The most memory that this process has had, in KiB.</summary>
        private static long Peak()
        {
            string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split((char[])null, StringSplitOptions.RemoveEmptyEntries)[1]);
        }
    }
}
