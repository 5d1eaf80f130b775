import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Examples(unittest.TestCase):
    """The examples, and what the README shows, run as they stand."""

    def run_python(self, *arguments):
        run = subprocess.run([sys.executable, "-W", "error", *arguments], capture_output=True, text=True, timeout=120)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def test_upload(self):
        printed = self.run_python(ROOT / "examples/upload.py").splitlines()
        came, went = map(int, re.search(r": (\d+) bytes of signature came, (\d+) bytes of delta", printed[0]).groups())
        self.assertLess(came + went, 200_000)
        self.assertEqual([line.split()[0] for line in printed[1:]], ["412", "422", "422"])

    def test_in_an_event_loop(self):
        self.assertRegex(self.run_python(ROOT / "examples/async_sync.py"), r"^both have [0-9a-f]{64}\n$")

    def test_the_readme(self):
        blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        self.assertGreater(len(blocks), 3)
        start = """
import os, random, tempfile
os.chdir(folder := tempfile.mkdtemp())
dice = random.Random(91)
old = dice.randbytes(300_000)
open("disk.img", "wb").write(old)
open("disk.new", "wb").write(old[:100_000] + b"new" + old[100_000:])
"""
        self.run_python("-W", "ignore::ResourceWarning", "-c", start + "\n".join(blocks))
