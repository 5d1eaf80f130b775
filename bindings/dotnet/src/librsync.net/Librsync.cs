using System;
using System.IO;

namespace librsync.net
{
    /// <summary>The four calls of librsync.net, on rollsync's engine. Each gives a stream that does its work while it is read;
    /// none of the streams that it reads is closed with it. What is wrong with a file is an InvalidDataException, one that
    /// ends too early an EndOfStreamException.</summary>
    public static class Librsync
    {
        /// <summary>The signature of a file: rollsum and BLAKE2b, blocks of 2048 bytes, strong sums of 32. It can be sought in
        /// when the input can.</summary>
        public static Stream ComputeSignature(Stream inputFile)
        {
            return ComputeSignature(inputFile, default(SignatureJobSettings));
        }

        /// <summary>The signature of a file, by the settings. It can be sought in when the input can.</summary>
        /// <exception cref="ArgumentException">The settings make no sense.</exception>
        public static Stream ComputeSignature(Stream inputFile, SignatureJobSettings settings)
        {
            CheckReadable(inputFile, nameof(inputFile));
            return new SignatureStream(inputFile, settings.Checked());
        }

        /// <summary>The delta that turns the file of a signature into a new one. The signature is read at once, to its
        /// end.</summary>
        /// <exception cref="InvalidDataException">It is no signature, or is broken.</exception>
        public static Stream ComputeDelta(Stream signature, Stream newFile)
        {
            CheckReadable(signature, nameof(signature));
            CheckReadable(newFile, nameof(newFile));
            return new DeltaStream(signature, newFile);
        }

        /// <summary>The new file. The delta's commands are looked at at once; both streams must be seekable, and so is the
        /// result.</summary>
        /// <exception cref="InvalidDataException">It is no delta, or is broken.</exception>
        public static Stream ApplyDelta(Stream originalFile, Stream delta)
        {
            CheckSeekable(originalFile, nameof(originalFile));
            CheckSeekable(delta, nameof(delta));
            return new PatchedStream(originalFile, delta);
        }

        private static void CheckReadable(Stream stream, string name)
        {
            if (stream == null)
            {
                throw new ArgumentNullException(name);
            }
            if (!stream.CanRead)
            {
                throw new ArgumentException("the stream cannot be read", name);
            }
        }

        private static void CheckSeekable(Stream stream, string name)
        {
            CheckReadable(stream, name);
            if (!stream.CanSeek)
            {
                throw new ArgumentException("the stream cannot be sought in", name);
            }
        }
    }
}
