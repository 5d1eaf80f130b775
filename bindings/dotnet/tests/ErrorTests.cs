using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync.Tests
{
    public static class ErrorTests
    {
        private static readonly byte[] Basis = Data.Random(21, 10000);
        private static readonly byte[] Sums = Engine.Signature(Basis);
        private static readonly byte[] Delta = Engine.Delta(Sums, Basis);

        public static void InputEnded()
        {
            Check.Fails(ErrorKind.InputEnded, () => Signature.Load(Data.Part(Sums, 0, 7)), "half a header");
            Check.Fails(ErrorKind.InputEnded, () => Engine.Patch(Basis, Data.Part(Delta, 0, 5)), "half a delta");
            byte[] plain = Engine.Delta(Sums, Basis, new Options { Seal = false });
            RollsyncException e = Check.Fails(ErrorKind.InputEnded, () => Engine.Patch(new byte[3], plain), "half a basis");
            Check.That(e.Message.StartsWith("the basis ends before offset 3,", StringComparison.Ordinal), e.Message);
            e = Check.Fails(
                ErrorKind.InputEnded, () => Engine.Patch(Data.Stream(new byte[3]), Data.Stream(plain), Stream.Null), "half");
            Check.That(e.Message.StartsWith("the basis ends before offset 3,", StringComparison.Ordinal), e.Message);
        }

        public static void BadMagicNamesBoth()
        {
            RollsyncException e = Check.Fails(ErrorKind.BadMagic, () => Engine.Patch(Basis, Sums), "a signature as delta");
            Check.That(e.Message.Contains("0x72730147") && e.Message.Contains("0x72730236"), e.Message);
            Check.Fails(ErrorKind.BadMagic, () => Signature.Load(Data.Bytes("727302360000010000000020")), "a delta's");
            Check.Fails(
                ErrorKind.BadMagic, () => Engine.Signature(Basis, new Options { Format = (SignatureFormat)77 }), "format 77");
            Check.Fails(
                ErrorKind.BadMagic, () => Engine.Signature(Basis, new Options { Format = 0 }), "format 0");
        }

        public static void Corrupt()
        {
            Check.Fails(ErrorKind.Corrupt, () => Engine.Patch(Basis, Data.Bytes("7273023655")), "a reserved opcode");
            Check.Fails(ErrorKind.Corrupt, () => Engine.Patch(Basis, Data.Join(Delta, new byte[1])), "bytes behind a seal");
            byte[] changed = Sums.ToArray();
            changed[20] ^= 1;
            Check.Fails(ErrorKind.Corrupt, () => Signature.Load(changed), "a sealed signature with another byte");
        }

        public static void Mismatch()
        {
            byte[] other = Basis.ToArray();
            other[9] ^= 1;
            Check.Fails(ErrorKind.Mismatch, () => Engine.Patch(other, Delta), "another basis");
            byte[] plain = Engine.Delta(Sums, Basis, new Options { Seal = false });
            Check.Same(Basis, Engine.Patch(Basis, plain), "a plain delta");
            var required = new Options { RequireSeal = true };
            Check.Fails(ErrorKind.Mismatch, () => Engine.Patch(Basis, plain, required), "a plain delta, where a seal is required");
            Check.Throws<ArgumentException>(
                () => new PatchJob(new Options { RequireSeal = true, Seal = false }), "a seal that is not looked for");
        }

        public static async Task AShortBasisIsAnotherWhereTheSealSaysSo()
        {
            byte[] half = Data.Part(Basis, 0, 5003);
            Action<RollsyncException> check = e =>
                Check.That(e.Message.Contains("5003 bytes") && e.Message.Contains(" 10000"), e.Message);
            check(Check.Fails(ErrorKind.Mismatch, () => Engine.Patch(half, Delta), "in memory"));
            var written = new MemoryStream();
            check(Check.Fails(
                ErrorKind.Mismatch, () => Engine.Patch(Data.Stream(half), new Trickle(Delta, 2), written), "streams"));
            Check.Same(half, written.ToArray(), "what was there is written, and nothing else");
            try
            {
                await Engine.PatchAsync(Data.Stream(half), Data.Stream(Delta), Stream.Null);
                Check.That(false, "it went on");
            }
            catch (RollsyncException e)
            {
                Check.Equal(ErrorKind.Mismatch, e.Kind, "asynchronously");
                check(e);
            }
            using (var job = new PatchJob())
            {
                check(Check.Fails(
                    ErrorKind.Mismatch, () => Steps.Run(job, Delta, () => 7, () => 90, () => 1000, half), "step by step"));
                int consumed, produced;
                Check.Fails(ErrorKind.Mismatch, () => job.Step(new byte[0], true, new byte[9], out consumed, out produced), "again");
            }
            // What the seal is for may have been changed on the way: then nothing says that the basis is at fault.
            byte[] changed = Delta.ToArray();
            changed[changed.Length - 1] ^= 1;
            Check.Fails(ErrorKind.Corrupt, () => Engine.Patch(half, changed), "a broken seal");
        }

        public static void Param()
        {
            RollsyncException e = Check.Fails(
                ErrorKind.Param, () => Engine.Signature(Basis, new Options { StrongLength = 33 }), "33 bytes");
            Check.That(e.Message.Contains("33") && !e.Message.Contains("unexplained"), e.Message);
            Check.Fails(ErrorKind.Param, () => Engine.Signature(Basis, new Options { StrongLength = -2 }), "-2 bytes");
            Check.Fails(ErrorKind.Param, () => Engine.Signature(Basis, new Options { BlockLength = -1 }), "-1 byte");
            var md4 = new Options { StrongLength = 17, Format = SignatureFormat.RabinKarpMd4 };
            Check.Fails(ErrorKind.Param, () => Engine.Signature(Basis, md4), "17 bytes of MD4");
        }

        public static void Limit()
        {
            Check.Fails(ErrorKind.Limit, () => Engine.Signature(Basis, With(new Limits { Output = 100 })), "output");
            Check.Fails(ErrorKind.Limit, () => Signature.Load(Sums, With(new Limits { Records = 5 })), "records");
            Check.Fails(ErrorKind.Limit, () => Signature.Load(Sums, With(new Limits { Memory = 500 })), "memory");
            byte[] literal = Engine.Diff(new byte[0], Basis);
            Check.Fails(ErrorKind.Limit, () => Engine.Patch(Basis, literal, With(new Limits { Literal = 100 })), "literal");
            byte[] huge = Data.Bytes("72730236480000000100000000" + "00");
            Check.Fails(ErrorKind.Limit, () => Engine.Patch(Basis, huge, With(new Limits { Output = 1 << 20 })), "2^32");
            var slow = new Options
            {
                Limits = new Limits { Time = TimeSpan.FromMilliseconds(10) }, Progress = new Told(report => Thread.Sleep(20)),
            };
            Check.Fails(ErrorKind.Limit, () => Engine.Signature(new Trickle(Basis, 1), Stream.Null, slow), "time");
            foreach (Limits negative in new[] { new Limits { Output = -1 }, new Limits { Time = TimeSpan.FromTicks(-1) } })
            {
                Check.Throws<ArgumentOutOfRangeException>(() => Engine.Signature(Basis, With(negative)), "a negative limit");
                Check.Throws<ArgumentOutOfRangeException>(() => Signature.Load(Sums, With(negative)), "a negative limit");
                Check.Throws<ArgumentOutOfRangeException>(() => Engine.Diff(Basis, Basis, With(negative)), "a negative limit");
                Check.Throws<ArgumentOutOfRangeException>(() => new PatchJob(With(negative)), "a negative limit");
            }
            var roomy = new Limits
            {
                Output = 1 << 20, Records = 1000, Memory = 1 << 20, Literal = 1 << 20, WorkPerByte = 8, Time = TimeSpan.FromDays(1),
            };
            Check.Same(Basis, Engine.Patch(Basis, Engine.Diff(Basis, Basis, With(roomy)), With(roomy)), "within limits");
        }

        public static async Task TheOutputOfADiffIsItsDelta()
        {
            Options options = With(new Limits { Output = Sums.Length - 1 });
            Check.Same(Delta, Engine.Diff(Basis, Basis, options), "in memory");
            var output = new MemoryStream();
            Engine.Diff(Data.Stream(Basis), Data.Stream(Basis), output, options);
            Check.Same(Delta, output.ToArray(), "streams");
            output.SetLength(0);
            await Engine.DiffAsync(Data.Stream(Basis), Data.Stream(Basis), output, options);
            Check.Same(Delta, output.ToArray(), "asynchronously");
            options.Limits.Output = Delta.Length - 1;
            Check.Fails(ErrorKind.Limit, () => Engine.Diff(Basis, Basis, options), "a delta beyond the limit");
        }

        public static void TheTimeIsThatOfTheCall()
        {
            // Two jobs, the first of which has all of the time.
            foreach (bool isDiff in new[] { false, true })
            {
                long first = isDiff ? Sums.Length : 0;
                Options options = With(new Limits { Time = TimeSpan.FromMilliseconds(200) });
                options.Progress = new Told(report =>
                {
                    if (report.Phase != Phase.Delta && report.BytesIn == report.TotalIn && report.BytesOut == first)
                    {
                        Thread.Sleep(250);
                    }
                });
                Action work = () =>
                {
                    if (isDiff)
                    {
                        Engine.Diff(Basis, Basis, options);
                    }
                    else
                    {
                        Engine.Delta(Sums, Basis, options);
                    }
                };
                Check.Fails(ErrorKind.Limit, work, "time");
            }
        }

        public static void AJobThatIsDoneTakesNothingMore()
        {
            int consumed, produced;
            using (var job = new SignatureJob(new Options { Limits = new Limits { Time = TimeSpan.FromDays(1) } }))
            {
                Check.Equal(JobStatus.Done, job.Step(Basis, true, new byte[10000], out consumed, out produced), "done");
                job.Cancel();
                Check.Equal(JobStatus.Done, job.Step(Basis, true, new byte[10000], out consumed, out produced), "again");
                Check.Equal(0, consumed + produced, "bytes");
            }
            // Whoever cancels when all is written is too late.
            using (var source = new CancellationTokenSource())
            {
                var output = new MemoryStream();
                var told = new Told(report =>
                {
                    if (report.BytesOut == Sums.Length)
                    {
                        source.Cancel();
                    }
                });
                Engine.Signature(Data.Stream(Basis), output, new Options { Progress = told }, source.Token);
                Check.That(source.IsCancellationRequested, "cancelled");
                Check.Same(Sums, output.ToArray(), "signature");
            }
        }

        public static void AFailedJobSaysSoAgain()
        {
            using (var job = new PatchJob())
            {
                int consumed, produced;
                byte[] broken = Data.Bytes("72730236" + "450003" + "450003" + "55");
                var room = new byte[100];
                JobStatus status = job.Step(broken, true, room, out consumed, out produced);
                Check.Equal(JobStatus.NeedBasis, status, "a copy comes first");
                job.GiveBasis(Basis);
                status = job.Step(Data.Part(broken, consumed, broken.Length), true, room, out consumed, out produced);
                Check.Equal(JobStatus.NeedOutput, status, "what was delivered comes first");
                byte[] three = Data.Part(Basis, 0, 3);
                Check.Same(Data.Join(three, three), Data.Part(room, 0, produced), "delivered");
                for (int i = 0; i < 2; i++)
                {
                    Check.Fails(
                        ErrorKind.Corrupt, () => job.Step(new byte[0], true, room, out consumed, out produced), "again");
                }
            }
        }

        public static void StreamsMayFailAndTheirErrorsComeThrough()
        {
            var failing = new FailingStream();
            Check.Throws<IOException>(() => Engine.Signature(failing, Stream.Null), "the basis of a signature");
            Check.Throws<IOException>(() => Engine.Patch(failing, Data.Stream(Delta), Stream.Null), "the basis of a patch");
            Check.Throws<AggregateException>(
                () => Engine.PatchAsync(failing, Data.Stream(Delta), Stream.Null).Wait(), "the same asynchronously");
        }

        public static void WrongUse()
        {
            Check.Throws<ArgumentNullException>(() => new DeltaJob(null), "no signature");
            Check.Throws<ArgumentNullException>(() => Engine.Signature((Stream)null, Stream.Null), "no basis");
            Check.Throws<ArgumentNullException>(() => Engine.Signature(Data.Stream(Basis), null), "no output");
            Check.Throws<ArgumentException>(
                () => Engine.Patch(new Trickle(Basis, 1), Data.Stream(Delta), Stream.Null), "a basis that cannot be sought in");
            using (var patch = new PatchJob())
            {
                Check.Throws<InvalidOperationException>(() => patch.GiveBasis(Basis), "a basis that nobody wants");
            }
            Check.Throws<ArgumentOutOfRangeException>(
                () => Engine.Delta(Sums, Basis, new Options { Profile = (Profile)9 }), "profile 9");
            var job = new SignatureJob();
            job.Dispose();
            job.Dispose();
            int consumed, produced;
            Check.Throws<ObjectDisposedException>(
                () => job.Step(Basis, true, new byte[10], out consumed, out produced), "a disposed job");
            Check.Throws<ObjectDisposedException>(job.Cancel, "cancelling it");
            using (var load = new LoadJob())
            {
                Check.Throws<InvalidOperationException>(() => load.Finish(), "not loaded yet");
                load.Step(Sums, true);
                load.Finish().Dispose();
                Check.Throws<InvalidOperationException>(() => load.Finish(), "taken twice");
            }
        }

        private static Options With(Limits limits)
        {
            return new Options { Limits = limits };
        }

        /// <summary>Has bytes, but cannot read them.</summary>
        private sealed class FailingStream : MemoryStream
        {
            internal FailingStream()
                : base(Basis)
            {
            }

            public override int Read(byte[] buffer, int offset, int count)
            {
                throw new IOException("the disk is gone");
            }
        }
    }
}
