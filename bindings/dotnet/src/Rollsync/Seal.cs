namespace Rollsync
{
    /// <summary>What a delta says of its files, by lengths and BLAKE3-256: found by a patch, compared with the new file, and
    /// right.</summary>
    public sealed class Seal
    {
        internal unsafe Seal(ref Native.JobSeal seal)
        {
            NewLength = (long)seal.NewLen;
            NewDigest = new byte[32];
            fixed (byte* digest = seal.NewDigest)
            {
                System.Runtime.InteropServices.Marshal.Copy((System.IntPtr)digest, NewDigest, 0, 32);
            }
            if (seal.BasisIsKnown != 0)
            {
                BasisLength = (long)seal.BasisLen;
                BasisDigest = new byte[32];
                fixed (byte* digest = seal.BasisDigest)
                {
                    System.Runtime.InteropServices.Marshal.Copy((System.IntPtr)digest, BasisDigest, 0, 32);
                }
            }
        }

        /// <summary>Bytes of the basis that the delta was made for; null when the delta does not say it.</summary>
        public long? BasisLength { get; }

        /// <summary>That basis' BLAKE3-256; null when the delta does not say it.</summary>
        public byte[] BasisDigest { get; }

        /// <summary>Bytes of the new file.</summary>
        public long NewLength { get; }

        /// <summary>The new file's BLAKE3-256.</summary>
        public byte[] NewDigest { get; }
    }
}
