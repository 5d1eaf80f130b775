using System;

namespace Rollsync
{
    /// <summary>Whose deltas are written. Every librsync reads all of them.</summary>
    public enum Profile
    {
        /// <summary>rollsync's own: more copies are joined, and hostile data cannot cause more than a bounded amount of
        /// work.</summary>
        Compact,

        /// <summary>The bytes of librsync 2.0.2 to 2.3.2.</summary>
        Librsync232,

        /// <summary>The bytes of librsync 2.3.3 and 2.3.4.</summary>
        Librsync234,
    }

    internal static class ProfileNames
    {
        internal static string Name(this Profile profile)
        {
            switch (profile)
            {
                case Profile.Compact:
                    return "compact";
                case Profile.Librsync232:
                    return "librsync-2.3.2";
                case Profile.Librsync234:
                    return "librsync-2.3.4";
                default:
                    throw new ArgumentOutOfRangeException(nameof(profile));
            }
        }
    }
}
