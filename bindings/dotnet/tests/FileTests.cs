using System.Diagnostics;
using System.IO;

namespace Rollsync.Tests
{
    public static class FileTests
    {
        public static void AllFourOperations()
        {
            byte[] basis, newFile;
            Data.Pair(41, 200000, out basis, out newFile);
            using (var folder = new Folder())
            {
                File.WriteAllBytes(folder["basis"], basis);
                File.WriteAllBytes(folder["new"], newFile);
                Engine.SignatureFile(folder["basis"], folder["sig"]);
                Check.Same(Engine.Signature(basis), File.ReadAllBytes(folder["sig"]), "signature");
                Engine.DeltaFile(folder["sig"], folder["new"], folder["delta"]);
                Engine.DiffFile(folder["basis"], folder["new"], folder["diff"]);
                Check.Same(File.ReadAllBytes(folder["delta"]), File.ReadAllBytes(folder["diff"]), "diff");
                Engine.PatchFile(folder["basis"], folder["delta"], folder["again"]);
                Check.Same(newFile, File.ReadAllBytes(folder["again"]), "patch");
                Engine.PatchFile(folder["basis"], folder["delta"], folder["basis"]);
                Check.Same(newFile, File.ReadAllBytes(folder["basis"]), "patch in place");
                Check.Equal(6, folder.Count, "files");
            }
        }

        public static void AFailureLeavesTheOldFile()
        {
            byte[] basis = Data.Random(42, 300000);
            using (var folder = new Folder())
            {
                File.WriteAllBytes(folder["basis"], basis);
                byte[] delta = Engine.Diff(basis, Data.Random(43, 300000));
                File.WriteAllBytes(folder["delta"], Data.Part(delta, 0, 250000));
                Check.Fails(
                    ErrorKind.InputEnded,
                    () => Engine.PatchFile(folder["basis"], folder["delta"], folder["basis"]),
                    "a delta that is cut");
                Check.Same(basis, File.ReadAllBytes(folder["basis"]), "the old file");
                Check.Throws<FileNotFoundException>(
                    () => Engine.PatchFile(folder["none"], folder["delta"], folder["new"]), "no basis");
                Check.Equal(2, folder.Count, "files");
            }
        }

        public static void PermissionsAreKept()
        {
            using (var folder = new Folder())
            {
                string path = folder["secret"];
                File.WriteAllBytes(path, new byte[10]);
                foreach (string mode in new[] { "600", "640", "755" })
                {
                    Run("chmod", mode + " " + path);
                    using (var file = new AtomicFile(path))
                    {
                        file.Commit();
                    }
                    Check.Equal(mode, Run("stat", "-c %a " + path), "permissions");
                }
            }
        }

        public static void AFileAppearsWhenItIsCommitted()
        {
            using (var folder = new Folder())
            {
                string path = folder["file"];
                using (var file = new AtomicFile(path))
                {
                    file.Stream.WriteByte(1);
                    Check.That(!File.Exists(path), "not yet");
                    file.Commit();
                    Check.Same(new byte[] { 1 }, File.ReadAllBytes(path), "then");
                    Check.Throws<System.InvalidOperationException>(file.Commit, "twice");
                }
                using (var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                using (var file = new AtomicFile(path))
                {
                    file.Stream.WriteByte(2);
                    file.Commit();
                    Check.Equal(1, reader.ReadByte(), "who has the old file open keeps it");
                }
                using (var file = new AtomicFile(path))
                {
                    file.Stream.WriteByte(3);
                }
                Check.Same(new byte[] { 2 }, File.ReadAllBytes(path), "the last that was committed");
                Check.Equal(1, folder.Count, "files");
            }
        }

        private static string Run(string program, string arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
            using (Process process = Process.Start(start))
            {
                string printed = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                Check.Equal(0, process.ExitCode, program);
                return printed;
            }
        }
    }
}
