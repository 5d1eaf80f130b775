using System;
using System.IO;
using System.Threading.Tasks;

namespace Rollsync.Tests
{
    public static class StreamTests
    {
        public static void JobsCutAnywhereGiveTheSameBytes()
        {
            byte[] basis, newFile;
            Data.Pair(11, 60000, out basis, out newFile);
            var options = new Options { BlockLength = 512 };
            byte[] sums = Engine.Signature(basis, options);
            byte[] delta = Engine.Delta(sums, newFile, options);
            for (int seed = 0; seed < 12; seed++)
            {
                var random = new Random(seed);
                int most = seed % 3 == 0 ? 3 : 5000;
                Func<int> any = () => random.Next(most);
                using (var job = new SignatureJob(options))
                {
                    Check.Same(sums, Steps.Run(job, basis, any, any, any, null), "signature " + seed);
                }
                using (var job = new LoadJob())
                {
                    Check.Equal(0, Steps.Run(job, sums, any, any, any, null).Length, "load " + seed);
                    using (Signature signature = job.Finish())
                    using (var next = new DeltaJob(signature))
                    {
                        Check.Same(delta, Steps.Run(next, newFile, any, any, any, null), "delta " + seed);
                    }
                }
                using (var job = new PatchJob(new Options { RequireSeal = true }))
                {
                    Check.Same(newFile, Steps.Run(job, delta, any, any, any, basis), "patch " + seed);
                }
            }
        }

        public static void StreamsGiveTheSameBytesAsMemory()
        {
            byte[] basis, newFile;
            Data.Pair(12, 700000, out basis, out newFile);
            var options = new Options { BlockLength = 1024 };
            byte[] sums = Engine.Signature(basis, options);
            byte[] delta = Engine.Delta(sums, newFile, options);
            using (var output = new MemoryStream())
            {
                Engine.Signature(new Trickle(basis, 1), output, options);
                Check.Same(sums, output.ToArray(), "signature");
            }
            using (var output = new MemoryStream())
            {
                Engine.Delta(new Trickle(sums, 2), new Trickle(newFile, 3), output, options);
                Check.Same(delta, output.ToArray(), "delta");
            }
            using (var output = new MemoryStream())
            {
                Stats stats = Engine.Patch(Data.Stream(basis), new Trickle(delta, 4), output, options);
                Check.Same(newFile, output.ToArray(), "patch");
                Check.Equal(delta.Length, stats.BytesIn, "bytes in");
                Check.Equal(newFile.Length, stats.BytesOut, "bytes out");
                Check.Equal(newFile.Length, stats.LiteralBytes + stats.CopyBytes, "literals and copies");
            }
        }

        public static async Task TheSameAsynchronously()
        {
            byte[] basis, newFile;
            Data.Pair(13, 700000, out basis, out newFile);
            var options = new Options { BlockLength = 1024, Format = SignatureFormat.RollsumMd4 };
            using (var sums = new MemoryStream())
            using (var delta = new MemoryStream())
            using (var output = new MemoryStream())
            {
                await Engine.SignatureAsync(new Trickle(basis, 1), sums, options);
                Check.Same(Engine.Signature(basis, options), sums.ToArray(), "signature");
                sums.Position = 0;
                await Engine.DeltaAsync(sums, new Trickle(newFile, 2), delta, options);
                Check.Same(Engine.Delta(sums.ToArray(), newFile, options), delta.ToArray(), "delta");
                delta.Position = 0;
                await Engine.PatchAsync(Data.Stream(basis), delta, output, options);
                Check.Same(newFile, output.ToArray(), "patch");
            }
            using (var delta = new MemoryStream())
            {
                await Engine.DiffAsync(Data.Stream(basis), Data.Stream(newFile), delta);
                Check.Same(Engine.Diff(basis, newFile), delta.ToArray(), "diff");
                Check.Same(newFile, Engine.Patch(basis, delta.ToArray()), "patch of diff");
            }
        }

        public static void AStreamIsReadFromWhereItStands()
        {
            byte[] basis, newFile;
            Data.Pair(14, 70000, out basis, out newFile);
            using (var input = Data.Stream(Data.Join(new byte[500000], basis)))
            using (var output = new MemoryStream())
            {
                input.Position = 500000;
                Engine.Signature(input, output);
                Check.Same(Engine.Signature(basis), output.ToArray(), "signature");
            }
        }

        public static async Task TheBasisOfAPatchMayStandAnywhere()
        {
            byte[] basis, newFile;
            Data.Pair(17, 70000, out basis, out newFile);
            byte[] delta = Engine.Diff(basis, newFile);
            using (MemoryStream old = Data.Stream(basis))
            using (var output = new MemoryStream())
            {
                old.Position = old.Length;
                Engine.Patch(old, Data.Stream(delta), output);
                Check.Same(newFile, output.ToArray(), "at its end");
                old.Position = 17;
                output.SetLength(0);
                await Engine.PatchAsync(old, Data.Stream(delta), output);
                Check.Same(newFile, output.ToArray(), "in its middle");
            }
        }

        public static void AllFormatsAndProfiles()
        {
            byte[] basis, newFile;
            Data.Pair(15, 30000, out basis, out newFile);
            foreach (SignatureFormat format in Enum.GetValues(typeof(SignatureFormat)))
            {
                foreach (Profile profile in Enum.GetValues(typeof(Profile)))
                {
                    var options = new Options { Format = format, Profile = profile, StrongLength = Options.Shortest };
                    byte[] sums = Engine.Signature(basis, options);
                    using (Signature signature = Signature.Load(sums))
                    {
                        Check.Equal(format, signature.Format, "format");
                        Check.Equal(256, signature.BlockLength, "block length");
                        Check.Equal((basis.Length + 255) / 256, signature.BlockCount, "blocks");
                        Check.That(signature.StrongLength < 16, "shortest");
                        byte[] delta = Engine.Delta(signature, newFile, options);
                        Check.Same(newFile, Engine.Patch(basis, delta), format + " " + profile);
                        Check.That(delta.Length < newFile.Length / 2, "copies are found");
                    }
                }
            }
        }

        public static void EmptyFiles()
        {
            var nothing = new byte[0];
            byte[] some = Data.Random(16, 1000);
            foreach (byte[] basis in new[] { nothing, some })
            {
                foreach (byte[] newFile in new[] { nothing, some })
                {
                    byte[] delta = Engine.Diff(basis, newFile);
                    Check.Same(newFile, Engine.Patch(basis, delta, new Options { RequireSeal = true }), "patch");
                }
            }
        }
    }
}
