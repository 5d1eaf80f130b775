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

        public static void AFileOf200MegabytesTakesLittleMemory()
        {
            using (var folder = new Folder())
            {
                Write(folder["basis"], false);
                Write(folder["new"], true);
                Stats sums = Engine.SignatureFile(folder["basis"], folder["sig"]);
                Stats delta = Engine.DeltaFile(folder["sig"], folder["new"], folder["delta"]);
                Engine.PatchFile(folder["basis"], folder["delta"], folder["again"], new Options { RequireSeal = true });
                CheckSame(folder["new"], folder["again"]);
                long peak = Peak();
                Console.WriteLine(
                    "{0} blocks, {1} bytes of delta, {2} KiB of memory at most", sums.Blocks, delta.BytesOut, peak);
                Check.That(delta.BytesOut < 10 * Megabyte, "delta");
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
