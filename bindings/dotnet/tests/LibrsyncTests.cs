using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using librsync.net;

namespace Rollsync.Tests
{
    /// <summary>The namespace librsync.net: what it did, and what it should have done.</summary>
    public static class LibrsyncTests
    {
        public static void DefaultsAreThoseOfTheOriginal()
        {
            byte[] basis = Data.Random(51, 50000);
            var options = new Options
            {
                Format = SignatureFormat.RollsumBlake2, BlockLength = 2048, StrongLength = 32, Seal = false,
            };
            Check.Same(
                Engine.Signature(basis, options), Data.All(Librsync.ComputeSignature(Data.Stream(basis))), "signature");
            Check.Equal(0x72730137, (int)MagicNumber.Blake2Signature, "magic");
            Check.Equal(0x72730136, (int)MagicNumber.Md4MagicNumber, "magic");
            Check.Equal(0x72730236, (int)MagicNumber.Delta, "magic");
        }

        public static void AllFourMagicsMakeDeltas()
        {
            byte[] basis, newFile;
            Data.Pair(52, 40000, out basis, out newFile);
            foreach (MagicNumber magic in Enum.GetValues(typeof(MagicNumber)))
            {
                var settings = new SignatureJobSettings { MagicNumber = magic, BlockLength = 500, StrongSumLength = 8 };
                if (magic == MagicNumber.Delta)
                {
                    Check.Throws<ArgumentOutOfRangeException>(
                        () => Librsync.ComputeSignature(Data.Stream(basis), settings), "a delta's magic");
                    continue;
                }
                byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis), settings));
                Check.Equal(12 + 80 * 12, sums.Length, "signature's length");
                byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)));
                Check.That(delta.Length < newFile.Length / 2, "copies are found");
                Check.Same(newFile, Data.All(Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta))), "patched");
            }
        }

        public static void TheShortLastBlockIsFound()
        {
            byte[] basis = Data.Random(53, 2048 * 3 + 700);
            byte[] newFile = Data.Join(new byte[] { 1, 2, 3 }, basis);
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
            byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)));
            Check.Equal("72730236" + "03010203" + "46001ABC".ToLowerInvariant() + "00", Data.Hex(delta), "delta");
        }

        public static void AnEmptyNewFileGivesAWholeDelta()
        {
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(new byte[5000])));
            byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(new byte[0])));
            Check.Equal("7273023600", Data.Hex(delta), "magic and END");
            using (Stream patched = Librsync.ApplyDelta(Data.Stream(new byte[5000]), Data.Stream(delta)))
            {
                Check.Equal(0L, patched.Length, "length");
                Check.Equal(-1, patched.ReadByte(), "nothing");
                Check.Equal(-1, patched.ReadByte(), "nothing, again");
            }
            Check.Throws<EndOfStreamException>(
                () => Librsync.ApplyDelta(Data.Stream(sums), Data.Stream(Data.Part(delta, 0, 4))), "magic alone");
        }

        public static void DeltasWithAnEndOfFourBytesAreRead()
        {
            byte[] basis = Data.Random(54, 1000);
            // Of the copies, the second continues the first.
            byte[] delta = Data.Bytes("72730236" + "03616263" + "450a64" + "456e07" + "450a05" + "00000000");
            byte[] expected = Data.Join(new byte[] { 97, 98, 99 }, Data.Part(basis, 10, 117), Data.Part(basis, 10, 15));
            Check.Same(expected, Data.All(Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta))), "old namespace");
            Check.Same(expected, Engine.Patch(basis, delta), "engine");
            using (Stream stream = Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta)))
            {
                // The edges of the commands among them.
                for (int from = expected.Length - 1; from >= 0; from--)
                {
                    stream.Position = from;
                    Check.Same(Data.Part(expected, from, expected.Length), Data.All(stream), "from " + from);
                }
            }
        }

        public static void ASignatureIsReadFromAnywhere()
        {
            byte[] basis = Data.Random(55, 10 * 300 + 17);
            var settings = new SignatureJobSettings { BlockLength = 300, StrongSumLength = 9 };
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis), settings));
            using (Stream stream = Librsync.ComputeSignature(Data.Stream(basis), settings))
            {
                Check.That(stream.CanSeek && stream.CanRead && !stream.CanWrite, "can");
                Check.Equal((long)sums.Length, stream.Length, "length");
                Check.Equal(12L + 11 * 13, stream.Length, "length by hand");
                // 5: into the header, and on across its end.
                foreach (int from in new[] { 5, 12, 13, 25, 100, sums.Length - 1, 0 })
                {
                    stream.Position = from;
                    Check.Same(Data.Part(sums, from, sums.Length), Data.All(stream), "from " + from);
                    Check.Equal((long)sums.Length, stream.Position, "at the end");
                }
                ReadHereAndThere(stream, sums);
                stream.Seek(10, SeekOrigin.End);
                Check.Equal(-1, stream.ReadByte(), "behind the end");
                Check.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1, "before the beginning");
            }
        }

        public static void OnlyBlocksThatAreReadOnAreHashed()
        {
            byte[] basis = Data.Random(56, 2 << 20);
            var input = new CountingStream(basis);
            using (Stream stream = Librsync.ComputeSignature(input))
            {
                Check.Equal(0L, input.Count, "nothing is read before the first read");
                stream.Position = stream.Length - 36;
                Check.That(stream.ReadByte() >= 0, "the last record");
                Check.Equal(2048L, input.Count, "one block is read");
                stream.Position = 12 + 500 * 36;
                Check.That(stream.ReadByte() >= 0, "a record in the middle");
                // The engine hashes several blocks at once.
                Check.That(input.Count <= 17 * 2048, input.Count + " bytes are read");
            }
        }

        public static void AnInputMayHaveMoreBytesThanItSays()
        {
            byte[] basis = Data.Random(64, 5000);
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
            using (Stream stream = Librsync.ComputeSignature(new SecretiveStream(basis)))
            {
                Check.Equal(12L, stream.Length, "what is known of it");
                var found = new byte[sums.Length + 1];
                int length = 0;
                for (int more = 1; more > 0; length += more)
                {
                    more = stream.Read(found, length, found.Length - length);
                }
                Check.Same(sums, Data.Part(found, 0, length), "signature");
            }
        }

        public static void ANewFileIsReadFromAnywhere()
        {
            byte[] basis, newFile;
            Data.Pair(57, 20000, out basis, out newFile);
            var settings = new SignatureJobSettings { BlockLength = 100 };
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis), settings));
            byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)));
            // The delta may stand behind something else.
            MemoryStream behind = Data.Stream(Data.Join(new byte[33], delta));
            behind.Position = 33;
            using (Stream stream = Librsync.ApplyDelta(Data.Stream(basis), behind))
            {
                Check.That(stream.CanSeek && stream.CanRead && !stream.CanWrite, "can");
                Check.Equal((long)newFile.Length, stream.Length, "length");
                ReadHereAndThere(stream, newFile);
                Check.Equal((long)newFile.Length, stream.Seek(0, SeekOrigin.End), "the end");
                Check.Equal(-1, stream.ReadByte(), "at the end");
                Check.Throws<ArgumentOutOfRangeException>(() => stream.Seek(1, SeekOrigin.End), "behind the end");
                Check.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1, "before the beginning");
                stream.Position = 0;
                Check.Same(newFile, Data.All(stream), "from the beginning again");
            }
        }

        public static void ACopyBehindTheEndOfTheOriginalIsAnError()
        {
            byte[] basis = Data.Random(58, 100);
            byte[] delta = Data.Bytes("72730236" + "03616263" + "455a64" + "00");
            using (Stream stream = Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta)))
            {
                Check.Equal(103L, stream.Length, "length");
                var found = new MemoryStream();
                Check.Throws<EndOfStreamException>(() => stream.CopyTo(found), "a copy behind the end");
                Check.Same(
                    Data.Join(new byte[] { 97, 98, 99 }, Data.Part(basis, 90, 100)), found.ToArray(), "what is there comes first");
            }
        }

        public static void BrokenDeltas()
        {
            byte[] basis = Data.Random(59, 100);
            Action<string> apply = hex => Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(Data.Bytes(hex)));
            var wrong = Check.Throws<InvalidDataException>(() => apply("7273013700"), "magic");
            Check.Equal("Got magic number 72730137 instead of expected 72730236", wrong.Message, "magic");
            Check.Throws<EndOfStreamException>(() => apply("7273"), "half a magic");
            Check.Throws<EndOfStreamException>(() => apply("72730236450001"), "no END");
            Check.Throws<EndOfStreamException>(() => apply("727302364500"), "half a command");
            Check.Throws<EndOfStreamException>(() => apply("727302360561"), "half a literal");
            Check.Throws<EndOfStreamException>(() => apply("72730236" + "440000010000000000" + "00"), "a literal of 2^40 bytes");
            Check.Throws<InvalidDataException>(() => apply("727302365500"), "a reserved opcode");
            Check.Throws<InvalidDataException>(() => apply("72730236410000"), "a literal of no length");
            Check.Throws<InvalidDataException>(() => apply("7273023645000000"), "a copy of no length");
            Check.Throws<InvalidDataException>(() => apply("72730236" + "54ffffffffffffffff0000000000000001" + "00"), "offset -1");
            Check.Throws<InvalidDataException>(() => apply("72730236" + "547fffffffffffffff0000000000000001" + "00"), "2^63");
            string half = "48007fffffffffffffff";
            Check.Throws<InvalidDataException>(() => apply("72730236" + half + half + "00"), "a file of 2^64 bytes");
        }

        public static void BrokenSignatures()
        {
            Action<string> load = hex => Librsync.ComputeDelta(Data.Stream(Data.Bytes(hex)), Data.Stream(new byte[1]));
            Check.Throws<InvalidDataException>(() => load("787878780000010000000020"), "magic");
            Check.Throws<InvalidDataException>(() => load("727301370000000000000020"), "block length 0");
            Check.Throws<EndOfStreamException>(() => load("72730137000001"), "half a header");
            Check.Throws<EndOfStreamException>(() => load("72730137000001000000002001020304ff"), "half a record");
        }

        public static void SettingsAreChecked()
        {
            MemoryStream input = Data.Stream(new byte[10]);
            Action<SignatureJobSettings> refuse = settings => Check.Throws<ArgumentOutOfRangeException>(
                () => Librsync.ComputeSignature(input, settings), "settings");
            refuse(new SignatureJobSettings { BlockLength = -1 });
            refuse(new SignatureJobSettings { StrongSumLength = -1 });
            refuse(new SignatureJobSettings { StrongSumLength = 33 });
            refuse(new SignatureJobSettings { StrongSumLength = 17, MagicNumber = MagicNumber.Md4MagicNumber });
            refuse(new SignatureJobSettings { MagicNumber = (MagicNumber)5 });
            byte[] expected = Data.All(Librsync.ComputeSignature(input));
            input.Position = 0;
            Check.Same(
                expected, Data.All(Librsync.ComputeSignature(input, default(SignatureJobSettings))), "zeros are the defaults");
            Check.Throws<ArgumentNullException>(() => Librsync.ComputeSignature(null), "null");
            Check.Throws<ArgumentNullException>(() => Librsync.ComputeDelta(null, input), "null");
            Check.Throws<ArgumentNullException>(() => Librsync.ComputeDelta(input, null), "null");
            Check.Throws<ArgumentNullException>(() => Librsync.ApplyDelta(null, input), "null");
            Check.Throws<ArgumentNullException>(() => Librsync.ApplyDelta(input, null), "null");
            Check.Throws<ArgumentException>(() => Librsync.ApplyDelta(input, new Trickle(expected, 1)), "cannot be sought in");
        }

        public static void StreamsThatCannotBeSoughtIn()
        {
            byte[] basis, newFile;
            Data.Pair(60, 30000, out basis, out newFile);
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
            using (Stream stream = Librsync.ComputeSignature(new Trickle(basis, 1)))
            {
                Check.That(!stream.CanSeek, "the signature of one");
                Check.Throws<NotSupportedException>(() => stream.Position = 12, "cannot be sought in");
                Check.Same(sums, Data.All(stream), "signature");
            }
            using (Stream stream = Librsync.ComputeDelta(new Trickle(sums, 2), new Trickle(newFile, 3)))
            {
                Check.That(!stream.CanSeek, "a delta");
                Check.Throws<NotSupportedException>(() => stream.Position = 1, "cannot be sought in");
                Check.Throws<NotSupportedException>(() => stream.Write(sums, 0, 1), "cannot be written to");
                Check.Throws<NotSupportedException>(() => stream.SetLength(1), "cannot be cut");
                stream.Flush();
                byte[] delta = Data.All(stream);
                Check.Same(newFile, Data.All(Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta))), "delta");
            }
        }

        public static async Task AsynchronousReadingGivesTheSame()
        {
            byte[] basis, newFile;
            Data.Pair(61, 50000, out basis, out newFile);
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
            byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)));
            using (Stream stream = Librsync.ComputeSignature(Data.Stream(basis)))
            {
                stream.Position = 20;
                var found = new MemoryStream();
                await stream.CopyToAsync(found, 100);
                Check.Same(Data.Part(sums, 20, sums.Length), found.ToArray(), "signature");
            }
            using (Stream stream = Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)))
            {
                var found = new MemoryStream();
                await stream.CopyToAsync(found);
                Check.Same(delta, found.ToArray(), "delta");
            }
            using (Stream stream = Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(delta)))
            {
                stream.Position = 1000;
                var piece = new byte[777];
                int length = stream.EndRead(stream.BeginRead(piece, 7, 700, null, null));
                Check.That(length > 0, "something");
                Check.Same(Data.Part(newFile, 1000, 1000 + length), Data.Part(piece, 7, 7 + length), "BeginRead");
                var found = new MemoryStream();
                await stream.CopyToAsync(found);
                Check.Same(Data.Part(newFile, 1000 + length, newFile.Length), found.ToArray(), "the rest");
            }
        }

        public static void TwoStreamsMayShareTheirInputs()
        {
            byte[] basis, newFile;
            Data.Pair(62, 900000, out basis, out newFile);
            MemoryStream input = Data.Stream(basis);
            byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
            using (Stream one = Librsync.ComputeSignature(input))
            using (Stream two = Librsync.ComputeSignature(input))
            {
                var found = new[] { new MemoryStream(), new MemoryStream() };
                var piece = new byte[1000];
                for (int i = 0; found[1].Length < sums.Length; i++)
                {
                    found[i % 2].Write(piece, 0, (i % 2 == 0 ? one : two).Read(piece, 0, piece.Length));
                }
                Check.Same(sums, found[0].ToArray(), "one");
                Check.Same(sums, found[1].ToArray(), "two");
            }
            Check.That(input.CanRead, "the input is still open");
        }

        public static void ADisposedStreamIsClosed()
        {
            byte[] basis = Data.Random(63, 5000);
            Stream stream = Librsync.ComputeSignature(Data.Stream(basis));
            stream.ReadByte();
            stream.Dispose();
            stream.Dispose();
            Check.That(!stream.CanRead, "cannot be read");
            Check.Throws<ObjectDisposedException>(() => stream.Read(new byte[1], 0, 1), "disposed");
            Check.Throws<ObjectDisposedException>(() => stream.Position = 1, "disposed");
        }

        private static void ReadHereAndThere(Stream stream, byte[] expected)
        {
            var random = new Random(7);
            for (int i = 0; i < 60; i++)
            {
                int from = random.Next(expected.Length);
                int want = random.Next(1, 400);
                if (random.Next(2) == 0)
                {
                    stream.Seek(from, SeekOrigin.Begin);
                }
                else
                {
                    stream.Seek(from - stream.Position, SeekOrigin.Current);
                }
                var piece = new byte[want];
                int length = 0;
                for (int more = 1; more > 0 && length < want; length += more)
                {
                    more = stream.Read(piece, length, want - length);
                }
                Check.Same(Data.Part(expected, from, from + want), Data.Part(piece, 0, length), "from " + from);
                Check.Equal((long)from + length, stream.Position, "position");
            }
        }

        /// <summary>Says that it is empty, as the files of /proc do.</summary>
        private sealed class SecretiveStream : MemoryStream
        {
            internal SecretiveStream(byte[] bytes)
                : base(bytes)
            {
            }

            public override long Length
            {
                get { return 0; }
            }
        }

        /// <summary>Counts what is read of it, and gives no more than a block at once.</summary>
        private sealed class CountingStream : MemoryStream
        {
            internal CountingStream(byte[] bytes)
                : base(bytes)
            {
            }

            internal long Count { get; private set; }

            public override int Read(byte[] buffer, int offset, int count)
            {
                int length = base.Read(buffer, offset, Math.Min(count, 2048));
                Count += length;
                return length;
            }
        }
    }
}
