using System;

namespace librsync.net
{
    /// <summary>What a signature is made with. A field that is 0 takes the default.</summary>
    public struct SignatureJobSettings
    {
        /// <summary>Which sums; <see cref="net.MagicNumber.Blake2Signature"/>.</summary>
        public MagicNumber MagicNumber;

        /// <summary>Bytes a block; 2048.</summary>
        public int BlockLength;

        /// <summary>Bytes of each strong sum: up to 32, with MD4 up to 16; all of them.</summary>
        public int StrongSumLength;

        internal SignatureJobSettings Checked()
        {
            SignatureJobSettings settings = this;
            int longest = 32;
            switch (MagicNumber)
            {
                case 0:
                    settings.MagicNumber = MagicNumber.Blake2Signature;
                    break;
                case MagicNumber.Blake2Signature:
                case MagicNumber.RabinKarpBlake2Signature:
                    break;
                case MagicNumber.Md4MagicNumber:
                case MagicNumber.RabinKarpMd4Signature:
                    longest = 16;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(MagicNumber), "no signature has this magic number");
            }
            if (BlockLength < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(BlockLength));
            }
            if (StrongSumLength < 0 || StrongSumLength > longest)
            {
                throw new ArgumentOutOfRangeException(nameof(StrongSumLength));
            }
            settings.BlockLength = BlockLength == 0 ? 2048 : BlockLength;
            settings.StrongSumLength = StrongSumLength == 0 ? longest : StrongSumLength;
            return settings;
        }
    }
}
