using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Rollsync;

namespace librsync.net
{
    /// <summary>A job's output as a stream: the job goes on while it is read.</summary>
    internal abstract class LazyStream : Stream
    {
        private Job job;
        private Pump pump;
        private byte[] skipped;
        private int toSkip;
        private long at;
        private bool isDisposed;

        public override bool CanRead
        {
            get { return !isDisposed; }
        }

        public override bool CanWrite
        {
            get { return false; }
        }

        /// <summary>Where the next byte is read from.</summary>
        protected long Target { get; set; }

        /// <summary>Whether nothing needs to be begun to know that there is nothing to read.</summary>
        protected virtual bool IsBehindEnd
        {
            get { return CanSeek && Target >= Length; }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            CheckRange(buffer, offset, count);
            if (count == 0)
            {
                return 0;
            }
            try
            {
                if (!Prepare())
                {
                    return 0;
                }
                while (toSkip > 0)
                {
                    int length = pump.Read(Skipped(), 0, Math.Min(toSkip, skipped.Length), CancellationToken.None);
                    if (length == 0)
                    {
                        return 0;
                    }
                    toSkip -= length;
                }
                return Advance(pump.Read(buffer, offset, count, CancellationToken.None));
            }
            catch (RollsyncException e)
            {
                throw Translated(e);
            }
        }

        public override async Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            CheckRange(buffer, offset, count);
            if (count == 0)
            {
                return 0;
            }
            try
            {
                if (!Prepare())
                {
                    return 0;
                }
                while (toSkip > 0)
                {
                    int most = Math.Min(toSkip, Skipped().Length);
                    int length = await pump.ReadAsync(skipped, 0, most, cancellationToken).ConfigureAwait(false);
                    if (length == 0)
                    {
                        return 0;
                    }
                    toSkip -= length;
                }
                return Advance(await pump.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false));
            }
            catch (RollsyncException e)
            {
                throw Translated(e);
            }
        }

        public override void Flush()
        {
        }

        public override void SetLength(long value)
        {
            throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            throw new NotSupportedException();
        }

        /// <summary>An engine's error as librsync.net's users know it, wherever that has a name.</summary>
        internal static Exception Translated(RollsyncException e)
        {
            switch (e.Kind)
            {
                case ErrorKind.BadMagic:
                case ErrorKind.Corrupt:
                case ErrorKind.Mismatch:
                    return new InvalidDataException(e.Message, e);
                case ErrorKind.InputEnded:
                    return new EndOfStreamException(e.Message, e);
                case ErrorKind.Io:
                    return new IOException(e.Message, e);
                case ErrorKind.Param:
                    return new ArgumentException(e.Message, e);
                default:
                    return e;
            }
        }

        /// <summary>Begins a job whose output is read from <see cref="Target"/> on.</summary>
        protected abstract void Restart();

        /// <summary>Reads from this job from now on, but for so many of its first bytes.</summary>
        protected void Begin(Job newJob, Pump newPump, int skip)
        {
            End();
            job = newJob;
            pump = newPump;
            toSkip = skip;
            at = Target;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                isDisposed = true;
                End();
            }
            base.Dispose(disposing);
        }

        protected void CheckOpen()
        {
            if (isDisposed)
            {
                throw new ObjectDisposedException(GetType().Name);
            }
        }

        private static void CheckRange(byte[] buffer, int offset, int count)
        {
            if (buffer == null)
            {
                throw new ArgumentNullException(nameof(buffer));
            }
            if (offset < 0 || count < 0)
            {
                throw new ArgumentOutOfRangeException(offset < 0 ? nameof(offset) : nameof(count));
            }
            if (count > buffer.Length - offset)
            {
                throw new ArgumentException("the range is not within the buffer");
            }
        }

        /// <summary>Whether there is anything to read.</summary>
        private bool Prepare()
        {
            CheckOpen();
            if (pump == null || at != Target)
            {
                if (IsBehindEnd)
                {
                    return false;
                }
                Restart();
            }
            return true;
        }

        private byte[] Skipped()
        {
            return skipped = skipped ?? new byte[4096];
        }

        private int Advance(int length)
        {
            at += length;
            Target = at;
            return length;
        }

        private void End()
        {
            if (job != null)
            {
                job.Dispose();
                job = null;
                pump = null;
            }
        }
    }
}
