using System;

namespace Rollsync
{
    /// <summary>What kind of thing has gone wrong.</summary>
    public enum ErrorKind
    {
        /// <summary>Reading or writing failed.</summary>
        Io,

        /// <summary>The input ended too early; or the basis, and no seal says that it is the wrong one.</summary>
        InputEnded,

        /// <summary>The input is not the kind of file that is wanted.</summary>
        BadMagic,

        /// <summary>The input is broken.</summary>
        Corrupt,

        /// <summary>The basis or the new file is not the one that was sealed, or a seal is required and there is none.</summary>
        Mismatch,

        /// <summary>A parameter makes no sense.</summary>
        Param,

        /// <summary>There is not enough memory.</summary>
        Memory,

        /// <summary>A limit is reached.</summary>
        Limit,

        /// <summary>The job was cancelled by <see cref="Job.Cancel"/>. (A CancellationToken ends in an
        /// OperationCanceledException.)</summary>
        Cancelled,

        /// <summary>This version does not know how.</summary>
        Unsupported,

        /// <summary>A bug of rollsync.</summary>
        Internal,
    }

    /// <summary>An error of the engine.</summary>
    public class RollsyncException : Exception
    {
        /// <summary>An error of a kind, with its text and what it came from.</summary>
        public RollsyncException(ErrorKind kind, string message, Exception inner = null)
            : base(message, inner)
        {
            Kind = kind;
        }

        /// <summary>What kind of error it is.</summary>
        public ErrorKind Kind { get; }

        /// <summary>Throws unless <paramref name="result"/> is RS_DONE.</summary>
        internal static void Check(int result)
        {
            if (result != Native.Done)
            {
                throw Of(result);
            }
        }

        /// <summary>The exception that an rs_result means.</summary>
        internal static RollsyncException Of(int result)
        {
            ErrorKind kind = KindOf(result);
            // The library's own text for a wrong parameter says nothing.
            return new RollsyncException(kind, ErrorLog.Describe(result, kind == ErrorKind.Param));
        }

        private static ErrorKind KindOf(int result)
        {
            switch (result)
            {
                case 100:
                    return ErrorKind.Io;
                case 101:
                case 108:
                    return ErrorKind.Param;
                case 102:
                    return ErrorKind.Memory;
                case 103:
                    return ErrorKind.InputEnded;
                case 104:
                    return ErrorKind.BadMagic;
                case 105:
                    return ErrorKind.Unsupported;
                case 106:
                    return ErrorKind.Corrupt;
                case 120:
                    return ErrorKind.Limit;
                case 121:
                    return ErrorKind.Cancelled;
                case 122:
                case 123:
                    return ErrorKind.Mismatch;
                default:
                    return ErrorKind.Internal;
            }
        }
    }
}
