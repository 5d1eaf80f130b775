using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace Rollsync.Tests
{
    /// <summary>Runs every public static method of the classes that are called ...Tests, or of those that are named.</summary>
    public static class Runner
    {
        public static int Main(string[] names)
        {
            if (names.Length == 1 && names[0] == "--version")
            {
                Console.WriteLine(LibraryTests.Found());
                return 0;
            }
            List<MethodInfo> tests = typeof(Runner).Assembly.GetTypes()
                .Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal))
                .Where(type => names.Length == 0 ? type != typeof(MemoryTests) : names.Contains(type.Name))
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .OrderBy(test => test.DeclaringType.Name + test.Name, StringComparer.Ordinal)
                .ToList();
            Console.WriteLine("running {0} tests", tests.Count);
            int failed = 0;
            foreach (MethodInfo test in tests)
            {
                string name = test.DeclaringType.Name + "." + test.Name;
                try
                {
                    var task = test.Invoke(null, null) as Task;
                    if (task != null)
                    {
                        task.GetAwaiter().GetResult();
                    }
                    Console.WriteLine("test {0} ... ok", name);
                }
                catch (Exception e)
                {
                    failed++;
                    Console.WriteLine("test {0} ... FAILED\n{1}", name, e is TargetInvocationException ? e.InnerException : e);
                }
            }
            if (tests.Count == 0)
            {
                failed = 1;
            }
            Console.WriteLine(
                "test result: {0}. {1} passed; {2} failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                failed == 0 ? "ok" : "FAILED",
                tests.Count - Math.Min(failed, tests.Count),
                failed);
            return failed == 0 ? 0 : 1;
        }
    }
}
