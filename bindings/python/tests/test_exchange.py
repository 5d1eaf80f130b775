import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import rollsync
from pieces import pair


def rdiff(*arguments):
    subprocess.run(["rdiff", "-f", *map(str, arguments)], check=True)


@unittest.skipUnless(shutil.which("rdiff"), "no rdiff: the Python binding's files are not read by it")
class Rdiff(unittest.TestCase):
    """Files made here are read by the real rdiff, and the other way round."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.basis, self.new, self.sums, self.delta, self.made = (
            self.folder / name for name in ("basis", "new", "sums", "delta", "made")
        )
        basis, new = pair(71)
        self.basis.write_bytes(basis)
        self.new.write_bytes(new)

    def check(self):
        self.assertEqual(self.made.read_bytes(), self.new.read_bytes())

    def test_it_reads_ours(self):
        for seal in (True, False):
            for profile in ("compact", "librsync-2.3.4", "librsync-2.3.2"):
                rollsync.signature(self.basis, self.sums, seal=seal, sync=False)
                rollsync.delta(self.sums, self.new, self.delta, seal=seal, profile=profile, sync=False)
                rdiff("patch", self.basis, self.delta, self.made)
                self.check()
                rdiff("delta", self.sums, self.new, self.delta)
                rdiff("patch", self.basis, self.delta, self.made)
                self.check()

    def test_we_read_its(self):
        for options in ((), ("-H", "md4", "-R", "rollsum"), ("-b", "1000", "-S", "12")):
            rdiff(*options, "signature", self.basis, self.sums)
            rdiff("delta", self.sums, self.new, self.delta)
            rollsync.patch(self.basis, self.delta, self.made, sync=False)
            self.check()
            ours = rollsync.delta(self.sums, self.new, profile="librsync-2.3.2", seal=False)
            self.assertEqual(ours, self.delta.read_bytes())

    def test_the_same_bytes(self):
        rdiff("signature", self.basis, self.sums)
        self.assertEqual(rollsync.signature(self.basis, seal=False), self.sums.read_bytes())


class Exchange(unittest.TestCase):
    """Files that the other bindings have made. The folder is shared by them: each leaves its own there."""

    def setUp(self):
        if "ROLLSYNC_EXCHANGE" not in os.environ:
            self.skipTest("ROLLSYNC_EXCHANGE is not set: no files of other bindings are read")
        self.exchange = Path(os.environ["ROLLSYNC_EXCHANGE"])
        self.own = self.exchange / "python"
        self.own.mkdir(parents=True, exist_ok=True)
        basis, new = pair(72, 300_000)
        sums, sealed = (rollsync.signature(basis, seal=seal) for seal in (False, True))
        for name, content in {
            "basis.bin": basis,
            "new.bin": new,
            "sig.rs": sums,
            "delta.rd": rollsync.delta(sums, new, seal=False),
            "sealed.sig": sealed,
            "sealed.delta": rollsync.delta(sealed, new),
        }.items():
            (self.own / name).write_bytes(content)

    def test_every_folder(self):
        for folder in sorted(self.exchange.iterdir()):
            with self.subTest(folder.name):
                basis, new = ((folder / name).read_bytes() for name in ("basis.bin", "new.bin"))
                self.assertEqual(rollsync.patch(basis, folder / "delta.rd"), new)
                self.assertEqual(rollsync.patch(basis, folder / "sealed.delta", seal_check="required"), new)
                self.assertEqual(rollsync.inspect(folder / "sealed.sig").basis, rollsync.digest(basis))
                self.assertIsNone(rollsync.inspect(folder / "sig.rs").basis)
                for sums in ("sig.rs", "sealed.sig"):
                    self.assertEqual(rollsync.patch(basis, rollsync.delta(folder / sums, new)), new)
