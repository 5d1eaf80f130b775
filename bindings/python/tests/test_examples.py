import asyncio
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import rollsync
from pieces import pair

ROOT = Path(__file__).resolve().parents[1]


class Examples(unittest.TestCase):
    """The examples, and what the README shows, run as they stand."""

    def run_python(self, *arguments, **keywords):
        command = [sys.executable, "-W", "error", *arguments]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, **keywords)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def test_upload(self):
        printed = self.run_python(ROOT / "examples/upload.py").splitlines()
        came, went = map(int, re.search(r": (\d+) bytes of signature came, (\d+) bytes of delta", printed[0]).groups())
        self.assertLess(came + went, 200_000)
        self.assertEqual([line.split()[0] for line in printed[1:]], ["412", "422", "422", "400", "413", "500"])

    def test_in_an_event_loop(self):
        self.assertRegex(self.run_python(ROOT / "examples/async_sync.py"), r"^both have [0-9a-f]{64}\n$")

    def test_two_at_once_in_an_event_loop(self):
        spec = importlib.util.spec_from_file_location("async_sync", ROOT / "examples/async_sync.py")
        example = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(example)
        basis, first = pair(92, 3_000_000)

        async def both(theirs, ours):
            server = await asyncio.start_server(lambda *streams: example.serve(theirs, *streams), "127.0.0.1", 0)
            async with server:
                port = server.sockets[0].getsockname()[1]
                return await asyncio.gather(*(example.send(port, file) for file in ours))

        with tempfile.TemporaryDirectory() as folder:
            # A name that a temporary's could be made like.
            theirs, ours = Path(folder) / "disk.new", [Path(folder) / name for name in ("first", "second")]
            theirs.write_bytes(basis)
            theirs.chmod(0o640)
            ours[0].write_bytes(first)
            ours[1].write_bytes(first[::-1])
            answers = asyncio.run(both(theirs, ours))
            digests = [rollsync.digest(file).blake3 for file in ours]
            self.assertEqual(answers, digests)
            self.assertIn(rollsync.digest(theirs).blake3, digests)
            self.assertEqual(theirs.stat().st_mode & 0o777, 0o640)
            self.assertEqual(sorted(path.name for path in Path(folder).iterdir()), ["disk.new", "first", "second"])

    def test_the_readme(self):
        blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
        self.assertGreater(len(blocks), 3)
        start = """
import random
dice = random.Random(91)
old = dice.randbytes(300_000)
open("disk.img", "wb").write(old)
open("disk.new", "wb").write(old[:100_000] + b"new" + old[100_000:])
"""
        with tempfile.TemporaryDirectory() as folder:
            self.run_python("-W", "ignore::ResourceWarning", "-c", start + "\n".join(blocks), cwd=folder)
