using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>An rs_job_t, with what its callbacks are given.</summary>
    internal sealed class JobHandle : SafeHandle
    {
        private GCHandle opaque;

        /// <summary>Owns a job; and <paramref name="opaque"/>, which is freed after it.</summary>
        internal JobHandle(IntPtr job, GCHandle opaque = default(GCHandle))
            : base(IntPtr.Zero, true)
        {
            this.opaque = opaque;
            SetHandle(job);
            if (job == IntPtr.Zero)
            {
                Release();
                throw new RollsyncException(ErrorKind.Memory, "the library made no job");
            }
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rs_job_free(handle);
            Release();
            return true;
        }

        private void Release()
        {
            if (opaque.IsAllocated)
            {
                opaque.Free();
            }
        }
    }

    /// <summary>A rollsync_cancel_t.</summary>
    internal sealed class CancelHandle : SafeHandle
    {
        internal CancelHandle()
            : base(IntPtr.Zero, true)
        {
            SetHandle(Native.rollsync_cancel_new());
            if (IsInvalid)
            {
                throw new RollsyncException(ErrorKind.Memory, "the library made nothing that cancels");
            }
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>Stops the work for which it stands. From any thread.</summary>
        internal void Cancel()
        {
            RollsyncException.Check(Native.rollsync_cancel(this));
        }

        protected override bool ReleaseHandle()
        {
            Native.rollsync_cancel_free(handle);
            return true;
        }
    }

    /// <summary>An rs_signature_t.</summary>
    internal sealed class SignatureHandle : SafeHandle
    {
        internal SignatureHandle(IntPtr signature)
            : base(IntPtr.Zero, true)
        {
            SetHandle(signature);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rs_free_sumset(handle);
            return true;
        }
    }
}
