using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Rollsync
{
    /// <summary>One call of the library's functions for whole files: they read and write by themselves, and may use several
    /// threads.</summary>
    internal sealed unsafe class WholeFile
    {
        // The library keeps it for as long as calls last.
        private static readonly Native.ProgressCallback Callback = Tell;

        private readonly Phase phase;
        private readonly Options options;
        private readonly long totalIn;
        private readonly CancellationToken cancel;
        private Exception failure;
        private CancelHandle stop;

        private WholeFile(Phase phase, Options options, long totalIn, CancellationToken cancel)
        {
            this.phase = phase;
            this.options = options;
            this.totalIn = totalIn;
            this.cancel = cancel;
        }

        private delegate int Function(ref Native.JobStats stats, ref Native.FileOptions options);

        internal static Stats Signature(FileStream basis, FileStream output, Options options, CancellationToken cancel)
        {
            options = Options.Checked(options);
            SignatureJob.Resolved asked = SignatureJob.Resolved.From(options, basis.Length);
            using (Stdio old = Stdio.Read(basis))
            using (Stdio sums = Stdio.Write(output))
            {
                var call = new WholeFile(Phase.Signature, options, basis.Length, cancel);
                Stats stats = call.Run(options.Seal ? Native.Seal : 0, (ref Native.JobStats counted, ref Native.FileOptions how) =>
                    Native.rollsync_sig_file(
                        old, sums, asked.BlockLength, asked.StrongLength, asked.Magic, ref counted, ref how));
                sums.Flush();
                return stats;
            }
        }

        internal static Stats Delta(
            Signature signature, FileStream newFile, FileStream output, Options options, CancellationToken cancel)
        {
            options = Options.Checked(options);
            using (Stdio second = Stdio.Read(newFile))
            using (Stdio delta = Stdio.Write(output))
            {
                var call = new WholeFile(Phase.Delta, options, newFile.Length, cancel);
                Stats stats = call.Run(options.Seal ? Native.Seal : 0, (ref Native.JobStats counted, ref Native.FileOptions how) =>
                    Native.rollsync_delta_file(signature.Handle, second, delta, ref counted, ref how));
                delta.Flush();
                return stats;
            }
        }

        internal static Stats Patch(
            FileStream basis, FileStream delta, FileStream output, Options options, CancellationToken cancel)
        {
            options = PatchJob.Checked(options);
            Native.Require();
            int seal = options.RequireSeal ? Native.SealRequired : options.Seal ? Native.Seal : 0;
            using (Stdio old = Stdio.Read(basis))
            using (Stdio commands = Stdio.Read(delta))
            using (Stdio made = Stdio.Write(output))
            {
                var call = new WholeFile(Phase.Patch, options, delta.Length, cancel);
                Stats stats = call.Run(seal, (ref Native.JobStats counted, ref Native.FileOptions how) =>
                    Native.rollsync_patch_file(old, commands, made, ref counted, ref how));
                made.Flush();
                return stats;
            }
        }

        private Stats Run(int seal, Function function)
        {
            cancel.ThrowIfCancellationRequested();
            var stats = default(Native.JobStats);
            var found = new Native.JobSeal { Size = (UIntPtr)sizeof(Native.JobSeal) };
            Native.JobLimits limits = (options.Limits ?? new Limits()).ToNative();
            IntPtr profile = Marshal.StringToHGlobalAnsi(options.Profile.Name());
            GCHandle opaque = GCHandle.Alloc(this);
            ErrorLog.Forget();
            try
            {
                int result;
                using (stop = new CancelHandle())
                using (cancel.Register(stop.Cancel))
                {
                    var how = new Native.FileOptions
                    {
                        Size = (UIntPtr)sizeof(Native.FileOptions),
                        Limits = &limits,
                        Profile = profile,
                        Threads = (UIntPtr)options.ThreadCount,
                        Seal = (UIntPtr)seal,
                        Found = &found,
                        Opaque = GCHandle.ToIntPtr(opaque),
                        Cancel = stop.DangerousGetHandle(),
                        Milliseconds = (UIntPtr)TimeLeft(),
                    };
                    if (options.Progress != null)
                    {
                        how.Progress = Marshal.GetFunctionPointerForDelegate(Callback);
                    }
                    result = function(ref stats, ref how);
                }
                Check(result);
            }
            finally
            {
                opaque.Free();
                Marshal.FreeHGlobal(profile);
            }
            return new Stats(stats, stats.InBytes, stats.OutBytes, found.IsThere == 0 ? null : new Seal(ref found));
        }

        private void Check(int result)
        {
            if (failure != null)
            {
                ExceptionDispatchInfo.Capture(failure).Throw();
            }
            if (result == Native.Cancelled)
            {
                throw new OperationCanceledException(cancel);
            }
            if (result == Native.IoError)
            {
                throw new IOException(ErrorLog.Describe(result, false));
            }
            if (result == Native.Unsealed)
            {
                throw PatchJob.NoSeal();
            }
            RollsyncException.Check(result);
        }

        /// <summary>0: as long as it takes.</summary>
        private ulong TimeLeft()
        {
            if (options.Limits == null || options.Limits.Time <= TimeSpan.Zero)
            {
                return 0;
            }
            Stopwatch time = options.Limits.Clock;
            TimeSpan left = time == null ? options.Limits.Time : options.Limits.Time - time.Elapsed;
            if (left <= TimeSpan.Zero)
            {
                throw new RollsyncException(ErrorKind.Limit, "limit reached: the time is over");
            }
            return (ulong)Math.Ceiling(left.TotalMilliseconds);
        }

        private static void Tell(IntPtr opaque, ulong bytesIn, ulong bytesOut)
        {
            ((WholeFile)GCHandle.FromIntPtr(opaque).Target).Tell((long)bytesIn, (long)bytesOut);
        }

        private void Tell(long bytesIn, long bytesOut)
        {
            if (failure != null)
            {
                return;
            }
            try
            {
                options.Progress.Report(new Report(phase, bytesIn, totalIn, bytesOut));
            }
            catch (Exception e)
            {
                // None may leave through the library: the work is stopped, and it comes when that has returned.
                failure = e;
                stop.Cancel();
            }
        }
    }
}
