using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    /// <summary>What happens where rollsync's C library is not found, or another is.</summary>
    public static class LibraryTests
    {
        public static void ItsVersionIsKnown()
        {
            Check.That(char.IsDigit(Engine.Version[0]), Engine.Version);
        }

        public static void WithoutALibraryNothingIsSupported()
        {
            Check.Equal("Unsupported: no librsync.so.2 is found", FoundAt("/nonexistent/librsync.so.2"), "found");
        }

        public static void AnotherLibraryIsRefused()
        {
            string other = Directory.GetDirectories("/usr/lib", "*-linux-gnu")
                .Select(folder => Path.Combine(folder, "librsync.so.2"))
                .FirstOrDefault(File.Exists);
            if (other == null)
            {
                Console.WriteLine("SKIPPED: no librsync of Debian's for the .NET binding to refuse");
                return;
            }
            Check.Equal(
                "Unsupported: the librsync.so.2 that was found is not rollsync's: it lacks the functions of rollsync.h",
                FoundAt(other),
                "found");
        }

        /// <summary>The version of rollsync, or why there is none.</summary>
        internal static string Found()
        {
            try
            {
                return Engine.Version;
            }
            catch (RollsyncException e)
            {
                return e.Kind + ": " + e.Message;
            }
        }

        /// <summary>What another process finds, whose library is there.</summary>
        private static string FoundAt(string library)
        {
            using (var folder = new Folder())
            {
                string program = typeof(LibraryTests).Assembly.Location;
                string assembly = typeof(Engine).Assembly.Location;
                File.Copy(program, folder["tests.exe"]);
                File.Copy(assembly, folder["Rollsync.dll"]);
                File.WriteAllText(
                    folder["Rollsync.dll.config"],
                    "<configuration><dllmap dll=\"librsync.so.2\" target=\"" + library + "\"/></configuration>");
                var start = new ProcessStartInfo("mono", folder["tests.exe"] + " --version")
                {
                    UseShellExecute = false, RedirectStandardOutput = true,
                };
                start.EnvironmentVariables.Remove("LD_LIBRARY_PATH");
                using (Process process = Process.Start(start))
                {
                    string said = process.StandardOutput.ReadToEnd().Trim();
                    process.WaitForExit();
                    return said;
                }
            }
        }
    }
}
