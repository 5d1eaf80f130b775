using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync.Tests
{
    /// <summary>What the library does with files by itself, on one thread and on several.</summary>
    public static class WholeFileTests
    {
        /// <summary>Shorter ones are not worth a second thread.</summary>
        private const int Length = 9 << 20;

        private static readonly byte[] Basis = Data.Random(61, Length);
        private static readonly byte[] NewFile = Edited(Basis);
        private static readonly byte[] Sums = Engine.Signature(Basis);
        private static readonly byte[] Delta = Engine.Delta(Sums, NewFile);

        public static void ThreadsGiveTheSameBytesAndCounts()
        {
            using (var folder = Files())
            {
                foreach (bool seal in new[] { true, false })
                {
                    foreach (int threads in new[] { 1, 2, 3, 0 })
                    {
                        string what = "seal " + seal + ", threads " + threads + ": ";
                        var options = new Options { Seal = seal, Threads = threads };
                        byte[] sums = Engine.Signature(Basis, options);
                        byte[] delta = Engine.Delta(sums, NewFile, options);
                        var counted = new MemoryStream();
                        Stats expected = Engine.Signature(Data.Stream(Basis), counted, options);
                        CheckCounts(expected, Engine.SignatureFile(folder["basis"], folder["sums"], options), what + "signature");
                        Check.Same(sums, File.ReadAllBytes(folder["sums"]), what + "signature");
                        expected = Engine.Delta(Data.Stream(sums), Data.Stream(NewFile), new MemoryStream(), options);
                        CheckCounts(expected, Engine.DeltaFile(folder["sums"], folder["new"], folder["delta"], options), what + "delta");
                        Check.Same(delta, File.ReadAllBytes(folder["delta"]), what + "delta");
                        CheckCounts(expected, Engine.DiffFile(folder["basis"], folder["new"], folder["diff"], options), what + "diff");
                        Check.Same(delta, File.ReadAllBytes(folder["diff"]), what + "diff");
                        expected = Engine.Patch(Data.Stream(Basis), Data.Stream(delta), new MemoryStream(), options);
                        Stats found = Engine.PatchFile(folder["basis"], folder["delta"], folder["again"], options);
                        CheckCounts(expected, found, what + "patch");
                        Check.Same(NewFile, File.ReadAllBytes(folder["again"]), what + "patch");
                        Check.Equal(seal, found.Seal != null, what + "a seal is found");
                        Check.That(!seal || found.Seal.NewDigest.SequenceEqual(expected.Seal.NewDigest), what + "the seal");
                        Check.Equal(6, folder.Count, what + "files");
                    }
                }
            }
        }

        public static void ThreadsWorkAndOnlyTheCallingOneTells()
        {
            using (var folder = Files())
            {
                int own = Thread.CurrentThread.ManagedThreadId;
                var most = new int[2];
                foreach (int threads in new[] { 1, 12 })
                {
                    var told = new Told(report =>
                    {
                        Check.Equal(own, Thread.CurrentThread.ManagedThreadId, "the thread that is told");
                        int count = Directory.GetDirectories("/proc/self/task").Length;
                        int at = threads == 1 ? 0 : 1;
                        most[at] = Math.Max(most[at], count);
                    });
                    var options = new Options { Threads = threads, Progress = told };
                    Engine.SignatureFile(folder["basis"], folder["sums"], options);
                }
                // The runtime may have started one or the other meanwhile, but hardly so many.
                Check.That(most[1] > most[0] + 6, most[0] + " threads, and then " + most[1]);
            }
        }

        public static void ProgressIsTold()
        {
            using (var folder = Files())
            {
                var reports = new List<Report>();
                var options = new Options { Progress = new Told(reports.Add), Threads = 2 };
                Engine.DiffFile(folder["basis"], folder["new"], folder["delta"], options);
                Engine.PatchFile(folder["basis"], folder["delta"], folder["again"], options);
                var lengths = new Dictionary<Phase, int[]>
                {
                    { Phase.Signature, new[] { Basis.Length, Sums.Length } },
                    { Phase.Load, new[] { Sums.Length, 0 } },
                    { Phase.Delta, new[] { NewFile.Length, Delta.Length } },
                    { Phase.Patch, new[] { Delta.Length, NewFile.Length } },
                };
                foreach (Phase phase in lengths.Keys)
                {
                    List<Report> own = reports.Where(report => report.Phase == phase).ToList();
                    Check.Equal(lengths[phase][0], (int)own.Last().BytesIn, "input of " + phase);
                    Check.Equal(lengths[phase][0], (int)own.Last().TotalIn, "all of it");
                    Check.Equal(lengths[phase][1], (int)own.Last().BytesOut, "output of " + phase);
                    Check.That(own.Zip(own.Skip(1), (a, b) => a.BytesIn <= b.BytesIn).All(grows => grows), phase + " grows");
                    Check.That(phase == Phase.Load || own.Count > 5, phase + ": " + own.Count + " reports");
                }
            }
        }

        public static void WhoIsToldMayFailAndWork()
        {
            using (var folder = Files())
            {
                foreach (int threads in new[] { 1, 2 })
                {
                    int reports = 0;
                    var failing = new Told(report =>
                    {
                        reports++;
                        throw new TimeoutException("enough");
                    });
                    var options = new Options { Progress = failing, Threads = threads };
                    Check.Throws<TimeoutException>(
                        () => Engine.SignatureFile(folder["basis"], folder["sums"], options), "an error of whom is told");
                    Check.Equal(1, reports, "told no more");
                    // Other work in between, an error of its own among it, changes nothing.
                    options.Progress = new Told(report =>
                    {
                        Check.Fails(ErrorKind.BadMagic, () => Signature.Load(Data.Bytes("727302360000010000000020")), "a delta's");
                        reports++;
                    });
                    Engine.SignatureFile(folder["basis"], folder["sums"], options);
                    Check.That(reports > 2, "reports");
                    Check.Same(Sums, File.ReadAllBytes(folder["sums"]), "signature");
                    File.Delete(folder["sums"]);
                }
                Check.Equal(2, folder.Count, "files");
            }
        }

        public static void ATokenStopsTheWork()
        {
            using (var folder = Files())
            {
                File.WriteAllBytes(folder["sums"], Sums);
                File.WriteAllBytes(folder["delta"], Delta);
                foreach (Phase phase in new[] { Phase.Signature, Phase.Delta, Phase.Patch })
                {
                    foreach (bool isBefore in new[] { true, false })
                    {
                        using (var source = new CancellationTokenSource())
                        {
                            long seen = 0;
                            var told = new Told(report =>
                            {
                                seen = report.BytesIn;
                                source.Cancel();
                            });
                            if (isBefore)
                            {
                                source.Cancel();
                            }
                            var options = new Options { Progress = told, Threads = 2 };
                            var e = Check.Throws<OperationCanceledException>(
                                () => Run(phase, folder, options, source.Token), phase + " cancelled");
                            Check.Equal(source.Token, e.CancellationToken, "the token");
                            Check.Equal(isBefore, seen == 0, phase + " stopped after " + seen);
                            Check.That(phase == Phase.Patch || seen < Basis.Length, phase + " stopped after " + seen);
                        }
                    }
                }
                Check.Equal(4, folder.Count, "files");
            }
        }

        public static async Task ATokenIsCancelledByAnotherThread()
        {
            using (var folder = Files())
            using (var source = new CancellationTokenSource())
            using (var begun = new ManualResetEventSlim())
            {
                // Goes on only when the other has cancelled.
                var told = new Told(report =>
                {
                    begun.Set();
                    source.Token.WaitHandle.WaitOne();
                });
                var options = new Options { Progress = told, Threads = 2 };
                Task work = Task.Run(() => Engine.SignatureFile(folder["basis"], folder["sums"], options, source.Token));
                begun.Wait();
                source.Cancel();
                try
                {
                    await work;
                    Check.That(false, "it went on");
                }
                catch (OperationCanceledException)
                {
                    Check.Equal(2, folder.Count, "files");
                }
            }
        }

        public static void LimitsHold()
        {
            using (var folder = Files())
            {
                File.WriteAllBytes(folder["sums"], Sums);
                File.WriteAllBytes(folder["delta"], Delta);
                foreach (int threads in new[] { 1, 2 })
                {
                    foreach (Phase phase in new[] { Phase.Signature, Phase.Delta, Phase.Patch })
                    {
                        var options = new Options { Threads = threads, Limits = new Limits { Output = 1000 } };
                        Check.Fails(ErrorKind.Limit, () => Run(phase, folder, options), phase + ": output");
                        options.Limits = new Limits { Time = TimeSpan.FromMilliseconds(30) };
                        options.Progress = new Told(report => Thread.Sleep(40));
                        Check.Fails(ErrorKind.Limit, () => Run(phase, folder, options), phase + ": time");
                    }
                    var records = new Options { Threads = threads, Limits = new Limits { Records = 5 } };
                    Check.Fails(ErrorKind.Limit, () => Run(Phase.Signature, folder, records), "records");
                    Check.Fails(ErrorKind.Limit, () => Run(Phase.Delta, folder, records), "records of a signature that is loaded");
                    // The signature in between is longer.
                    var diff = new Options { Threads = threads, Limits = new Limits { Output = Delta.Length } };
                    Check.That(Sums.Length > Delta.Length, "lengths");
                    Engine.DiffFile(folder["basis"], folder["new"], folder["made"], diff);
                    File.Delete(folder["made"]);
                }
                Check.Throws<ArgumentOutOfRangeException>(
                    () => Run(Phase.Signature, folder, new Options { Threads = -1 }), "-1 threads");
                Check.Throws<ArgumentOutOfRangeException>(() => Engine.Signature(Basis, new Options { Threads = -1 }), "-1 threads");
                Check.Equal(4, folder.Count, "files");
            }
        }

        public static void ErrorsHaveTheirKinds()
        {
            using (var folder = Files())
            {
                File.WriteAllBytes(folder["sums"], Sums);
                File.WriteAllBytes(folder["delta"], Delta);
                Action<ErrorKind, Phase, Options, string> fails = (kind, phase, options, what) =>
                {
                    RollsyncException e = Check.Fails(kind, () => Run(phase, folder, options), what);
                    Check.That(e.Message.Length > 10, e.Message);
                };
                fails(ErrorKind.Param, Phase.Signature, new Options { StrongLength = 33 }, "33 bytes");
                fails(ErrorKind.BadMagic, Phase.Signature, new Options { Format = (SignatureFormat)77 }, "format 77");
                Check.Throws<ArgumentOutOfRangeException>(
                    () => Run(Phase.Delta, folder, new Options { Profile = (Profile)9 }), "profile 9");
                Check.Throws<ArgumentException>(
                    () => Run(Phase.Patch, folder, new Options { RequireSeal = true, Seal = false }), "a seal that is not looked for");

                byte[] plain = Engine.Delta(Sums, NewFile, new Options { Seal = false });
                File.WriteAllBytes(folder["delta"], plain);
                fails(ErrorKind.Mismatch, Phase.Patch, new Options { RequireSeal = true }, "a plain delta, where a seal is required");
                File.WriteAllBytes(folder["delta"], Data.Part(Delta, 0, 3000));
                fails(ErrorKind.InputEnded, Phase.Patch, null, "half a delta");
                File.WriteAllBytes(folder["delta"], Sums);
                fails(ErrorKind.BadMagic, Phase.Patch, null, "a signature as delta");
                File.WriteAllBytes(folder["delta"], Data.Bytes("7273023655"));
                fails(ErrorKind.Corrupt, Phase.Patch, null, "a reserved opcode");
                File.WriteAllBytes(folder["sums"], Data.Bytes("727302360000010000000020"));
                fails(ErrorKind.BadMagic, Phase.Delta, null, "a delta as signature");

                byte[] other = Basis.ToArray();
                other[5] ^= 1;
                File.WriteAllBytes(folder["basis"], other);
                File.WriteAllBytes(folder["delta"], Delta);
                fails(ErrorKind.Mismatch, Phase.Patch, null, "another basis");
                File.WriteAllBytes(folder["basis"], new byte[3]);
                fails(ErrorKind.Mismatch, Phase.Patch, null, "a short basis, which the seal tells");
                File.WriteAllBytes(folder["delta"], plain);
                fails(ErrorKind.InputEnded, Phase.Patch, null, "a short basis");
                Check.Equal(4, folder.Count, "files");
            }
        }

        public static void CallsAtOnceDoNotMeet()
        {
            using (var folder = Files())
            {
                // Every other one fails, with an error of its own.
                Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
                {
                    string sums = folder["sums \u00fc\u4e2d " + i];
                    string delta = folder["delta " + i];
                    string again = folder["again " + i];
                    var options = new Options { Threads = 1 + i % 3 };
                    Engine.SignatureFile(folder["basis"], sums, options);
                    Check.Same(Sums, File.ReadAllBytes(sums), "signature");
                    Engine.DeltaFile(sums, folder["new"], delta, options);
                    Check.Same(Delta, File.ReadAllBytes(delta), "delta");
                    if (i % 2 == 0)
                    {
                        Engine.PatchFile(folder["basis"], delta, again, options);
                        Check.Same(NewFile, File.ReadAllBytes(again), "patch");
                        return;
                    }
                    RollsyncException e = Check.Fails(ErrorKind.Mismatch, () => Engine.PatchFile(delta, delta, again), "a basis");
                    Check.That(e.Message.Contains(" " + Delta.Length + " bytes"), e.Message);
                    options.StrongLength = 40 + i;
                    e = Check.Fails(ErrorKind.Param, () => Engine.SignatureFile(folder["basis"], again, options), "lengths");
                    Check.That(e.Message.Contains((40 + i).ToString()), e.Message);
                });
                Check.Equal(2 + 8 + 8 + 4, folder.Count, "files");
            }
        }

        public static void AFullDiskIsAnIOException()
        {
            using (var folder = Files())
            using (var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write))
            {
                foreach (int threads in new[] { 1, 2 })
                {
                    // Wherever the temporary is open, its disk is full from now on.
                    var told = new Told(report =>
                    {
                        foreach (int descriptor in Descriptors.OfTemporaries())
                        {
                            Check.Equal(descriptor, Descriptors.Redirect(descriptor, full), "what is written goes there now");
                        }
                    });
                    var options = new Options { Progress = told, Threads = threads };
                    var e = Check.Throws<IOException>(() => Run(Phase.Signature, folder, options), "full");
                    Check.That(e.Message.Contains("No space left on device"), e.Message);
                }
                Check.Equal(2, folder.Count, "files");
            }
        }

        public static void APipeIsReadToo()
        {
            using (var folder = new Folder())
            {
                byte[] basis = Data.Random(62, 300000);
                Check.Equal(0, mkfifo(folder["pipe"], 0x180), "mkfifo");
                Task feed = Task.Run(() =>
                {
                    using (var pipe = new FileStream(folder["pipe"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    {
                        pipe.Write(basis, 0, basis.Length);
                    }
                });
                // Of a length that is not known: then nothing is recommended but one length for all.
                var options = new Options { BlockLength = 1000, Threads = 2 };
                Engine.SignatureFile(folder["pipe"], folder["sums"], options);
                feed.Wait();
                Check.Same(Engine.Signature(basis, options), File.ReadAllBytes(folder["sums"]), "signature");
            }
        }

        private static Stats Run(
            Phase phase, Folder folder, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            switch (phase)
            {
                case Phase.Signature:
                    return Engine.SignatureFile(folder["basis"], folder["made"], options, cancel);
                case Phase.Delta:
                    return Engine.DeltaFile(folder["sums"], folder["new"], folder["made"], options, cancel);
                default:
                    return Engine.PatchFile(folder["basis"], folder["delta"], folder["made"], options, cancel);
            }
        }

        private static void CheckCounts(Stats expected, Stats found, string what)
        {
            Check.Equal(expected.BytesIn, found.BytesIn, what + ": bytes in");
            Check.Equal(expected.BytesOut, found.BytesOut, what + ": bytes out");
            Check.Equal(expected.LiteralCommands, found.LiteralCommands, what + ": literals");
            Check.Equal(expected.LiteralBytes, found.LiteralBytes, what + ": bytes of literals");
            Check.Equal(expected.CopyCommands, found.CopyCommands, what + ": copies");
            Check.Equal(expected.CopyBytes, found.CopyBytes, what + ": bytes of copies");
            Check.Equal(expected.Blocks, found.Blocks, what + ": blocks");
        }

        private static Folder Files()
        {
            var folder = new Folder();
            File.WriteAllBytes(folder["basis"], Basis);
            File.WriteAllBytes(folder["new"], NewFile);
            return folder;
        }

        /// <summary>With other bytes here and there, and the middle moved to the beginning.</summary>
        private static byte[] Edited(byte[] basis)
        {
            var edited = new byte[basis.Length];
            int half = basis.Length / 2 + 77;
            Buffer.BlockCopy(basis, half, edited, 0, basis.Length - half);
            Buffer.BlockCopy(basis, 0, edited, basis.Length - half, half);
            for (int at = 5000; at < edited.Length; at += 1000003)
            {
                Buffer.BlockCopy(Data.Random((ulong)at, 700), 0, edited, at, 700);
            }
            return edited;
        }

        [DllImport("libc")]
        private static extern int mkfifo([MarshalAs(UnmanagedType.LPStr)] string path, uint mode);
    }
}
