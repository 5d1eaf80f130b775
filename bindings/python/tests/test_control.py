import io
import os
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import rollsync
from pieces import Piped, pair


class Endless:
    """A file object without an end, which does something at its tenth read."""

    def __init__(self, act=lambda: None):
        self.act, self.reads = act, 0

    def read(self, size):
        self.reads += 1
        if self.reads == 10:
            self.act()
        return bytes(size)


class EndlessBytes:
    """A file object of zeros without an end, read slowly."""

    def read(self, size):
        time.sleep(0.001)
        return bytes(min(size, 4096))


class Sparse(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def sparse(self, length):
        """A file of zeros that takes no space."""
        path = self.folder / f"{length}"
        path.touch()
        os.truncate(path, length)
        return path


class Cancelling(Sparse):
    def test_from_another_thread(self):
        output = self.folder / "made"
        output.write_bytes(b"before")
        for threads in (1, 2):
            cancel = rollsync.Cancel()
            other = threading.Thread(target=cancel.cancel)
            source = Endless(lambda: (other.start(), other.join()))
            with self.assertRaises(rollsync.CancelledError):
                rollsync.signature(source, output, cancel=cancel, threads=threads)
            self.assertEqual(output.read_bytes(), b"before")
            self.assertEqual(len(list(self.folder.iterdir())), 1)

    def test_one_token_for_many_calls(self):
        cancel = rollsync.Cancel()
        sums = rollsync.signature(b"basis")
        with self.assertRaises(rollsync.CancelledError):
            rollsync.delta(sums, Endless(cancel.cancel), cancel=cancel)
        with self.assertRaises(rollsync.CancelledError):
            rollsync.patch(b"basis", rollsync.diff(b"basis", b"new"), cancel=cancel)

    def test_before_the_call(self):
        cancel = rollsync.Cancel()
        cancel.cancel()
        source = Endless()
        for call in (
            lambda: rollsync.signature(source, cancel=cancel),
            lambda: rollsync.signature(source, cancel=cancel, threads=2),
            lambda: rollsync.diff(source, source, cancel=cancel),
            lambda: rollsync.load(source, cancel=cancel),
            lambda: rollsync.patch(source, source, cancel=cancel),
            lambda: rollsync.PatchJob(source, cancel=cancel),
            lambda: rollsync.DeltaJob(source, cancel=cancel),
        ):
            with self.assertRaises(rollsync.CancelledError):
                call()
        self.assertEqual(source.reads, 0)

    def test_at_the_last_report(self):
        # With threads the only report comes when the last block is hashed.
        output = self.folder / "made"
        for basis, threads in ((b"basis", 1), (b"basis", 2)):
            cancel = rollsync.Cancel()
            with self.assertRaises(rollsync.CancelledError):
                rollsync.signature(Piped(basis), output, threads=threads, cancel=cancel, progress=lambda _: cancel.cancel())
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_while_a_basis_is_copied(self):
        delta = rollsync.diff(b"basis", b"new")
        cancel = rollsync.Cancel()
        with self.assertRaises(rollsync.CancelledError):
            rollsync.patch(Endless(cancel.cancel), delta, cancel=cancel)
        cancel = rollsync.Cancel()
        with self.assertRaises(rollsync.CancelledError):
            rollsync.PatchJob(Endless(cancel.cancel), cancel=cancel)

    def test_while_the_basis_is_checked(self):
        # The delta is the sealed one; so the basis is read, which goes on and on.
        class Long(io.RawIOBase):
            def __init__(self, act):
                self.act, self.reads = act, 0

            def seekable(self):
                return True

            def tell(self):
                return 0

            def seek(self, offset, whence=0):
                return offset

            def read(self, size):
                self.reads += 1
                if self.reads == 100:
                    self.act()
                return bytes(min(size, 4096))

        cancel = rollsync.Cancel()
        basis, new = pair(44, 50_000)
        with self.assertRaises(rollsync.CancelledError):
            rollsync.patch(Long(cancel.cancel), rollsync.diff(basis, new), cancel=cancel)

    def test_time(self):
        limits, path = rollsync.Limits(time=0.2), self.sparse(4 << 40)
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        # A literal as long as the file.
        begun = self.sparse(2 << 40)
        with begun.open("r+b") as file:
            file.write(b"rs\x026\x44\0\0\x01\0\0\0\0\0")
        (self.folder / "delta").write_bytes(rollsync.diff(b"basis", b"new"))
        # The same with a seal, as far as one can tell without reading all of it.
        sealed = self.sparse(3 << 40)
        with sealed.open("r+b") as file:
            file.write(b"rs\x026\x44\0\0\x02\0\0\0\0\0")
            file.seek(-128, os.SEEK_END)
            file.write(rollsync.diff(b"basis", b"new")[-128:])
        basis, other, made = (self.folder / name for name in ("basis", "other", "made"))
        basis.write_bytes(b"basis")
        other.write_bytes(b"of another length")
        little = rollsync.Limits(time=0.2, output=1000)

        def write():
            try:
                with pipe.open("wb", buffering=0) as file:
                    while file.write(EndlessBytes().read(4096)):
                        pass
            except BrokenPipeError:
                pass

        writer = threading.Thread(target=write)
        writer.start()
        for work in (
            lambda: rollsync.signature(path, os.devnull, limits=limits),
            lambda: rollsync.signature(EndlessBytes(), limits=limits),
            lambda: rollsync.patch(EndlessBytes(), rollsync.diff(b"", b""), limits=limits),
            lambda: rollsync.patch(pipe, self.folder / "delta", self.folder / "made", limits=limits),
            lambda: rollsync.inspect(begun, limits=limits),
            # Before a basis is refused, and after a limit is reached, the delta is read to its end.
            lambda: rollsync.patch(other, sealed, made, limits=limits),
            lambda: rollsync.patch(basis, sealed, made, limits=little),
        ):
            began = time.monotonic()
            with self.assertRaises(rollsync.LimitError) as caught:
                work()
            self.assertLess(time.monotonic() - began, 10)
            self.assertEqual((caught.exception.resource, caught.exception.limit), ("time", 200))
            self.assertGreater(caught.exception.needed, 200)
        writer.join()
        self.assertFalse((self.folder / "made").exists())

    def test_jobs(self):
        cancel = rollsync.Cancel()
        job = rollsync.SignatureJob(cancel=cancel)
        job.feed(b"some")
        cancel.cancel()
        with self.assertRaises(rollsync.CancelledError):
            job.feed(b"more")

    def test_ctrl_c(self):
        # Half an hour of work on bytes that no Python code touches.
        path, output = self.sparse(4 << 40), self.folder / "made"
        old = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, old)
        sums = rollsync.signature(b"")
        job = rollsync.PatchJob(path)
        # A literal as long as the file.
        begun = self.sparse(2 << 40)
        with begun.open("r+b") as file:
            file.write(b"rs\x026\x44\0\0\x01\0\0\0\0\0")
        for work in (
            lambda: rollsync.signature(path, output, threads=1),
            lambda: rollsync.signature(path, output, threads=2),
            lambda: rollsync.delta(sums, path, "/dev/null"),
            lambda: rollsync.digest(path),
            lambda: rollsync.inspect(begun),
            # A copy of the whole file.
            lambda: rollsync.patch(path, b"rs\x026\x48\0\0\0\x04\0\0\0\0\0\0", "/dev/null"),
            lambda: [job.feed(b"rs\x026\x48\0\0\0\x04\0\0\0\0\0\0", 1 << 20)] + [job.feed(b"", 1 << 20) for _ in iter(int, 1)],
        ):
            timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
            began = time.monotonic()
            with self.assertRaises(KeyboardInterrupt):
                timer.start()
                work()
            self.assertLess(time.monotonic() - began, 10)
            timer.join()
            self.assertFalse(output.exists())


class Progress(Sparse):
    def test_it_is_told(self):
        path = self.sparse(64 << 20)
        told = []
        rollsync.signature(path, os.devnull, progress=told.append)
        self.assertEqual((told[0].phase, told[0].bytes_in, told[0].total_in), ("signature", 0, 64 << 20))
        self.assertEqual(told[-1].bytes_in, 64 << 20)
        self.assertGreater(told[-1].bytes_out, 0)
        self.assertEqual([report.bytes_in for report in told], sorted(report.bytes_in for report in told))

    def test_the_end_of_each_phase_is_told(self):
        basis, new = pair(31)
        told = []
        delta = rollsync.delta(rollsync.signature(basis), Piped(new), progress=told.append)
        last = {report.phase: report for report in told}
        self.assertEqual(list(last), ["load", "delta"])
        self.assertEqual((last["delta"].bytes_in, last["delta"].total_in), (len(new), None))
        self.assertEqual(last["delta"].bytes_out, len(delta))
        told = []
        job = rollsync.PatchJob(basis, progress=told.append)
        job.feed(delta)
        job.finish()
        self.assertEqual((told[-1].phase, told[-1].bytes_in, told[-1].bytes_out), ("patch", len(delta), len(new)))

    def test_what_it_raises_stops_the_work(self):
        path, output = self.sparse(4 << 40), self.folder / "made"

        def refuse(report):
            raise ZeroDivisionError(report.phase)

        def refuse_later(report):
            if report.bytes_in:
                refuse(report)

        for told in (refuse, refuse_later):
            with self.assertRaisesRegex(ZeroDivisionError, "signature"):
                rollsync.signature(path, output, progress=told)
            self.assertFalse(output.exists())

    def test_work_that_is_done_stays_done(self):
        output, hooked = self.folder / "made", []
        calls = []

        def refuse(report):
            calls.append(report)
            if len(calls) > 1:
                raise ZeroDivisionError

        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda raised: hooked.append(raised.exc_type)
        stats = rollsync.signature(b"basis", output, progress=refuse)
        self.assertEqual(hooked, [ZeroDivisionError])
        self.assertEqual(output.stat().st_size, stats.bytes_out)

    def test_it_may_cancel(self):
        cancel = rollsync.Cancel()
        with self.assertRaises(rollsync.CancelledError):
            rollsync.signature(self.sparse(4 << 40), os.devnull, cancel=cancel, progress=lambda _: cancel.cancel())


class Threads(Sparse):
    def test_two_threads_at_once(self):
        pairs = [pair(seed, 2_000_000) for seed in (41, 42)]
        expected = [rollsync.diff(*pair) for pair in pairs]
        # Each waits in the middle of its work until the other is there as well.
        barrier, made = threading.Barrier(2, timeout=60), [None, None]

        def work(which):
            basis, new = pairs[which]
            waited = []

            def told(report):
                if not waited:
                    waited.append(report)
                    barrier.wait()

            made[which] = rollsync.diff(basis, new, progress=told)

        threads = [threading.Thread(target=work, args=(which,)) for which in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(made, expected)

    def test_one_signature_for_many_threads(self):
        basis, new = pair(43)
        loaded = rollsync.load(rollsync.signature(basis))
        news = [new[at:] for at in (0, 999, 77_777, 300_000)]
        made = [None] * len(news)

        def work(which):
            made[which] = rollsync.delta(loaded, news[which])

        threads = [threading.Thread(target=work, args=(which,)) for which in range(len(news))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(made, [rollsync.delta(loaded, new) for new in news])

    def test_the_interpreter_is_free_while_it_works(self):
        path, turns = self.sparse(1 << 30), 0
        worker = threading.Thread(target=rollsync.signature, args=(path, os.devnull))
        worker.start()
        while worker.is_alive():
            turns += 1
            time.sleep(0.001)
        # With the interpreter held until the work is done, there would be one or two.
        self.assertGreater(turns, 20)
