using System;

namespace Rollsync
{
    /// <summary>How work is done. Every property has a default; each call uses those that concern it.</summary>
    public sealed class Options
    {
        /// <summary>For <see cref="StrongLength"/>: the shortest that is recommended for the basis' length.</summary>
        public const int Shortest = -1;

        internal static readonly Options Default = new Options();

        /// <summary>Which sums a signature holds; RabinKarp and BLAKE2b.</summary>
        public SignatureFormat Format { get; set; } = SignatureFormat.RabinKarpBlake2;

        /// <summary>Bytes a block; 0 is what is recommended for the basis' length.</summary>
        public int BlockLength { get; set; }

        /// <summary>Bytes of each strong sum that a signature keeps; 0 is all of them, <see cref="Shortest"/> the shortest that
        /// is recommended.</summary>
        public int StrongLength { get; set; }

        /// <summary>Whose deltas are written.</summary>
        public Profile Profile { get; set; } = Profile.Compact;

        /// <summary>Whether signatures and deltas are sealed, and whether a patch looks for a seal; true. A sealed file stays one
        /// that every librsync reads. A patch that looks for a seal reads the delta to its end, and takes nothing else behind
        /// it (but the three zeros that librsync.net leaves there).</summary>
        public bool Seal { get; set; } = true;

        /// <summary>Whether a patch without a seal that holds is an error; false. Needs <see cref="Seal"/>.</summary>
        public bool RequireSeal { get; set; }

        /// <summary>How many threads a call may use, the calling one among them; 1. 0 is one for each processor. It concerns
        /// signatures and deltas of whole files (<see cref="Engine.SignatureFile"/>, <see cref="Engine.DeltaFile"/>,
        /// <see cref="Engine.DiffFile"/>) on Linux, and what is written does not depend on it.</summary>
        public int Threads { get; set; } = 1;

        /// <summary>What may be taken of each resource; null is no limit.</summary>
        public Limits Limits { get; set; }

        /// <summary>Who is told how far the work is; null is nobody.</summary>
        public IProgress<Report> Progress { get; set; }

        /// <summary>How many they are.</summary>
        internal int ThreadCount
        {
            get { return Threads == 0 ? Environment.ProcessorCount : Threads; }
        }

        /// <summary>The options, or the defaults; to be called before a job is begun.</summary>
        /// <exception cref="ArgumentOutOfRangeException">A limit is negative, or the number of threads.</exception>
        internal static Options Checked(Options options)
        {
            options = options ?? Default;
            if (options.Threads < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(Threads));
            }
            if (options.Limits != null)
            {
                options.Limits.ToNative();
            }
            return options;
        }

        /// <summary>Of a call that begins now, for all of its jobs together.</summary>
        internal static Options OfCall(Options options)
        {
            return options == null || options.Limits == null ? options : options.With(options.Limits.OfCall());
        }

        /// <summary>Of a job whose output is not the call's.</summary>
        internal static Options InBetween(Options options)
        {
            return options == null || options.Limits == null ? options : options.With(options.Limits.InBetween());
        }

        private Options With(Limits limits)
        {
            var copy = (Options)MemberwiseClone();
            copy.Limits = limits;
            return copy;
        }
    }
}
