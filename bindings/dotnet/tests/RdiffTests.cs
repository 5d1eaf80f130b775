using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using librsync.net;

namespace Rollsync.Tests
{
    /// <summary>Files made here, read by the real rdiff, and the other way round.</summary>
    public static class RdiffTests
    {
        public static void FilesGoBothWays()
        {
            if (!IsThere())
            {
                Console.WriteLine("SKIPPED: no rdiff for the .NET binding's files");
                return;
            }
            byte[] basis, newFile;
            Data.Pair(71, 100000, out basis, out newFile);
            using (var folder = new Folder())
            {
                File.WriteAllBytes(folder["basis"], basis);
                File.WriteAllBytes(folder["new"], newFile);
                foreach (bool seal in new[] { false, true })
                {
                    // Ours to rdiff.
                    var options = new Options { Seal = seal };
                    Engine.SignatureFile(folder["basis"], folder["sig"], options);
                    Rdiff("delta", folder["sig"], folder["new"], folder["delta"]);
                    Engine.PatchFile(folder["basis"], folder["delta"], folder["again"]);
                    Check.Same(newFile, File.ReadAllBytes(folder["again"]), "our signature, its delta");
                    Engine.DeltaFile(folder["sig"], folder["new"], folder["delta"], options);
                    Rdiff("patch", folder["basis"], folder["delta"], folder["again"]);
                    Check.Same(newFile, File.ReadAllBytes(folder["again"]), "our delta");
                }
                // Its to us.
                Rdiff("signature", folder["basis"], folder["its"]);
                Engine.SignatureFile(folder["basis"], folder["sig"], new Options { Seal = false });
                Check.Same(File.ReadAllBytes(folder["its"]), File.ReadAllBytes(folder["sig"]), "signatures");
                Engine.DeltaFile(folder["its"], folder["new"], folder["delta"]);
                Engine.PatchFile(folder["basis"], folder["delta"], folder["again"]);
                Check.Same(newFile, File.ReadAllBytes(folder["again"]), "its signature");
                var profile = new Options { Profile = ItsProfile(), Seal = false };
                Engine.DeltaFile(folder["its"], folder["new"], folder["delta"], profile);
                Rdiff("delta", folder["its"], folder["new"], folder["its delta"]);
                Check.Same(File.ReadAllBytes(folder["its delta"]), File.ReadAllBytes(folder["delta"]), "deltas");
            }
        }

        public static void FilesOfTheOldNamespaceGoBothWays()
        {
            if (!IsThere())
            {
                Console.WriteLine("SKIPPED: no rdiff for the .NET binding's files");
                return;
            }
            byte[] basis, newFile;
            Data.Pair(72, 100000, out basis, out newFile);
            using (var folder = new Folder())
            {
                File.WriteAllBytes(folder["basis"], basis);
                File.WriteAllBytes(folder["new"], newFile);
                byte[] sums = Data.All(Librsync.ComputeSignature(Data.Stream(basis)));
                Rdiff("-H", "blake2", "-R", "rollsum", "-b", "2048", "-S", "32", "signature", folder["basis"], folder["sig"]);
                Check.Same(File.ReadAllBytes(folder["sig"]), sums, "signatures");
                byte[] delta = Data.All(Librsync.ComputeDelta(Data.Stream(sums), Data.Stream(newFile)));
                File.WriteAllBytes(folder["delta"], delta);
                Rdiff("patch", folder["basis"], folder["delta"], folder["again"]);
                Check.Same(newFile, File.ReadAllBytes(folder["again"]), "our delta");
                Rdiff("delta", folder["sig"], folder["new"], folder["delta"]);
                byte[] patched = Data.All(
                    Librsync.ApplyDelta(Data.Stream(basis), Data.Stream(File.ReadAllBytes(folder["delta"]))));
                Check.Same(newFile, patched, "its delta");
            }
        }

        /// <summary>By what it says of itself: "rdiff (librsync 2.3.2)".</summary>
        private static Profile ItsProfile()
        {
            string said = Rdiff("--version");
            Match version = Regex.Match(said, @"librsync v?(\d+\.\d+\.\d+)");
            Check.That(version.Success, said);
            return Version.Parse(version.Groups[1].Value) < new Version(2, 3, 3) ? Profile.Librsync232 : Profile.Librsync234;
        }

        private static bool IsThere()
        {
            try
            {
                Rdiff("--version");
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }

        private static string Rdiff(params string[] words)
        {
            var start = new ProcessStartInfo("rdiff", "-f \"" + string.Join("\" \"", words) + "\"")
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            // With ours in the way it would not be the real one.
            start.EnvironmentVariables.Remove("LD_LIBRARY_PATH");
            using (Process process = Process.Start(start))
            {
                // Neither may fill up while the other is read.
                Task<string> complaints = process.StandardError.ReadToEndAsync();
                string said = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                Check.That(process.ExitCode == 0, "rdiff " + string.Join(" ", words) + ": " + complaints.Result);
                return said;
            }
        }
    }
}
