using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

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

        public static void ATemporaryIsNobodyElsesAndRunsAsNobodyElse()
        {
            using (var folder = new Folder())
            {
                string path = folder["program"];
                File.WriteAllBytes(path, new byte[10]);
                Run("chmod", "4755 " + path);
                using (var file = new AtomicFile(path))
                {
                    string temporary = Directory.GetFiles(folder["."], ".rollsync-*.tmp").Single();
                    Check.Equal(".rollsync-".Length + 32 + ".tmp".Length, Path.GetFileName(temporary).Length, temporary);
                    Check.Equal("600", Run("stat", "-c %a " + temporary), "until it is committed");
                    file.Stream.WriteByte(1);
                    file.Commit();
                }
                Check.Equal("755", Run("stat", "-c %a " + path), "without set-uid");
                Check.Equal("1", Run("stat", "-c %s " + path), "length");
            }
        }

        public static void ALinkIsFollowed()
        {
            using (var folder = new Folder())
            {
                string path = folder["far"];
                Directory.CreateDirectory(path);
                Run("ln", "-s far/../far/file " + folder["link"]);
                Run("ln", "-s link " + folder["other"]);
                // The first time there is nothing where it leads.
                foreach (byte number in new byte[] { 1, 2 })
                {
                    using (var file = new AtomicFile(folder["other"]))
                    {
                        file.Stream.WriteByte(number);
                        Check.Equal(number, Directory.GetFiles(path).Length, "a temporary beside the file");
                        file.Commit();
                    }
                    Check.Same(new[] { number }, File.ReadAllBytes(Path.Combine(path, "file")), "what the link leads to");
                    Check.Equal("link", Run("readlink", folder["other"]), "the link");
                }
                Run("ln", "-s round " + folder["round"]);
                Check.Throws<IOException>(() => new AtomicFile(folder["round"]), "a link to itself");
                Check.Equal(4, folder.Count, "files");
            }
        }

        public static void WhatIsNoRegularFileIsRefused()
        {
            using (var folder = new Folder())
            {
                Run("mkfifo", folder["fifo"]);
                Run("ln", "-s /dev/null " + folder["null"]);
                Run("ln", "-s /proc/self/fd/1 " + folder["output"]);
                Directory.CreateDirectory(folder["folder"]);
                foreach (string path in new[]
                {
                    folder["fifo"], folder["null"], folder["output"], folder["folder"], "/dev/null", "/dev/stdout", "/dev/fd/1",
                })
                {
                    var e = Check.Throws<IOException>(() => new AtomicFile(path), path);
                    Check.That(e.Message.EndsWith("and is not replaced", StringComparison.Ordinal), e.Message);
                }
                Check.Throws<ArgumentException>(() => new AtomicFile(folder["none/"]), "a name of a folder");
                Check.Throws<DirectoryNotFoundException>(() => new AtomicFile(folder["none/file"]), "no folder");
                Check.Equal(4, folder.Count, "files");
            }
        }

        public static void AFileThatMayNotBeWrittenIsRefused()
        {
            const uint nobody = 65534;
            using (var folder = new Folder())
            {
                string path = folder["file"];
                File.WriteAllBytes(path, new byte[1]);
                Run("chmod", "444 " + path);
                Run("chmod", "777 " + folder["."]);
                // Root may write everything.
                bool isRoot = geteuid() == 0;
                Check.That(!isRoot || seteuid(nobody) == 0, "seteuid");
                try
                {
                    Check.Throws<UnauthorizedAccessException>(() => new AtomicFile(path), "0444");
                }
                finally
                {
                    Check.That(!isRoot || seteuid(0) == 0, "seteuid");
                }
                Check.Equal(1, folder.Count, "files");
            }
        }

        public static void AFullDiskLeavesTheOldFileAlone()
        {
            using (var folder = new Folder())
            using (var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write))
            {
                File.WriteAllBytes(folder["file"], new byte[] { 1 });
                Action<Action<AtomicFile>> write = then =>
                {
                    using (var file = new AtomicFile(folder["file"]))
                    {
                        int descriptor = Descriptors.OfTemporaries().Single();
                        Check.Equal(descriptor, Descriptors.Redirect(descriptor, full), "what is written goes there now");
                        file.Stream.WriteByte(2);
                        then(file);
                    }
                };
                Check.Throws<IOException>(() => write(file => file.Commit()), "committed");
                Check.Throws<TimeoutException>(() => write(file => throw new TimeoutException()), "another error comes first");
                Check.Same(new byte[] { 1 }, File.ReadAllBytes(folder["file"]), "the old file");
                Check.Equal(1, folder.Count, "files");
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

        [DllImport("libc")]
        private static extern uint geteuid();

        [DllImport("libc")]
        private static extern int seteuid(uint user);

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
