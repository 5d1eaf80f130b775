using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Rollsync
{
    /// <summary>A signature in memory, ready for deltas: for any number of them, on any number of threads.</summary>
    public sealed class Signature : IDisposable
    {
        internal Signature(SignatureHandle handle, byte[] header, long blockCount)
        {
            Handle = handle;
            int magic = BigEndian(header, 0);
            // librsync takes a magic of zero for the recommended format.
            Format = magic == 0 ? SignatureFormat.RabinKarpBlake2 : (SignatureFormat)magic;
            BlockLength = BigEndian(header, 4);
            StrongLength = BigEndian(header, 8);
            BlockCount = blockCount;
        }

        /// <summary>Which sums it holds.</summary>
        public SignatureFormat Format { get; }

        /// <summary>Bytes a block.</summary>
        public int BlockLength { get; }

        /// <summary>Bytes of each strong sum.</summary>
        public int StrongLength { get; }

        /// <summary>Blocks of the basis.</summary>
        public long BlockCount { get; }

        internal SignatureHandle Handle { get; }

        /// <summary>Loads a signature that is in memory.</summary>
        /// <exception cref="RollsyncException">It is none, or is broken, or is beyond a limit.</exception>
        public static Signature Load(
            ReadOnlySpan<byte> signature, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new LoadJob(options))
            {
                MemoryRun.Run(job, Phase.Load, signature, default(ReadOnlySpan<byte>), options, cancel);
                return job.Finish();
            }
        }

        /// <summary>Loads a signature from where the stream stands to its end.</summary>
        /// <exception cref="RollsyncException">It is none, or is broken, or is beyond a limit.</exception>
        public static Signature Load(
            Stream signature, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new LoadJob(options))
            {
                new Pump(job, Phase.Load, signature, options).Run(Stream.Null, cancel);
                return job.Finish();
            }
        }

        /// <summary>Loads a signature from where the stream stands to its end.</summary>
        /// <exception cref="RollsyncException">It is none, or is broken, or is beyond a limit.</exception>
        public static async Task<Signature> LoadAsync(
            Stream signature, Options options = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var job = new LoadJob(options))
            {
                await new Pump(job, Phase.Load, signature, options).RunAsync(Stream.Null, cancel).ConfigureAwait(false);
                return job.Finish();
            }
        }

        /// <summary>Frees what the library holds for it; jobs that use it go on.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }

        private static int BigEndian(byte[] bytes, int at)
        {
            return bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
        }
    }
}
