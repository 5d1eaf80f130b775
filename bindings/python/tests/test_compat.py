import io
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from pieces import Bare, Piped, pair
from rollsync.compat import librsync


class Compat(unittest.TestCase):
    """What users of python-librsync rely on."""

    def setUp(self):
        self.basis, self.new = pair(81)

    def test_as_its_readme_has_it(self):
        dst, src, synced = io.BytesIO(self.basis), io.BytesIO(self.new), io.BytesIO()
        signature = librsync.signature(dst)
        delta = librsync.delta(src, signature)
        self.assertIs(librsync.patch(dst, delta, synced), synced)
        self.assertEqual((synced.tell(), synced.read()), (0, self.new))

    def test_temporary_files_are_returned(self):
        signature = librsync.signature(io.BytesIO(self.basis))
        self.assertIsInstance(signature, tempfile.SpooledTemporaryFile)
        self.assertEqual((signature.tell(), signature.read(12).hex()), (0, "727301360000080000000008"))

    def test_what_is_given_is_returned(self):
        made = io.BytesIO()
        self.assertIs(librsync.signature(io.BytesIO(self.basis), made, 512), made)
        self.assertEqual(made.read(12).hex(), "727301360000020000000008")
        delta = io.BytesIO()
        self.assertIs(librsync.delta(io.BytesIO(self.new), made.getvalue() and io.BytesIO(made.getvalue()), delta), delta)
        self.assertEqual(librsync.patch(io.BytesIO(self.basis), delta).read(), self.new)

    @unittest.skipUnless(shutil.which("rdiff"), "no rdiff: python-librsync's files are not compared")
    def test_the_files_are_those_of_librsync(self):
        with tempfile.TemporaryDirectory() as folder:
            basis, new, sums, delta = (Path(folder) / name for name in ("basis", "new", "sums", "delta"))
            basis.write_bytes(self.basis)
            new.write_bytes(self.new)
            subprocess.run(["rdiff", "-H", "md4", "-R", "rollsum", "-S", "8", "-b", "2048", "signature", basis, sums], check=True)
            subprocess.run(["rdiff", "delta", sums, new, delta], check=True)
            ours = librsync.signature(io.BytesIO(self.basis))
            self.assertEqual(ours.read(), sums.read_bytes())
            ours.seek(0)
            self.assertEqual(librsync.delta(io.BytesIO(self.new), ours).read(), delta.read_bytes())

    def test_errors(self):
        basis = io.BytesIO(self.basis)
        for words, call in (
            ("unexpected end of input", lambda: librsync.patch(basis, io.BytesIO(b"rs\x026\x41"))),
            ("bad magic number at start of stream", lambda: librsync.patch(basis, io.BytesIO(b"other file"))),
            ("stream corrupt", lambda: librsync.patch(basis, io.BytesIO(b"rs\x026\x55"))),
            ("unexpected end of input", lambda: librsync.delta(basis, io.BytesIO(b""))),
            ("unexplained problem", lambda: librsync.signature(basis, None, 0)),
        ):
            with self.assertRaises(librsync.LibrsyncError) as caught:
                call()
            self.assertEqual(caught.exception.args, (words,))
        self.assertEqual(str(librsync.LibrsyncError(100)), "IO error")
        self.assertEqual(librsync.LibrsyncError.__bases__, (Exception,))

    def test_what_must_seek(self):
        unseekable = Piped(b"")
        for call in (
            lambda: librsync.signature(unseekable),
            lambda: librsync.delta(unseekable, io.BytesIO(b"")),
            lambda: librsync.patch(unseekable, io.BytesIO(b"")),
        ):
            with self.assertRaisesRegex(AssertionError, "seekable"):
                call()

    def test_what_need_not_be_there(self):
        class Sink:
            def __init__(self):
                self.data = b""

            def write(self, data):
                self.data += data

        signature = librsync.signature(Bare(self.basis))
        delta = librsync.delta(Bare(self.new), Bare(signature.read()))
        self.assertEqual(librsync.patch(Bare(self.basis), Bare(delta.read()), Sink()).data, self.new)

    def test_debug(self):
        librsync.debug()
        librsync.debug(0)
        with self.assertRaisesRegex(AssertionError, "Invalid log level 99"):
            librsync.debug(99)
