using System;
using System.IO;
using Rollsync;

namespace librsync.net
{
    /// <summary>A delta that is made while it is read.</summary>
    internal sealed class DeltaStream : LazyStream
    {
        private readonly Signature signature;
        private readonly Stream newFile;

        internal DeltaStream(Stream signature, Stream newFile)
        {
            this.newFile = newFile;
            try
            {
                this.signature = Signature.Load(signature);
            }
            catch (RollsyncException e)
            {
                throw Translated(e);
            }
        }

        public override bool CanSeek
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

        public override long Seek(long offset, SeekOrigin origin)
        {
            throw new NotSupportedException();
        }

        protected override void Restart()
        {
            var options = new Options { Seal = false };
            var job = new DeltaJob(signature, options);
            Begin(job, new Pump(job, Phase.Delta, newFile, options), 0);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                signature.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
