"""Runs every test of the binding, and ends with the line by which `cargo xtask test` counts them."""

import faulthandler
import sys
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        # Told on standard output, where the test command looks for it.
        print(f"SKIPPED: {reason}", flush=True)


def main():
    # Work that nothing ends would be read to the end of files of some TiB.
    faulthandler.dump_traceback_later(600, exit=True)
    pattern = sys.argv[1] if sys.argv[1:] else "test_*.py"
    tests = unittest.defaultTestLoader.discover(str(Path(__file__).parent), pattern=pattern)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(tests)
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    word = "ok" if result.wasSuccessful() and result.testsRun else "FAILED"
    print(
        f"test result: {word}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out; "
        "finished in 0.00s"
    )
    sys.exit(word != "ok")


if __name__ == "__main__":
    main()
