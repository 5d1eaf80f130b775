namespace Rollsync
{
    /// <summary>What a job has counted.</summary>
    public sealed class Stats
    {
        internal Stats(Native.JobStats stats, long bytesIn, long bytesOut, Seal seal)
        {
            BytesIn = bytesIn;
            BytesOut = bytesOut;
            LiteralCommands = stats.LitCmds;
            LiteralBytes = stats.LitBytes;
            CopyCommands = stats.CopyCmds;
            CopyBytes = stats.CopyBytes;
            Blocks = stats.SigBlocks;
            Seal = seal;
        }

        /// <summary>Bytes taken from the input.</summary>
        public long BytesIn { get; }

        /// <summary>Bytes delivered.</summary>
        public long BytesOut { get; }

        /// <summary>Literals written or read.</summary>
        public long LiteralCommands { get; }

        /// <summary>Bytes of the new file that are in literals.</summary>
        public long LiteralBytes { get; }

        /// <summary>Copies written or read.</summary>
        public long CopyCommands { get; }

        /// <summary>Bytes of the new file that are copied from the basis.</summary>
        public long CopyBytes { get; }

        /// <summary>Blocks of the signature that was made or loaded.</summary>
        public long Blocks { get; }

        /// <summary>The seal that a patch has found and that holds; otherwise null.</summary>
        public Seal Seal { get; }
    }
}
