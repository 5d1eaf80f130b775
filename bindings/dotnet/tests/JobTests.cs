using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync.Tests
{
    public static class JobTests
    {
        public static void ATokenStopsTheWork()
        {
            byte[] basis = Data.Random(31, 5 << 20);
            foreach (bool fromStream in new[] { false, true })
            {
                using (var source = new CancellationTokenSource())
                {
                    long seen = 0;
                    var options = new Options
                    {
                        Progress = new Told(report =>
                        {
                            seen = report.BytesIn;
                            if (seen > 0)
                            {
                                source.Cancel();
                            }
                        }),
                    };
                    Action work = () =>
                    {
                        if (fromStream)
                        {
                            Engine.Signature(Data.Stream(basis), Stream.Null, options, source.Token);
                        }
                        else
                        {
                            Engine.Signature(basis, options, source.Token);
                        }
                    };
                    Check.Throws<OperationCanceledException>(work, "cancelled");
                    Check.That(seen > 0 && seen < basis.Length, "stopped after " + seen);
                }
            }
        }

        public static async Task ATokenStopsAnAsynchronousPatch()
        {
            byte[] basis = Data.Random(32, 5 << 20);
            byte[] delta = Engine.Diff(basis, basis);
            using (var source = new CancellationTokenSource())
            {
                var options = new Options { Progress = new Told(report => source.Cancel()) };
                Task<Stats> patch = Engine.PatchAsync(
                    Data.Stream(basis), Data.Stream(delta), Stream.Null, options, source.Token);
                try
                {
                    await patch;
                    Check.That(false, "it went on");
                }
                catch (OperationCanceledException)
                {
                    Check.That(patch.IsCanceled, "the task says so");
                }
            }
        }

        public static void AJobIsCancelledFromAnotherThread()
        {
            var zeros = new byte[1 << 16];
            using (var job = new SignatureJob(new Options { BlockLength = 1 << 20 }))
            using (var begun = new ManualResetEvent(false))
            {
                var other = new Thread(() =>
                {
                    begun.WaitOne();
                    job.Cancel();
                });
                other.IsBackground = true;
                other.Start();
                Stopwatch time = Stopwatch.StartNew();
                RollsyncException e = Check.Fails(
                    ErrorKind.Cancelled,
                    () =>
                    {
                        while (time.Elapsed < TimeSpan.FromMinutes(1))
                        {
                            int consumed, produced;
                            job.Step(zeros, false, new byte[1000], out consumed, out produced);
                            begun.Set();
                        }
                    },
                    "cancel");
                other.Join();
                Check.That(e.Message.Contains("cancelled"), e.Message);
            }
        }

        public static void ProgressIsTold()
        {
            byte[] basis, newFile;
            Data.Pair(33, 3 << 20, out basis, out newFile);
            var reports = new List<Report>();
            var options = new Options { Progress = new Told(reports.Add) };
            var delta = new MemoryStream();
            Engine.Diff(Data.Stream(basis), Data.Stream(newFile), delta, options);
            Engine.Patch(basis, delta.ToArray(), options);
            foreach (Phase phase in Enum.GetValues(typeof(Phase)))
            {
                List<Report> own = reports.Where(report => report.Phase == phase).ToList();
                Check.That(own.Count > 0, "reports of " + phase);
                Check.Equal(own.Last().TotalIn, own.Last().BytesIn, "all of the input of " + phase);
                Check.That(own.Zip(own.Skip(1), (a, b) => a.BytesIn <= b.BytesIn).All(grows => grows), phase + " grows");
            }
            Check.That(reports.Count(report => report.Phase == Phase.Delta) > 5, "more than one report");
            Check.Equal(newFile.Length, reports.Last().BytesOut, "the new file's length");
        }

        public static void ASealTellsOfBothFiles()
        {
            byte[] basis, newFile;
            Data.Pair(34, 20000, out basis, out newFile);
            var output = new MemoryStream();
            byte[] delta = Engine.Diff(basis, newFile);
            Seal seal = Engine.Patch(Data.Stream(basis), Data.Stream(delta), output).Seal;
            Check.Equal(basis.Length, seal.BasisLength.Value, "basis length");
            Check.Equal(newFile.Length, seal.NewLength, "new length");
            Check.Same(Data.Part(delta, delta.Length - 64, delta.Length - 32), seal.NewDigest, "as the delta has it");
            Check.That(seal.BasisDigest.Distinct().Count() > 1, "basis digest");
            byte[] plain = Engine.Delta(Engine.Signature(basis, new Options { Seal = false }), newFile);
            seal = Engine.Patch(Data.Stream(basis), Data.Stream(plain), output).Seal;
            Check.That(seal.BasisLength == null && seal.BasisDigest == null, "of a plain signature");
            Check.That(
                Engine.Patch(Data.Stream(basis), Data.Stream(delta), output, new Options { Seal = false }).Seal == null,
                "not looked for");
        }

        public static void ThreadsShareASignature()
        {
            byte[] basis, newFile;
            Data.Pair(35, 300000, out basis, out newFile);
            using (Signature signature = Signature.Load(Engine.Signature(basis)))
            {
                byte[] expected = Engine.Delta(signature, newFile);
                var wrong = new List<string>();
                Thread[] threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
                {
                    try
                    {
                        for (int i = 0; i < 5; i++)
                        {
                            byte[] delta = Engine.Delta(signature, newFile);
                            Check.Same(expected, delta, "delta");
                            Check.Same(newFile, Engine.Patch(basis, delta), "patch");
                            // What goes wrong on one thread is not told on another.
                            RollsyncException e = Check.Fails(
                                ErrorKind.BadMagic, () => Engine.Patch(basis, new byte[] { 16, 2, 3, (byte)number }), "magic");
                            Check.That(e.Message.Contains("0x1002030" + number), e.Message);
                        }
                    }
                    catch (Exception e)
                    {
                        lock (wrong)
                        {
                            wrong.Add(e.ToString());
                        }
                    }
                })).ToArray();
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
                Check.That(wrong.Count == 0, string.Join("\n", wrong));
            }
        }

        public static void ASignatureMayGoBeforeItsJobs()
        {
            byte[] basis, newFile;
            Data.Pair(36, 50000, out basis, out newFile);
            DeltaJob job;
            byte[] expected;
            using (Signature signature = Signature.Load(Engine.Signature(basis)))
            {
                expected = Engine.Delta(signature, newFile);
                job = new DeltaJob(signature);
            }
            Collect();
            using (job)
            {
                Check.Same(expected, Steps.Run(job, newFile, 1000, 1000), "delta");
            }
        }

        public static void TheCollectorMayRunAtAnyTime()
        {
            byte[] basis, newFile;
            Data.Pair(37, 100000, out basis, out newFile);
            byte[] delta = Engine.Diff(basis, newFile, new Options { BlockLength = 512 });
            Func<int> piece = () =>
            {
                Collect();
                return 20000;
            };
            using (var job = new PatchJob())
            {
                Check.Same(newFile, Steps.Run(job, delta, piece, piece, piece, basis), "patch");
            }
            for (int i = 0; i < 100; i++)
            {
                // Nobody disposes these.
                new SignatureJob();
                new LoadJob();
                new PatchJob();
            }
            Collect();
        }

        private static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
