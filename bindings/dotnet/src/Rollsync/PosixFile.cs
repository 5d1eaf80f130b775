using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollsync
{
    /// <summary>What Linux knows of files, and netstandard2.0 has no names for. On other systems nothing is known.</summary>
    internal static class PosixFile
    {
        private const int WorkingDirectory = -100;
        private const int EffectiveRights = 0x200;
        private const int WriteAccess = 2;
        private const uint TypeAndMode = 3;
        private const int LengthOfStatx = 256;
        private const int OffsetOfMode = 28;
        private const int TypeMask = 0xf000;
        private const int RegularFile = 0x8000;
        private const int NothingThere = 2;
        private const int LongestPath = 4096;

        // rwxrwxrwx: what ran with its owner's rights must not run with ours.
        private const int Permissions = 0x1ff;

        // rw-------
        private const uint OwnerAlone = 0x180;

        internal static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

        /// <summary>Where a path leads: its last name's links are followed. There need be nothing.</summary>
        /// <exception cref="IOException">It leads to an open descriptor, such as /dev/stdout.</exception>
        internal static string Follow(string path)
        {
            // As many as Linux follows.
            for (int links = 0; IsLinux && links < 40; links++)
            {
                var found = new byte[LongestPath];
                if (realpath(Path.GetDirectoryName(path), found) == IntPtr.Zero)
                {
                    return path;
                }
                string folder = Encoding.UTF8.GetString(found, 0, Array.IndexOf(found, (byte)0));
                string there = Path.Combine(folder, Path.GetFileName(path));
                if (folder.StartsWith("/proc/", StringComparison.Ordinal) && folder.EndsWith("/fd", StringComparison.Ordinal))
                {
                    throw new IOException(there + " is an open descriptor, and is not replaced");
                }
                int length = (int)readlink(there, found, (UIntPtr)found.Length);
                if (length < 0)
                {
                    return there;
                }
                path = Path.Combine(folder, Encoding.UTF8.GetString(found, 0, length));
            }
            return path;
        }

        /// <summary>Type and permissions of what is there; null when there is nothing.</summary>
        internal static int? ModeOf(string path)
        {
            if (!IsLinux)
            {
                return null;
            }
            var found = new byte[LengthOfStatx];
            try
            {
                if (statx(WorkingDirectory, path, 0, TypeAndMode, found) == 0)
                {
                    return BitConverter.ToUInt16(found, OffsetOfMode);
                }
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }
            if (Marshal.GetLastWin32Error() == NothingThere)
            {
                return null;
            }
            throw Failed(path + " cannot be looked at");
        }

        internal static bool IsRegular(int mode)
        {
            return (mode & TypeMask) == RegularFile;
        }

        internal static bool IsWritable(string path)
        {
            return faccessat(WorkingDirectory, path, WriteAccess, EffectiveRights) == 0;
        }

        /// <summary>Makes an empty file that nobody else may read.</summary>
        internal static void CreatePrivate(string path)
        {
            int descriptor = creat(path, OwnerAlone);
            if (descriptor < 0)
            {
                throw Failed(path + " cannot be made");
            }
            close(descriptor);
        }

        /// <summary>Gives a file the permissions of <paramref name="mode"/>.</summary>
        internal static void SetMode(string path, int mode)
        {
            if (chmod(path, (uint)(mode & Permissions)) != 0)
            {
                throw Failed("the permissions of " + path + " cannot be set");
            }
        }

        /// <summary>Says why the last function here, or of <see cref="Stdio"/>, has failed.</summary>
        internal static IOException Failed(string what)
        {
            return new IOException(what + ": " + Marshal.PtrToStringAnsi(strerror(Marshal.GetLastWin32Error())));
        }

        // Its struct is the same on every architecture.
        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern int statx(
            int folder, [MarshalAs(UnmanagedType.LPStr)] string path, int flags, uint mask, [Out] byte[] found);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr realpath([MarshalAs(UnmanagedType.LPStr)] string path, [Out] byte[] found);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr readlink(
            [MarshalAs(UnmanagedType.LPStr)] string path, [Out] byte[] found, UIntPtr room);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern int faccessat(int folder, [MarshalAs(UnmanagedType.LPStr)] string path, int access, int flags);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern int creat([MarshalAs(UnmanagedType.LPStr)] string path, uint mode);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        internal static extern int close(int descriptor);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern int chmod([MarshalAs(UnmanagedType.LPStr)] string path, uint mode);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern IntPtr strerror(int error);
    }
}
