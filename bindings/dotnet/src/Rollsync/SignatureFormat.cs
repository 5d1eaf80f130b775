namespace Rollsync
{
    /// <summary>Which sums a signature holds; the value is the magic number of its file.</summary>
    public enum SignatureFormat
    {
        /// <summary>Rollsum and MD4: what librsync 0.9 wrote. MD4 does not withstand attacks.</summary>
        RollsumMd4 = 0x72730136,

        /// <summary>Rollsum and BLAKE2b: what librsync.net wrote.</summary>
        RollsumBlake2 = 0x72730137,

        /// <summary>RabinKarp and MD4. MD4 does not withstand attacks.</summary>
        RabinKarpMd4 = 0x72730146,

        /// <summary>RabinKarp and BLAKE2b: recommended.</summary>
        RabinKarpBlake2 = 0x72730147,
    }
}
