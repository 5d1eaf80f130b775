using System;
using System.IO;
using Rollsync;

namespace librsync.net
{
    /// <summary>A signature that is made while it is read: from any of its bytes on, by hashing the blocks from there on.</summary>
    internal sealed class SignatureStream : SeekableLazyStream
    {
        private const int HeaderLength = 12;
        private const int WeakLength = 4;

        private readonly Stream input;
        private readonly long start;
        private readonly SignatureJobSettings settings;
        private readonly int recordLength;

        internal SignatureStream(Stream input, SignatureJobSettings settings)
        {
            this.input = input;
            this.settings = settings;
            recordLength = WeakLength + settings.StrongSumLength;
            start = input.CanSeek ? input.Position : 0;
        }

        public override bool CanSeek
        {
            get { return input.CanSeek; }
        }

        public override long Length
        {
            get
            {
                CheckOpen();
                long length = Math.Max(0, input.Length - start);
                long blocks = length / settings.BlockLength + (length % settings.BlockLength > 0 ? 1 : 0);
                return HeaderLength + blocks * recordLength;
            }
        }

        /// <summary>Some inputs, such as those of /proc, have more bytes than they say.</summary>
        protected override bool IsBehindEnd
        {
            get { return Target > HeaderLength && base.IsBehindEnd; }
        }

        protected override void Restart()
        {
            long block = Target < HeaderLength ? 0 : (Target - HeaderLength) / recordLength;
            if (CanSeek)
            {
                input.Position = start + block * settings.BlockLength;
            }
            var options = new Options
            {
                Format = (SignatureFormat)settings.MagicNumber,
                BlockLength = settings.BlockLength,
                StrongLength = settings.StrongSumLength,
                Seal = false,
            };
            var job = new SignatureJob(options);
            // Every job begins with the header.
            Begin(job, new Pump(job, Phase.Signature, input, options), (int)(Target - block * recordLength));
        }

        protected override void CheckPosition(long position)
        {
            if (!CanSeek)
            {
                throw new NotSupportedException("the input cannot be sought in");
            }
            base.CheckPosition(position);
        }
    }
}
