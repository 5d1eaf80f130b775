using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Rollsync.Tests
{
    /// <summary>What happens where rollsync's C library is not found, or another is.</summary>
    public static class LibraryTests
    {
        private static readonly bool IsMono = Type.GetType("Mono.Runtime") != null;

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
                Copy(typeof(LibraryTests).Assembly.Location, folder);
                Copy(typeof(Engine).Assembly.Location, folder);
                ProcessStartInfo start = IsMono ? OnMono(folder, library) : OnCore(folder, library);
                start.Arguments += " --version";
                start.UseShellExecute = false;
                start.RedirectStandardOutput = true;
                using (Process process = Process.Start(start))
                {
                    string said = process.StandardOutput.ReadToEnd().Trim();
                    process.WaitForExit();
                    return said;
                }
            }
        }

        /// <summary>Mono is told by a file.</summary>
        private static ProcessStartInfo OnMono(Folder folder, string library)
        {
            File.WriteAllText(
                folder["Rollsync.dll.config"],
                "<configuration><dllmap dll=\"librsync.so.2\" target=\"" + library + "\"/></configuration>");
            var start = new ProcessStartInfo("mono", folder["tests.exe"]);
            start.EnvironmentVariables.Remove("LD_LIBRARY_PATH");
            return start;
        }

        /// <summary>.NET Core finds it beside the assemblies. Where it is no library, the system's own is not looked for either:
        /// the loader has found one that is broken.</summary>
        private static ProcessStartInfo OnCore(Folder folder, string library)
        {
            File.WriteAllBytes(folder["librsync.so.2"], File.Exists(library) ? File.ReadAllBytes(library) : new byte[0]);
            Copy(Path.ChangeExtension(typeof(LibraryTests).Assembly.Location, "runtimeconfig.json"), folder);
            var start = new ProcessStartInfo(Process.GetCurrentProcess().MainModule.FileName, folder["tests.dll"]);
            string others = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH");
            start.EnvironmentVariables["LD_LIBRARY_PATH"] = folder["."] + ":" + others;
            return start;
        }

        private static void Copy(string file, Folder folder)
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }
    }
}
