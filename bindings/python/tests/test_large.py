import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

#: What the interpreter takes, the signature of 14,000 blocks with its index, and the buffers.
BOUND = 32 << 10


class Large(unittest.TestCase):
    """200 MB take no more memory than a bound that does not depend on them."""

    def check(self, way):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(__file__).with_name("large.py")
            run = subprocess.run([sys.executable, program, folder, way], capture_output=True, text=True)
        self.assertEqual(run.stderr, "")
        self.assertLess(int(run.stdout), BOUND)

    def test_paths(self):
        self.check("paths")

    def test_file_objects(self):
        self.check("objects")

    def test_jobs(self):
        self.check("jobs")
