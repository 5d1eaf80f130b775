namespace librsync.net
{
    /// <summary>The first four bytes of a file, as a big-endian number.</summary>
    public enum MagicNumber
    {
        /// <summary>A signature with rollsum and BLAKE2b.</summary>
        Blake2Signature = 0x72730137,

        /// <summary>A signature with rollsum and MD4.</summary>
        Md4MagicNumber = 0x72730136,

        /// <summary>A signature with RabinKarp and BLAKE2b. librsync.net did not know it.</summary>
        RabinKarpBlake2Signature = 0x72730147,

        /// <summary>A signature with RabinKarp and MD4. librsync.net did not know it.</summary>
        RabinKarpMd4Signature = 0x72730146,

        /// <summary>A delta.</summary>
        Delta = 0x72730236,
    }
}
