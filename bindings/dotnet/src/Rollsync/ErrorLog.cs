using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>The library's log. It is the process' own: it is taken so that errors end in exceptions and not on standard
    /// error.</summary>
    internal static class ErrorLog
    {
        private const int LevelOfErrors = 3;

        // The library keeps it for as long as the process lives.
        private static readonly Native.TraceCallback Sink = Note;

        // The library logs on the thread that called it.
        [ThreadStatic]
        private static string first;

        internal static void Attach()
        {
            Native.rs_trace_set_level(LevelOfErrors);
            Native.rs_trace_to(Sink);
        }

        /// <summary>To be called before what may fail.</summary>
        internal static void Forget()
        {
            first = null;
        }

        /// <summary>What a result means, with what the log said of it on this thread; that alone when
        /// <paramref name="causeIsEnough"/>.</summary>
        internal static string Describe(int result, bool causeIsEnough)
        {
            string text = Marshal.PtrToStringAnsi(Native.rs_strerror(result));
            string cause = first;
            first = null;
            if (cause == null)
            {
                return text;
            }
            return causeIsEnough ? cause : text + ": " + cause;
        }

        private static void Note(int level, IntPtr message)
        {
            try
            {
                // "librsync: ERROR: (function) text"; that the job has failed is what the exception says.
                string line = Marshal.PtrToStringAnsi(message) ?? "";
                if (first == null && !line.Contains("(rs_job_complete)"))
                {
                    int at = line.IndexOf(") ", StringComparison.Ordinal);
                    first = (at < 0 ? line : line.Substring(at + 2)).Trim();
                }
            }
            catch (Exception)
            {
                // None may leave through the library; the message then lacks its cause.
            }
        }
    }
}
