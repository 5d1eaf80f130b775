using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    internal static class Data
    {
        /// <summary>The generator of the golden vectors.</summary>
        internal static byte[] Random(ulong seed, int length)
        {
            var bytes = new byte[length];
            ulong state = seed;
            for (int i = 0; i < length; i++)
            {
                state = unchecked(state * 6364136223846793005 + 1442695040888963407);
                bytes[i] = (byte)(state >> 56);
            }
            return bytes;
        }

        /// <summary>A basis and a new file that has been edited, with parts moved, gone and added.</summary>
        internal static void Pair(ulong seed, int length, out byte[] basis, out byte[] newFile)
        {
            basis = Random(seed, length);
            newFile = Join(
                Random(seed + 1, 100),
                Part(basis, length / 2, length),
                Part(basis, 0, length / 4),
                Random(seed + 2, 3000),
                Part(basis, length / 4 + 17, length / 2));
        }

        internal static byte[] Part(byte[] bytes, int from, int to)
        {
            return bytes.Skip(from).Take(to - from).ToArray();
        }

        internal static byte[] Join(params byte[][] parts)
        {
            return parts.SelectMany(part => part).ToArray();
        }

        internal static byte[] Bytes(string hex)
        {
            return Enumerable.Range(0, hex.Length / 2).Select(i => Convert.ToByte(hex.Substring(2 * i, 2), 16)).ToArray();
        }

        internal static string Hex(IEnumerable<byte> bytes)
        {
            return string.Concat(bytes.Select(b => b.ToString("x2")));
        }

        internal static byte[] All(Stream stream)
        {
            using (var all = new MemoryStream())
            {
                stream.CopyTo(all);
                return all.ToArray();
            }
        }

        internal static MemoryStream Stream(byte[] bytes)
        {
            return new MemoryStream(bytes, false);
        }
    }

    /// <summary>Is told at once: Progress of the class library tells another thread.</summary>
    internal sealed class Told : IProgress<Report>
    {
        private readonly Action<Report> action;

        internal Told(Action<Report> action)
        {
            this.action = action;
        }

        public void Report(Report value)
        {
            action(value);
        }
    }

    /// <summary>A folder that goes with its test.</summary>
    internal sealed class Folder : IDisposable
    {
        private readonly string path = Path.Combine(Path.GetTempPath(), "rollsync-" + Guid.NewGuid().ToString("N"));

        internal Folder()
        {
            Directory.CreateDirectory(path);
        }

        internal int Count
        {
            get { return Directory.GetFileSystemEntries(path).Length; }
        }

        internal string this[string name]
        {
            get { return Path.Combine(path, name); }
        }

        public void Dispose()
        {
            Directory.Delete(path, true);
        }
    }

    /// <summary>Gives and takes as little as it likes, and cannot be sought in.</summary>
    internal sealed class Trickle : Stream
    {
        private readonly Stream inner;
        private readonly Random random;

        internal Trickle(byte[] bytes, int seed)
        {
            inner = Data.Stream(bytes);
            random = new Random(seed);
        }

        public override bool CanRead
        {
            get { return true; }
        }

        public override bool CanSeek
        {
            get { return false; }
        }

        public override bool CanWrite
        {
            get { return false; }
        }

        public override long Length
        {
            get { throw new NotSupportedException(); }
        }

        public override long Position
        {
            get { throw new NotSupportedException(); }
            set { throw new NotSupportedException(); }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            return inner.Read(buffer, offset, Math.Min(count, 1 + random.Next(700)));
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            throw new NotSupportedException();
        }

        public override void SetLength(long value)
        {
            throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            throw new NotSupportedException();
        }
    }
}
