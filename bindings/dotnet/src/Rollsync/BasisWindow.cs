using System;
using System.Runtime.InteropServices;

namespace Rollsync
{
    /// <summary>The part of the basis that a patch can see. The library's callback takes from it and never reads anything
    /// itself: what is not there is noted as wanted, and the job pauses. So whoever reads the basis may wait for it, or fail,
    /// outside the library.</summary>
    internal sealed class BasisWindow
    {
        // The library keeps it for as long as jobs live.
        internal static readonly Native.CopyCallback Callback = Copy;

        private const int ResultBlocked = Native.Blocked;
        private const int ResultInternalError = 107;

        private byte[] bytes = new byte[0];
        private long offset;
        private int length;
        private bool isGiven;

        internal bool IsWanted { get; set; }

        internal long WantedOffset { get; private set; }

        internal int WantedLength { get; private set; }

        /// <summary>Where the basis had nothing that was wanted; null as long as it had.</summary>
        internal long? EndedBefore { get; private set; }

        /// <summary>Room for bytes of the basis; what was there is gone.</summary>
        internal Span<byte> Place(int room)
        {
            return new Span<byte>(PlaceArray(room), 0, room);
        }

        internal byte[] PlaceArray(int room)
        {
            isGiven = false;
            if (bytes.Length < room)
            {
                bytes = new byte[room];
            }
            return bytes;
        }

        /// <summary>So many of the wanted bytes are in their place; none means that the basis has ended.</summary>
        internal void Give(int count)
        {
            offset = WantedOffset;
            length = count;
            isGiven = true;
            IsWanted = false;
        }

        private static int Copy(IntPtr opaque, long position, ref UIntPtr len, ref IntPtr buffer)
        {
            try
            {
                return ((BasisWindow)GCHandle.FromIntPtr(opaque).Target).Copy(position, ref len, buffer);
            }
            catch (Exception)
            {
                // None may leave through the library.
                return ResultInternalError;
            }
        }

        private int Copy(long position, ref UIntPtr len, IntPtr buffer)
        {
            int asked = (int)Math.Min((ulong)len, int.MaxValue);
            bool hasEnded = length == 0 && position == offset;
            if (!isGiven || position < offset || (position >= offset + length && !hasEnded))
            {
                IsWanted = true;
                WantedOffset = position;
                WantedLength = asked;
                return ResultBlocked;
            }
            int from = (int)(position - offset);
            int count = Math.Min(asked, length - from);
            if (hasEnded)
            {
                EndedBefore = EndedBefore ?? position;
            }
            Marshal.Copy(bytes, from, buffer, count);
            len = (UIntPtr)count;
            return Native.Done;
        }
    }
}
