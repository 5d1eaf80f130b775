using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>Permissions of a file, which netstandard2.0 has no names for. Where Linux' calls are not to be had nothing
    /// happens.</summary>
    internal static class PosixMode
    {
        private const int WorkingDirectory = -100;
        private const uint MaskOfMode = 2;
        private const int LengthOfStatx = 256;
        private const int OffsetOfMode = 28;
        private const ushort Permissions = 0xfff;

        /// <summary>Gives <paramref name="to"/> the permissions of <paramref name="from"/>, if that is there.</summary>
        internal static void Copy(string from, string to)
        {
            try
            {
                var found = new byte[LengthOfStatx];
                if (statx(WorkingDirectory, from, 0, MaskOfMode, found) == 0)
                {
                    int mode = BitConverter.ToUInt16(found, OffsetOfMode) & Permissions;
                    if (chmod(to, (uint)mode) != 0)
                    {
                        throw new IOException("the permissions of " + from + " cannot be given to another file");
                    }
                }
            }
            catch (EntryPointNotFoundException)
            {
            }
            catch (DllNotFoundException)
            {
            }
        }

        // Its struct is the same on every architecture.
        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern int statx(
            int folder, [MarshalAs(UnmanagedType.LPStr)] string path, int flags, uint mask, [Out] byte[] found);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern int chmod([MarshalAs(UnmanagedType.LPStr)] string path, uint mode);
    }
}
