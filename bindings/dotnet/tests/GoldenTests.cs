using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    public static class GoldenTests
    {
        public static void Signatures()
        {
            foreach (Json vector in Vectors.Of("signature"))
            {
                byte[] basis = Vectors.Input(vector["basis"]);
                string name = "signature " + vector["name"].Text;
                Vectors.Same(vector["sig"], SignatureOf(vector, basis), name);
                if (vector["size_known"].Truth)
                {
                    Vectors.Same(vector["sig"], Engine.Signature(basis, OptionsOf(vector)), name);
                }
                else
                {
                    using (var output = new MemoryStream())
                    {
                        Engine.Signature(new Trickle(basis, 1), output, OptionsOf(vector));
                        Vectors.Same(vector["sig"], output.ToArray(), name);
                    }
                }
            }
        }

        public static void DeltasOfEitherRelease()
        {
            int newer = 0;
            foreach (Json vector in Vectors.Of("delta"))
            {
                byte[] basis = Vectors.Input(vector["basis"]);
                byte[] newFile = Vectors.Input(vector["new"]);
                using (Signature signature = Signature.Load(Engine.Signature(basis, OptionsOf(vector))))
                {
                    byte[] delta = DeltaAsRdiff(signature, newFile, Profile.Librsync232, vector);
                    Vectors.Same(vector["delta"], delta, "delta " + vector["name"].Text);
                    if (vector["roundtrip"].Truth)
                    {
                        Check.Same(newFile, Engine.Patch(basis, delta), "patch " + vector["name"].Text);
                    }
                    // Without blocks, its literals are cut by how rdiff reads.
                    if (signature.BlockCount > 0)
                    {
                        bool differs = vector.Has("delta_new");
                        newer += differs ? 1 : 0;
                        delta = DeltaAsRdiff(signature, newFile, Profile.Librsync234, vector);
                        Vectors.Same(
                            vector[differs ? "delta_new" : "delta"], delta, "new delta " + vector["name"].Text);
                    }
                    byte[] compact = Engine.Delta(signature, newFile);
                    Check.Same(newFile, Engine.Patch(basis, compact), "sealed " + vector["name"].Text);
                }
            }
            Check.That(newer > 0, "no delta of a newer release");
        }

        public static void Patches()
        {
            foreach (Json vector in Vectors.Of("patch"))
            {
                string name = "patch " + vector["name"].Text;
                byte[] basis = Vectors.Input(vector["basis"]);
                byte[] delta = Vectors.Segment(vector["delta"]);
                long exit = vector["exit"].Number;
                using (var output = new MemoryStream())
                {
                    Action patch = () => Engine.Patch(Data.Stream(basis), Data.Stream(delta), output, Plain());
                    if (exit == 0)
                    {
                        patch();
                        Vectors.Same(vector["output"], output.ToArray(), name);
                    }
                    else
                    {
                        Check.Fails(Vectors.KindOf(exit), patch, name);
                        Check.Same(Delivered(vector["name"].Text, basis), output.ToArray(), name);
                    }
                }
                if (exit != 0)
                {
                    Check.Fails(Vectors.KindOf(exit), () => Engine.Patch(basis, delta, Plain()), name);
                }
            }
        }

        public static void LoadedSignatures()
        {
            foreach (Json vector in Vectors.Of("loadsig"))
            {
                string name = "loadsig " + vector["name"].Text;
                byte[] bytes = Vectors.Segment(vector["sig"]);
                byte[] newFile = Vectors.Input(vector["new"]);
                long exit = vector["exit"].Number;
                if (exit != 0)
                {
                    Check.Fails(Vectors.KindOf(exit), () => Signature.Load(bytes), name);
                    continue;
                }
                using (Signature signature = Signature.Load(bytes))
                {
                    byte[] delta = DeltaAsRdiff(signature, newFile, Profile.Librsync232, vector);
                    Vectors.Same(vector["delta"], delta, name);
                }
            }
        }

        /// <summary>rdiff leaves out what its failing step has made; here all that is right is delivered.</summary>
        private static byte[] Delivered(string name, byte[] basis)
        {
            switch (name)
            {
                case "lit_truncated":
                    return new[] { (byte)'a', (byte)'b' };
                case "lit_huge":
                    return new[] { (byte)'a' };
                case "copy_past_end":
                    return Data.Part(basis, 500, basis.Length);
                default:
                    return new byte[0];
            }
        }

        private static Options Plain()
        {
            return new Options { Seal = false };
        }

        private static Options OptionsOf(Json vector)
        {
            return new Options
            {
                Format = (SignatureFormat)Convert.ToInt32(vector["magic"].Text, 16),
                BlockLength = (int)vector["block_len_arg"].Number,
                StrongLength = (int)vector["strong_len_arg"].Number,
                Seal = false,
            };
        }

        private static byte[] SignatureOf(Json vector, byte[] basis)
        {
            using (var job = new SignatureJob(OptionsOf(vector), vector["size_known"].Truth ? basis.Length : -1))
            {
                return Steps.Run(job, basis, 1000, 100);
            }
        }

        /// <summary>With a signature of no blocks, librsync makes a literal of each buffer that rdiff brings: a block, unless
        /// -I says otherwise.</summary>
        private static byte[] DeltaAsRdiff(Signature signature, byte[] newFile, Profile profile, Json vector)
        {
            int piece = 1 << 20;
            if (signature.BlockCount == 0)
            {
                List<string> words = vector.Has("rdiff_args")
                    ? vector["rdiff_args"].List.Select(word => word.Text).ToList()
                    : new List<string>();
                int at = words.IndexOf("-I");
                piece = at < 0 ? signature.BlockLength : int.Parse(words[at + 1]);
            }
            using (var job = new DeltaJob(signature, new Options { Profile = profile, Seal = false }))
            {
                return Steps.Run(job, newFile, piece, 1 << 20);
            }
        }
    }
}
