using System;
using System.IO;

namespace librsync.net
{
    /// <summary>A lazy stream that can be sought in. Seeking costs nothing: the work begins with the next read.</summary>
    internal abstract class SeekableLazyStream : LazyStream
    {
        public override long Position
        {
            get
            {
                CheckOpen();
                return Target;
            }

            set
            {
                CheckOpen();
                CheckPosition(value);
                Target = value;
            }
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            switch (origin)
            {
                case SeekOrigin.Begin:
                    return Position = offset;
                case SeekOrigin.Current:
                    return Position = checked(Position + offset);
                case SeekOrigin.End:
                    return Position = checked(Length + offset);
                default:
                    throw new ArgumentException("no such origin", nameof(origin));
            }
        }

        /// <summary>Throws unless there is such a position.</summary>
        protected virtual void CheckPosition(long position)
        {
            if (position < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(position), "a position is not negative");
            }
        }
    }
}
