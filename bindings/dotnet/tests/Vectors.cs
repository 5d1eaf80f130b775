using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

namespace Rollsync.Tests
{
    /// <summary>The golden vectors; the variable ROLLSYNC_GOLDEN says where they are.</summary>
    internal static class Vectors
    {
        private static readonly Lazy<Json> All = new Lazy<Json>(
            () => Json.Parse(File.ReadAllText(Place("ROLLSYNC_GOLDEN"))));

        /// <summary>What a variable says; without it a test cannot do its work.</summary>
        internal static string Place(string variable)
        {
            string place = Environment.GetEnvironmentVariable(variable);
            Check.That(!string.IsNullOrEmpty(place), variable + " is not set");
            return place;
        }

        internal static List<Json> Of(string group)
        {
            List<Json> found = All.Value[group].List;
            Check.That(found.Count > 0, "no vectors for " + group);
            return found;
        }

        /// <summary>The bytes of a list of segments, or of the one that stands for it.</summary>
        internal static byte[] Input(Json segments)
        {
            return segments.List.SelectMany(Segment).ToArray();
        }

        internal static byte[] Segment(Json segment)
        {
            if (segment.Has("hex"))
            {
                return Data.Bytes(segment["hex"].Text);
            }
            if (segment.Has("rep"))
            {
                byte[] unit = Data.Bytes(segment["rep"].List[0].Text);
                return Enumerable.Repeat(unit, (int)segment["rep"].List[1].Number).SelectMany(bytes => bytes).ToArray();
            }
            if (segment.Has("lcg"))
            {
                List<Json> lcg = segment["lcg"].List;
                return Data.Random((ulong)lcg[0].Number, (int)lcg[1].Number);
            }
            List<Json> sub = segment["sub"].List;
            return Data.Part(Input(sub[0]), (int)sub[1].Number, (int)sub[2].Number);
        }

        /// <summary>Whether bytes are those of an output.</summary>
        internal static void Same(Json output, byte[] found, string name)
        {
            if (output.Has("hex"))
            {
                Check.Equal(output["hex"].Text, Data.Hex(found), name);
                return;
            }
            Check.Equal(output["len"].Number, found.Length, name + ": length");
            Check.Equal(output["head"].Text, Data.Hex(found.Take(48)), name + ": head");
            using (SHA256 sha256 = SHA256.Create())
            {
                Check.Equal(output["sha256"].Text, Data.Hex(sha256.ComputeHash(found)), name + ": digest");
            }
        }

        /// <summary>The kind of error that a result of librsync is.</summary>
        internal static ErrorKind KindOf(long exit)
        {
            switch (exit)
            {
                case 103:
                    return ErrorKind.InputEnded;
                case 104:
                    return ErrorKind.BadMagic;
                case 106:
                    return ErrorKind.Corrupt;
                case 108:
                    return ErrorKind.Param;
                default:
                    throw new CheckFailed("no kind for " + exit);
            }
        }
    }
}
