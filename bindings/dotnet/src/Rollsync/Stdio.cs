using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>A FILE of the C library's, on a file that a stream has open. They share its position, so that only one of them
    /// is to be used.</summary>
    internal sealed class Stdio : SafeHandle
    {
        private const int DuplicateCloseOnExec = 1030;

        private Stdio(IntPtr file)
            : base(IntPtr.Zero, true)
        {
            SetHandle(file);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>Whether there is such a thing for a file: on Linux, for what is no pipe.</summary>
        internal static bool Takes(FileStream file)
        {
            return PosixFile.IsLinux && file.CanSeek;
        }

        internal static Stdio Read(FileStream file)
        {
            return Open(file, "r");
        }

        internal static Stdio Write(FileStream file)
        {
            return Open(file, "r+");
        }

        /// <summary>Writes what it still holds.</summary>
        /// <exception cref="IOException">It cannot be written.</exception>
        internal void Flush()
        {
            if (fflush(this) != 0)
            {
                throw PosixFile.Failed("the file cannot be written");
            }
        }

        protected override bool ReleaseHandle()
        {
            fclose(handle);
            return true;
        }

        private static Stdio Open(FileStream file, string mode)
        {
            int descriptor = fcntl((int)file.SafeFileHandle.DangerousGetHandle(), DuplicateCloseOnExec, 0);
            if (descriptor < 0)
            {
                throw PosixFile.Failed(file.Name + " cannot be opened once more");
            }
            GC.KeepAlive(file);
            IntPtr opened = fdopen(descriptor, mode);
            if (opened == IntPtr.Zero)
            {
                IOException failure = PosixFile.Failed(file.Name + " cannot be opened once more");
                PosixFile.close(descriptor);
                throw failure;
            }
            return new Stdio(opened);
        }

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern int fcntl(int descriptor, int command, int argument);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern IntPtr fdopen(int descriptor, [MarshalAs(UnmanagedType.LPStr)] string mode);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, SetLastError = true)]
        private static extern int fflush(Stdio file);

        [DllImport("libc", CallingConvention = CallingConvention.Cdecl)]
        private static extern int fclose(IntPtr file);
    }
}
