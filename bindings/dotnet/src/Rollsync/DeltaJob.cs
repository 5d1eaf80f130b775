using System;

namespace Rollsync
{
    /// <summary>New file in, delta out.</summary>
    public sealed class DeltaJob : Job
    {
        /// <summary>A job for the delta from the basis of <paramref name="signature"/>, which may be disposed meanwhile.</summary>
        public DeltaJob(Signature signature, Options options = null)
            : this(signature, Options.Checked(options), (options ?? Options.Default).Profile.Name())
        {
        }

        private DeltaJob(Signature signature, Options options, string profile)
            : base(Begin(signature), options)
        {
            SetLimits(options.Limits);
            RollsyncException.Check(Native.rollsync_job_set_profile(Handle, profile));
            if (options.Seal)
            {
                RollsyncException.Check(Native.rollsync_job_set_seal(Handle, 1));
            }
        }

        private static JobHandle Begin(Signature signature)
        {
            if (signature == null)
            {
                throw new ArgumentNullException(nameof(signature));
            }
            return new JobHandle(Native.rs_delta_begin(signature.Handle));
        }
    }
}
