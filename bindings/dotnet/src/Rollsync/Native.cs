using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>The functions of rollsync's C library, as librsync.h and rollsync.h declare them.</summary>
    internal static unsafe class Native
    {
        internal const int Done = 0;
        internal const int Blocked = 1;
        internal const int IoError = 100;
        internal const int Cancelled = 121;
        internal const int Unsealed = 123;

        /// <summary>ROLLSYNC_SEAL.</summary>
        internal const int Seal = 1;

        /// <summary>ROLLSYNC_SEAL_REQUIRED.</summary>
        internal const int SealRequired = 2;

        /// <summary>The library's soname: librsync.so alone is what a development package may lack or bring.</summary>
        private const string Library = "librsync.so.2";

        private static readonly object Gate = new object();
        private static bool isReady;

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int CopyCallback(IntPtr opaque, long position, ref UIntPtr len, ref IntPtr buffer);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void TraceCallback(int level, IntPtr message);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void ProgressCallback(IntPtr opaque, ulong bytesIn, ulong bytesOut);

        /// <summary>Makes sure that the library is there and is rollsync's, and takes its log. To be called before anything
        /// else here.</summary>
        internal static void Require()
        {
            lock (Gate)
            {
                if (isReady)
                {
                    return;
                }
                try
                {
                    rollsync_version();
                }
                catch (EntryPointNotFoundException e)
                {
                    const string message =
                        "the librsync.so.2 that was found is not rollsync's: it lacks the functions of rollsync.h";
                    throw new RollsyncException(ErrorKind.Unsupported, message, e);
                }
                catch (DllNotFoundException e)
                {
                    throw new RollsyncException(ErrorKind.Unsupported, "no librsync.so.2 is found", e);
                }
                ErrorLog.Attach();
                isReady = true;
            }
        }

        /// <summary>rs_buffers_t.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct Buffers
        {
            internal byte* NextIn;
            internal UIntPtr AvailIn;
            internal int EofIn;
            internal byte* NextOut;
            internal UIntPtr AvailOut;
        }

        /// <summary>rs_stats_t; time_t is as long as a pointer where the library runs.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct JobStats
        {
            internal IntPtr Op;
            internal int LitCmds;
            internal long LitBytes;
            internal long LitCmdBytes;
            internal long CopyCmds;
            internal long CopyBytes;
            internal long CopyCmdBytes;
            internal long SigCmds;
            internal long SigBytes;
            internal int FalseMatches;
            internal long SigBlocks;
            internal UIntPtr BlockLen;
            internal long InBytes;
            internal long OutBytes;
            internal IntPtr Start;
            internal IntPtr End;
        }

        /// <summary>rollsync_limits_t.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct JobLimits
        {
            internal UIntPtr Size;
            internal ulong Output;
            internal ulong Records;
            internal ulong Memory;
            internal ulong Literal;
            internal ulong WorkPerByte;
        }

        /// <summary>rollsync_seal_t.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct JobSeal
        {
            internal UIntPtr Size;
            internal ulong IsThere;
            internal ulong BasisIsKnown;
            internal ulong BasisLen;
            internal fixed byte BasisDigest[32];
            internal ulong NewLen;
            internal fixed byte NewDigest[32];
        }

        /// <summary>rollsync_file_options_t.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct FileOptions
        {
            internal UIntPtr Size;
            internal JobLimits* Limits;
            internal IntPtr Profile;
            internal UIntPtr Threads;
            internal UIntPtr Seal;
            internal JobSeal* Found;
            internal IntPtr Progress;
            internal IntPtr Opaque;
            internal IntPtr Cancel;
            internal UIntPtr Milliseconds;
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rollsync_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rs_strerror(int result);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void rs_trace_set_level(int level);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void rs_trace_to(TraceCallback sink);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rs_sig_args(
            long oldFsize, ref int magic, ref UIntPtr blockLen, ref UIntPtr strongLen);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rs_sig_begin(UIntPtr blockLen, UIntPtr strongLen, int magic);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rs_loadsig_begin(out IntPtr signature);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rs_build_hash_table(SignatureHandle signature);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void rs_free_sumset(IntPtr signature);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rs_delta_begin(SignatureHandle signature);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rs_patch_begin(CopyCallback copy, IntPtr opaque);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rs_job_iter(JobHandle job, ref Buffers buffers);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern JobStats* rs_job_statistics(JobHandle job);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rs_job_free(IntPtr job);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_job_set_limits(JobHandle job, ref JobLimits limits);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_job_set_profile(
            JobHandle job, [MarshalAs(UnmanagedType.LPStr)] string profile);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_job_set_seal(JobHandle job, int on);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_job_cancel(JobHandle job);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_job_seal(JobHandle job, ref JobSeal seal);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr rollsync_cancel_new();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_cancel(CancelHandle cancel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_cancel_free(IntPtr cancel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_sig_file(
            Stdio basis,
            Stdio signature,
            UIntPtr blockLen,
            UIntPtr strongLen,
            int magic,
            ref JobStats stats,
            ref FileOptions options);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_delta_file(
            SignatureHandle signature, Stdio newFile, Stdio delta, ref JobStats stats, ref FileOptions options);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int rollsync_patch_file(
            Stdio basis, Stdio delta, Stdio newFile, ref JobStats stats, ref FileOptions options);
    }
}
