namespace Rollsync
{
    /// <summary>Which part of the work is under way.</summary>
    public enum Phase
    {
        /// <summary>Reading the basis to make its signature.</summary>
        Signature,

        /// <summary>Loading a signature.</summary>
        Load,

        /// <summary>Reading the new file to make the delta.</summary>
        Delta,

        /// <summary>Reading the delta to make the new file.</summary>
        Patch,
    }

    /// <summary>How far the work is.</summary>
    public struct Report
    {
        internal Report(Phase phase, long bytesIn, long? totalIn, long bytesOut)
        {
            Phase = phase;
            BytesIn = bytesIn;
            TotalIn = totalIn;
            BytesOut = bytesOut;
        }

        /// <summary>Which part of it.</summary>
        public Phase Phase { get; }

        /// <summary>Bytes of that part's input that were taken.</summary>
        public long BytesIn { get; }

        /// <summary>How many there are, when that is known.</summary>
        public long? TotalIn { get; }

        /// <summary>Bytes of that part's output that were delivered.</summary>
        public long BytesOut { get; }
    }
}
