import array
import io
import itertools
import mmap
import os
import socket
import tempfile
import unittest
from pathlib import Path

import rollsync
from pieces import Bare, Piped, pair


class Calls(unittest.TestCase):
    """The same bytes, wherever they come from and go to."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.basis, self.new = pair(1)
        self.sums = rollsync.signature(self.basis)
        self.delta = rollsync.delta(self.sums, self.new)

    def sources(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        opened = path.open("rb")
        self.addCleanup(opened.close)
        yield "bytes", lambda: data
        yield "bytearray", lambda: bytearray(data)
        yield "memoryview", lambda: memoryview(data)
        yield "array", lambda: array.array("B", data)
        yield "str", lambda: str(path)
        yield "Path", lambda: path
        yield "BytesIO", lambda: io.BytesIO(data)
        yield "file", lambda: (opened.seek(0), opened)[1]

    def targets(self):
        path = self.folder / "made"
        yield "bytes", lambda call: call(None)

        def to_path(call):
            self.assertIsInstance(call(str(path)), rollsync.Stats)
            return path.read_bytes()

        def to_object(call):
            made = io.BytesIO()
            self.assertEqual(call(made).bytes_out, len(made.getvalue()))
            return made.getvalue()

        def to_raw_file(call):
            with open(path, "wb", buffering=0) as made:
                call(made)
            return path.read_bytes()

        yield "path", to_path
        yield "object", to_object
        yield "raw file", to_raw_file

    def check(self, names, call, expected):
        kinds = [list(self.sources(name, data)) for name, data in names]
        for target, take in self.targets():
            # Every kind in each place, and all of them together.
            for first, *others in itertools.product(*kinds):
                if others and first[0] != others[0][0] and "bytes" not in (first[0], others[0][0]):
                    continue
                with self.subTest(target=target, kinds=(first[0], *(kind for kind, _ in others))):
                    inputs = [first[1](), *(make() for _, make in others)]
                    self.assertEqual(take(lambda output: call(*inputs, output)), expected)

    def test_signature(self):
        self.check([("basis", self.basis)], rollsync.signature, self.sums)

    def test_delta(self):
        self.check([("sums", self.sums), ("new", self.new)], rollsync.delta, self.delta)

    def test_diff(self):
        diff = rollsync.diff(self.basis, self.new)
        self.check([("basis", self.basis), ("new", self.new)], rollsync.diff, diff)
        self.assertEqual(rollsync.patch(self.basis, diff, seal_check="required"), self.new)

    def test_patch(self):
        self.check([("basis", self.basis), ("delta", self.delta)], rollsync.patch, self.new)

    def test_what_cannot_seek(self):
        sums = rollsync.signature(Piped(self.basis), block_len=1024)
        delta = rollsync.delta(Piped(sums), Piped(self.new))
        self.assertEqual(rollsync.patch(Piped(self.basis), Piped(delta)), self.new)

    def test_a_file_object_is_read_from_where_it_stands(self):
        opened = io.BytesIO(b"before" + self.basis)
        opened.seek(6)
        self.assertEqual(rollsync.signature(opened), self.sums)
        self.assertEqual(opened.tell(), 6 + len(self.basis))

    def test_the_basis_of_a_patch_is_read_from_its_first_byte(self):
        opened = io.BytesIO(self.basis)
        opened.seek(1000)
        self.assertEqual(rollsync.patch(opened, self.delta), self.new)
        piped = Piped(b"before" + self.basis)
        piped.at = 6
        self.assertEqual(rollsync.patch(piped, self.delta), self.new)

    def test_a_memory_map(self):
        path = self.folder / "mapped"
        path.write_bytes(self.basis)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            self.assertEqual(rollsync.signature(mapped), self.sums)
            self.assertEqual(rollsync.patch(mapped, self.delta), self.new)
            # A copy from behind its end.
            with self.assertRaises(rollsync.InputEndedError):
                rollsync.patch(mapped, b"rs\x026\x4d\x7f\xff\xff\xff\x01\0")

    def test_an_object_that_cannot_tell(self):
        self.assertEqual(rollsync.patch(Bare(self.basis), Bare(self.delta)), self.new)
        sums = rollsync.signature(Bare(self.basis), block_len=1024)
        self.assertEqual(sums, rollsync.signature(self.basis, block_len=1024))

    def test_an_output_that_is_an_input(self):
        path = self.folder / "both"
        for content, call in (
            (self.basis, lambda both, output: rollsync.signature(both, output)),
            (self.sums, lambda both, output: rollsync.delta(both, self.new, output)),
            (self.new, lambda both, output: rollsync.delta(self.sums, both, output)),
            (self.basis, lambda both, output: rollsync.diff(both, self.new, output)),
            (self.new, lambda both, output: rollsync.diff(self.basis, both, output)),
            (self.basis, lambda both, output: rollsync.patch(both, self.delta, output)),
            (self.delta, lambda both, output: rollsync.patch(self.basis, both, output)),
        ):
            path.write_bytes(content)
            memory = io.BytesIO(content)
            with path.open("r+b") as opened, path.open("rb") as again, path.open("r+b", buffering=0) as raw:
                for both, output in ((opened, opened), (again, opened), (path, opened), (str(path), raw), (memory, memory)):
                    with self.assertRaisesRegex(rollsync.ParamError, "the output is an input as well"):
                        call(both, output)
            self.assertEqual(path.read_bytes(), content)
            self.assertEqual(memory.getvalue(), content)

    def test_an_output_that_may_be_an_input(self):
        with open(os.devnull, "r+b", buffering=0) as null:
            self.assertEqual(rollsync.signature(null, null).bytes_in, 0)
        here, there = socket.socketpair()
        with here, there, here.makefile("rwb", buffering=0) as both:
            there.sendall(rollsync.diff(b"old", b"new"))
            there.shutdown(socket.SHUT_WR)
            rollsync.patch(b"old", both, both)
            self.assertEqual(there.recv(100), b"new")
        # It stays in memory: nobody asks for its number.
        spooled = tempfile.SpooledTemporaryFile(max_size=1 << 30)
        with spooled:
            rollsync.signature(io.BytesIO(self.basis), spooled)
            self.assertFalse(spooled._rolled)

    def test_a_pipe_as_a_path(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        import threading

        writer = threading.Thread(target=lambda: pipe.write_bytes(self.basis))
        writer.start()
        self.assertEqual(rollsync.patch(pipe, self.delta), self.new)
        writer.join()

    def test_a_signature_that_is_loaded_once(self):
        loaded = rollsync.load(self.sums)
        for _ in range(2):
            self.assertEqual(rollsync.delta(loaded, self.new), self.delta)
        info = rollsync.inspect(self.sums)
        self.assertEqual((loaded.block_len, len(loaded)), (info.block_len, info.blocks))
        self.assertEqual(loaded.basis, rollsync.digest(self.basis))
        self.assertEqual(loaded[0], loaded[-len(loaded)])
        self.assertEqual([len(strong) for _, strong in loaded], [32] * len(loaded))
        with self.assertRaises(IndexError):
            loaded[len(loaded)]

    def test_inspect(self):
        info = rollsync.inspect(self.delta)
        self.assertEqual(info.new_len, len(self.new))
        self.assertEqual(info.copy_bytes + info.literal_bytes, len(self.new))
        self.assertEqual(info.new, rollsync.digest(self.new))
        self.assertEqual(info.basis, rollsync.digest(self.basis))
        self.assertTrue(info.sealed)
        self.assertFalse(rollsync.inspect(rollsync.delta(self.sums, self.new, seal=False)).sealed)
        self.assertIsNone(rollsync.inspect(b"something else"))

    def test_threads_change_nothing(self):
        basis, new = pair(2, 9_000_000)
        for call, inputs in ((rollsync.signature, (basis,)), (rollsync.diff, (basis, new))):
            alone = call(*inputs)
            for threads in (2, 3, 0):
                self.assertEqual(call(*inputs, threads=threads), alone)
        path, new_path = self.folder / "basis", self.folder / "new"
        path.write_bytes(basis)
        new_path.write_bytes(new)
        with path.open("rb") as opened:
            self.assertEqual(rollsync.signature(opened, threads=2), rollsync.signature(basis))
        # Of files by their paths each thread reads its own parts, but where a seal is made of them.
        for seal in (True, False):
            for call, paths, inputs in (
                (rollsync.signature, (path,), (basis,)),
                (rollsync.diff, (path, new_path), (basis, new)),
                (rollsync.delta, (rollsync.signature(basis), new_path), (rollsync.signature(basis), new)),
            ):
                self.assertEqual(call(*paths, threads=2, seal=seal), call(*inputs, seal=seal))

    def test_profiles_make_deltas_that_patch(self):
        for profile in ("compact", "librsync-2.3.4", "librsync-2.3.2"):
            delta = rollsync.delta(self.sums, self.new, profile=profile)
            self.assertEqual(rollsync.patch(self.basis, delta), self.new)


class Paths(unittest.TestCase):
    """An output path shows what it showed before, or all of what is new."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.basis, self.new = pair(3)
        self.file = self.folder / "file"
        self.file.write_bytes(self.basis)
        self.delta = rollsync.diff(self.basis, self.new)

    def only(self, content):
        self.assertEqual(self.file.read_bytes(), content)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["file"])

    def test_in_place(self):
        stats = rollsync.patch(self.file, self.delta, self.file)
        self.assertTrue(stats.verified)
        self.only(self.new)

    def test_of_files_alone(self):
        (self.folder / "delta").write_bytes(self.delta)
        stats = rollsync.patch(self.file, self.folder / "delta", self.file, seal_check="required")
        self.assertTrue(stats.verified)
        (self.folder / "delta").unlink()
        self.only(self.new)

    def test_a_delta_that_is_cut(self):
        for length in (0, 3, 100, len(self.delta) - 129, len(self.delta) - 1):
            with self.assertRaises(rollsync.Error):
                rollsync.patch(self.file, self.delta[:length], self.file, seal_check="required")
            self.only(self.basis)

    def test_a_reader_that_raises(self):
        class Broken(Piped):
            def read(self, size):
                if self.at > 1000:
                    raise ZeroDivisionError("here")
                return super().read(min(size, 600))

        with self.assertRaisesRegex(ZeroDivisionError, "here"):
            rollsync.patch(self.file, Broken(self.delta), self.file)
        self.only(self.basis)

    def test_the_wrong_basis(self):
        self.file.write_bytes(self.new)
        with self.assertRaises(rollsync.MismatchError):
            rollsync.patch(self.file, self.delta, self.file)
        self.only(self.new)

    def test_a_file_that_is_to_be_kept(self):
        with self.assertRaises(FileExistsError) as caught:
            rollsync.patch(self.basis, self.delta, self.file, overwrite=False)
        self.assertEqual(caught.exception.filename, str(self.file))
        self.only(self.basis)

    def test_modes_are_kept(self):
        self.file.chmod(0o640)
        rollsync.patch(self.file, self.delta, self.file, sync=False)
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o640)
