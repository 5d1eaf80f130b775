using System;
using System.Linq;

namespace Rollsync.Tests
{
    internal sealed class CheckFailed : Exception
    {
        internal CheckFailed(string message)
            : base(message)
        {
        }
    }

    internal static class Check
    {
        internal static void That(bool holds, string what)
        {
            if (!holds)
            {
                throw new CheckFailed(what);
            }
        }

        internal static void Equal<T>(T expected, T found, string what)
        {
            That(Equals(expected, found), what + ": " + found + " instead of " + expected);
        }

        internal static void Same(byte[] expected, byte[] found, string what)
        {
            if (!expected.SequenceEqual(found))
            {
                int at = expected.Zip(found, (a, b) => a == b).TakeWhile(same => same).Count();
                throw new CheckFailed(string.Format(
                    "{0}: {1} bytes instead of {2}, different from {3} on", what, found.Length, expected.Length, at));
            }
        }

        /// <summary>The exception, which must be just of this class.</summary>
        internal static T Throws<T>(Action work, string what)
            where T : Exception
        {
            try
            {
                work();
            }
            catch (Exception e) when (e.GetType() == typeof(T))
            {
                return (T)e;
            }
            catch (Exception e)
            {
                throw new CheckFailed(what + ": " + e.GetType().Name + " instead of " + typeof(T).Name + ": " + e);
            }
            throw new CheckFailed(what + ": nothing was thrown");
        }

        internal static RollsyncException Fails(ErrorKind kind, Action work, string what)
        {
            var e = Throws<RollsyncException>(work, what);
            Equal(kind, e.Kind, what);
            return e;
        }
    }
}
