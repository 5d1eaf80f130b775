import errno
import io
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import rollsync
from pieces import Piped, pair
from rollsync import sums


class Errors(unittest.TestCase):
    """Every kind of error has its class, and says where."""

    def setUp(self):
        self.basis, self.new = pair(21, 50_000)
        self.sums = rollsync.signature(self.basis)
        self.delta = rollsync.delta(self.sums, self.new)
        self.plain = rollsync.delta(self.sums, self.new, seal=False)

    def raised(self, kind, call, *arguments, **keywords):
        with self.assertRaises(kind) as caught:
            call(*arguments, **keywords)
        error = caught.exception
        self.assertIs(type(error), kind)
        self.assertIsInstance(error, rollsync.Error)
        return error

    def test_an_input_that_ends_too_early(self):
        error = self.raised(rollsync.InputEndedError, rollsync.patch, self.basis, self.plain[:-1])
        self.assertEqual((error.kind, error.offset), ("input_ended", len(self.plain) - 1))
        self.assertIsInstance(error, EOFError)
        error = self.raised(rollsync.InputEndedError, rollsync.patch, self.basis[:100], self.plain)
        self.assertEqual(error.offset, 100)
        plain = rollsync.signature(self.basis, seal=False)
        self.raised(rollsync.InputEndedError, rollsync.load, plain[:-1])

    def test_another_kind_of_file(self):
        error = self.raised(rollsync.BadMagicError, rollsync.patch, self.basis, self.sums)
        self.assertEqual((error.kind, error.offset), ("bad_magic", 0))
        self.raised(rollsync.BadMagicError, rollsync.delta, self.delta[:4] + self.sums[4:], self.new)

    def test_a_broken_file(self):
        error = self.raised(rollsync.CorruptError, rollsync.patch, self.basis, b"rs\x026\x55")
        self.assertEqual((error.kind, error.offset), ("corrupt", 4))
        broken = bytearray(self.delta)
        broken[50] ^= 1
        self.raised(rollsync.CorruptError, rollsync.patch, self.basis, broken)

    def test_files_that_do_not_belong_together(self):
        other = bytes([self.basis[0] ^ 1]) + self.basis[1:]
        error = self.raised(rollsync.MismatchError, rollsync.patch, other, self.delta)
        self.assertEqual(error.kind, "mismatch")
        self.assertIn("basis", str(error))
        error = self.raised(rollsync.MismatchError, rollsync.patch, self.basis, self.plain, seal_check="required")
        self.assertIn("not sealed", str(error))

    def test_parameters(self):
        for keywords in (
            {"block_len": 0},
            {"block_len": 1 << 31},
            {"block_len": -1},
            {"block_len": 1 << 70},
            {"strong_len": 0},
            {"strong_len": 33},
            {"strong_len": "some"},
            {"format": "rollsum-md4", "strong_len": 17},
            {"format": "sha1"},
        ):
            with self.subTest(keywords):
                error = self.raised(rollsync.ParamError, rollsync.signature, self.basis, **keywords)
                self.assertEqual(error.kind, "param")
                self.assertIsInstance(error, ValueError)
        self.raised(rollsync.ParamError, rollsync.delta, self.sums, self.new, profile="rsync")
        self.raised(rollsync.ParamError, rollsync.patch, self.basis, self.delta, seal_check="maybe")
        for keywords in (
            {"work": "some"},
            {"work": -1},
            {"work": 1 << 32},
            {"time": -1.0},
            {"time": float("nan")},
            {"time": 10**400},
            {"output": -1},
            {"records": 1 << 64},
            {"memory": -1},
            {"literal": 1 << 64},
        ):
            with self.subTest(keywords):
                self.raised(rollsync.ParamError, rollsync.Limits, **keywords)
        self.raised(rollsync.ParamError, rollsync.signature, self.basis, threads=-1)
        self.raised(rollsync.ParamError, rollsync.SignatureJob, -1)
        self.raised(rollsync.ParamError, rollsync.SignatureJob().feed, b"", 1 << 64)
        window = sums.RollingSum(b"some")
        self.raised(rollsync.ParamError, window.roll_in, 256)
        self.raised(rollsync.ParamError, window.rotate, -1, 0)
        with self.assertRaises(IndexError):
            rollsync.load(self.sums)[1 << 64]
        with self.assertRaises(TypeError):
            rollsync.Limits(output="some")
        with self.assertRaises(TypeError):
            rollsync.Limits(work=1.5)

    def test_limits(self):
        limits = rollsync.Limits
        for resource, call, given in (
            ("output", lambda limits: rollsync.patch(self.basis, self.plain, limits=limits), {"output": 1000}),
            ("literal", lambda limits: rollsync.patch(b"", rollsync.diff(b"", self.new), limits=limits), {"literal": 9}),
            ("records", lambda limits: rollsync.load(self.sums, limits=limits), {"records": 3}),
            ("memory", lambda limits: rollsync.load(self.sums, limits=limits), {"memory": 50}),
            ("time", lambda limits: rollsync.signature(self.basis, limits=limits), {"time": 0.0}),
        ):
            with self.subTest(resource):
                error = self.raised(rollsync.LimitError, call, limits(**given))
                (limit,) = given.values()
                self.assertEqual((error.kind, error.resource, error.limit), ("limit", resource, limit))
                self.assertGreater(error.needed, error.limit)
        self.assertEqual(rollsync.patch(self.basis, self.plain, limits=limits(output=len(self.new))), self.new)
        self.assertEqual((limits(work=8).work, limits(work="unlimited").work, limits().work), (8, "unlimited", None))

    def test_memory(self):
        # Each takes more than a process of 400 MiB can have, and none of them ends it.
        program = """
import resource, rollsync
resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

class Endless:
    # Reading takes no memory: there may be none left, and this is not about Python's own.
    ZEROS = bytes(4096)

    def __init__(self, start):
        self.start = start

    def read(self, size):
        start, self.start = self.start, b""
        return start or (self.ZEROS if size >= 4096 else bytes(size))

for work in (
    lambda: rollsync.load(Endless(b"rs\\x01G\\0\\0\\x01\\0\\0\\0\\0\\x20")),
    lambda: rollsync.signature(Endless(b""), block_len=1),
    lambda: rollsync.patch(bytes(1 << 26), b"rs\\x026" + b"\\x47\\0\\x04\\0\\0\\0" * 20 + b"\\0"),
    lambda: rollsync.PatchJob(bytes(1 << 26)).feed(b"rs\\x026" + b"\\x47\\0\\x04\\0\\0\\0" * 20 + b"\\0"),
    # All of it is made; there is none for Python's copy.
    lambda: rollsync.patch(bytes(1 << 24), b"rs\\x026" + b"\\x47\\0\\x01\\0\\0\\0" * 12 + b"\\0"),
    lambda: rollsync.signature(bytearray(220 << 20)),
    lambda: rollsync.SignatureJob().feed(bytearray(220 << 20)),
):
    try:
        work()
    except rollsync.OutOfMemoryError as error:
        assert error.kind == "memory" and isinstance(error, MemoryError)
        print("no memory")

# What was made is not lost.
job, made = rollsync.PatchJob(bytes(1 << 24)), 0
try:
    job.feed(b"rs\\x026" + b"\\x47\\0\\x01\\0\\0\\0" * 12 + b"\\0")
except rollsync.OutOfMemoryError:
    print("no memory")
while not (job.needs_input or job.done):
    made += len(job.feed(b"", 1 << 24))
assert job.finish() == b"" and made == 12 << 24, made
"""
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "no memory\n" * 8, ""))

    def test_cancelled(self):
        cancel = rollsync.Cancel()
        cancel.cancel()
        self.assertTrue(cancel.cancelled)
        error = self.raised(rollsync.CancelledError, rollsync.signature, self.basis, cancel=cancel)
        self.assertEqual(error.kind, "cancelled")

    def test_the_system(self):
        with tempfile.TemporaryDirectory() as folder:
            missing = Path(folder) / "missing"
            for call in (
                lambda: rollsync.signature(missing),
                lambda: rollsync.signature(str(missing), missing),
                lambda: rollsync.delta(self.sums, missing),
                lambda: rollsync.patch(missing, self.delta, str(missing)),
                lambda: rollsync.PatchJob(missing),
            ):
                with self.assertRaises(FileNotFoundError) as caught:
                    call()
                self.assertEqual((caught.exception.errno, caught.exception.filename), (errno.ENOENT, str(missing)))
            with self.assertRaises(IsADirectoryError) as caught:
                rollsync.signature(folder)
            self.assertEqual(caught.exception.filename, folder)
            with self.assertRaises(FileNotFoundError):
                rollsync.signature(self.basis, missing / "below")
        with self.assertRaises(OSError) as caught:
            rollsync.patch(self.basis, self.delta, "/dev/full")
        self.assertEqual((caught.exception.errno, caught.exception.filename), (errno.ENOSPC, "/dev/full"))

    def test_files_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "broken"
            path.write_bytes(b"rs\x026\x55")
            for output in (None, Path(folder) / "made"):
                error = self.raised(rollsync.CorruptError, rollsync.patch, __file__, path, output)
                self.assertEqual((error.path, error.offset), (str(path), 4))

    def test_the_right_file_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            names = ("basis", "other", "delta", "sums", "made")
            basis, other, delta, sums, made = (Path(folder) / name for name in names)
            basis.write_bytes(self.basis[:100])
            other.write_bytes(bytes([self.basis[0] ^ 1]) + self.basis[1:])
            sums.write_bytes(rollsync.signature(self.basis, seal=False)[:-1])
            cancel = rollsync.Cancel()
            cancel.cancel()
            for output in (None, made):
                delta.write_bytes(self.plain)
                error = self.raised(rollsync.InputEndedError, rollsync.patch, basis, delta, output)
                self.assertEqual((error.path, error.offset), (str(basis), 100))
                self.assertEqual(str(error).count(str(basis)), 1)
                self.assertTrue(str(error).startswith(f"basis {basis}: "), error)
                delta.write_bytes(self.delta)
                error = self.raised(rollsync.MismatchError, rollsync.patch, other, delta, output)
                self.assertEqual(error.path, str(other))
                self.assertTrue(str(error).startswith(f"basis {other}: "), error)
                delta.write_bytes(self.plain)
                error = self.raised(rollsync.MismatchError, rollsync.patch, other, delta, output, seal_check="required")
                self.assertTrue(str(error).startswith(f"delta {delta}: "), error)
                error = self.raised(rollsync.InputEndedError, rollsync.delta, sums, basis, output)
                self.assertTrue(str(error).startswith(f"signature {sums}: "), error)
                error = self.raised(rollsync.CancelledError, rollsync.patch, basis, delta, output, cancel=cancel)
                self.assertIsNone(error.path)
                self.assertFalse(made.exists())
            delta.write_bytes(self.delta[:-1])
            error = self.raised(rollsync.CorruptError, rollsync.inspect, delta)
            self.assertTrue(str(error).startswith(f"file {delta}: "), error)
            for call in (rollsync.inspect, rollsync.digest):
                with self.assertRaisesRegex(FileNotFoundError, r"\(file cannot be opened\)"):
                    call(made)

    def test_what_python_raises_is_raised_again(self):
        class Mine(Exception):
            pass

        mine = Mine("once")

        class Broken(io.BytesIO):
            def read(self, size):
                raise mine

            def write(self, data):
                raise mine

        for call in (
            lambda: rollsync.signature(Broken()),
            lambda: rollsync.signature(self.basis, Broken()),
            lambda: rollsync.delta(self.sums, Broken()),
            lambda: rollsync.patch(Broken(), self.delta),
            lambda: rollsync.PatchJob(Broken()).feed(self.delta),
            lambda: rollsync.signature(Broken(), threads=2),
        ):
            with self.assertRaises(Mine) as caught:
                call()
            self.assertIs(caught.exception, mine)

    def test_objects_that_are_no_files(self):
        for source in (1, None, object()):
            with self.assertRaises(TypeError):
                rollsync.signature(source)
        for call in (
            lambda: rollsync.signature(io.StringIO("text")),
            lambda: rollsync.signature(self.basis, 7),
            lambda: rollsync.signature(self.basis, colour="red"),
            lambda: rollsync.patch(self.basis, self.delta, block_len=7),
            lambda: rollsync.signature(self.basis, progress=7),
            lambda: rollsync.signature(self.basis, cancel=7),
            lambda: rollsync.signature(self.basis, limits=7),
        ):
            with self.assertRaises(TypeError):
                call()

        class Wrong(Piped):
            def read(self, size):
                return b"x" * (size + 1)

        with self.assertRaisesRegex(ValueError, "more bytes"):
            rollsync.signature(Wrong(b""))

        class Waiting(Piped):
            def read(self, size):
                return None

        with self.assertRaises(BlockingIOError):
            rollsync.signature(Waiting(b""))

        class Boasting(io.BytesIO):
            def write(self, data):
                return super().write(data) + 1

        with self.assertRaisesRegex(ValueError, "more bytes"):
            rollsync.signature(self.basis, Boasting())

    def test_short_writes(self):
        class Short(io.BytesIO):
            def write(self, data):
                return super().write(data[:7])

        made = Short()
        rollsync.signature(self.basis, made)
        self.assertEqual(made.getvalue(), self.sums)

    def test_they_can_be_sent_to_another_process(self):
        with self.assertRaises(rollsync.LimitError) as caught:
            rollsync.patch(self.basis, self.plain, limits=rollsync.Limits(output=10))
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((type(again), str(again), vars(again)), (rollsync.LimitError, str(caught.exception), vars(caught.exception)))
