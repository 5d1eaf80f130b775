using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollsync.Tests
{
    /// <summary>What this process has open.</summary>
    internal static class Descriptors
    {
        /// <summary>Those of temporaries of ours. (Whoever asks a stream for its handle makes it write at once.)</summary>
        internal static List<int> OfTemporaries()
        {
            return Directory.GetFileSystemEntries("/proc/self/fd")
                .Where(link => Target(link).EndsWith(".tmp", StringComparison.Ordinal))
                .Select(link => int.Parse(Path.GetFileName(link)))
                .ToList();
        }

        /// <summary>What is written to it goes to another file from now on; gives the descriptor back.</summary>
        internal static int Redirect(int descriptor, FileStream other)
        {
            return dup2((int)other.SafeFileHandle.DangerousGetHandle(), descriptor);
        }

        /// <summary>Where a link leads; one that is gone meanwhile leads nowhere.</summary>
        private static string Target(string link)
        {
            var found = new byte[4096];
            var length = (int)readlink(link, found, (UIntPtr)found.Length);
            return length < 0 ? "" : Encoding.UTF8.GetString(found, 0, length);
        }

        [DllImport("libc")]
        private static extern int dup2(int from, int to);

        [DllImport("libc")]
        private static extern IntPtr readlink(
            [MarshalAs(UnmanagedType.LPStr)] string path, [Out] byte[] found, UIntPtr room);
    }
}
