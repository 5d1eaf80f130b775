import io
import itertools
import tempfile
import time
import unittest

import rollsync
from pieces import feed, pair


class Again(io.BytesIO):
    """A basis that does something else when it is read again from its beginning."""

    def __init__(self, data, act):
        super().__init__(data)
        self.act, self.from_beginning, self.reads = act, 0, 0

    def read(self, size):
        self.from_beginning += self.tell() == 0
        if self.from_beginning > 1:
            self.reads += 1
            self.act()
        # Little at a time.
        return super().read(min(size, 10_000))


class Faults(unittest.TestCase):
    """A patch job that has failed says which file is at fault."""

    def setUp(self):
        self.basis, _ = pair(41, 200_000)
        # Its beginning is copied once.
        self.new = self.basis[:120_300] + b"in between" + self.basis[109_600:]
        sums = rollsync.signature(self.basis, block_len=1000)
        self.delta = rollsync.delta(sums, self.new)
        self.plain = rollsync.delta(sums, self.new, seal=False)
        self.other = bytes([self.basis[0] ^ 1]) + self.basis[1:]

    def failed(self, kind, call, *arguments):
        with self.assertRaises(kind) as caught:
            call(*arguments)
        return caught.exception

    def finishing(self, job):
        """A job that is fed, and has no more to do than to finish."""
        for at in range(0, len(self.delta), 100):
            job.feed(self.delta[at : at + 100])
        return job

    def test_a_fed_job_fails_as_the_call(self):
        middle = len(self.delta) // 2
        flipped = self.delta[:middle] + bytes([self.delta[middle] ^ 1]) + self.delta[middle + 1 :]
        bases = (self.basis, self.basis[:3], b"", self.basis + b"more", self.other)
        deltas = (self.delta, self.plain, flipped, self.delta[:-5], self.plain[:-1], self.delta + b"more")
        seeds = itertools.count(1)
        for basis, delta, check in itertools.product(bases, deltas, ("if-there", "required", "ignored")):

            def outcome(make):
                try:
                    return make()
                except rollsync.Error as error:
                    return type(error), str(error), error.offset, error.path

            expected = outcome(lambda: rollsync.patch(basis, delta, seal_check=check))
            for seed in itertools.islice(seeds, 3):
                job = rollsync.PatchJob(basis, seal_check=check)
                self.assertEqual(outcome(lambda: feed(job, delta, seed)), expected)
                verified = expected == self.new and check != "ignored" and delta == self.delta
                self.assertEqual(job.stats.verified, verified)
                if isinstance(expected, tuple):
                    # Again, and in the same way.
                    self.assertEqual(outcome(job.finish), expected)

    def test_the_file_at_fault_is_told(self):
        job = self.finishing(rollsync.PatchJob(self.basis[:3]))
        error = self.failed(rollsync.MismatchError, job.finish)
        self.assertEqual(str(error), "basis: it has 3 bytes, the delta was made for a basis of 200000")
        job = self.finishing(rollsync.PatchJob(self.other))
        error = self.failed(rollsync.MismatchError, job.finish)
        self.assertRegex(str(error), "^basis: it is not the basis that the delta was made for: its BLAKE3")
        flipped = self.delta[:-1] + bytes([self.delta[-1] ^ 1])
        for basis in (self.basis, self.basis[:3], self.other):
            error = self.failed(rollsync.CorruptError, feed, rollsync.PatchJob(basis), flipped, 3)
            self.assertEqual(error.offset, len(self.plain))
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.basis[:3])
            file.flush()
            error = self.failed(rollsync.MismatchError, self.finishing(rollsync.PatchJob(file.name)).finish)
            self.assertEqual(error.path, file.name)
            self.assertIn(f"basis {file.name}: it has 3 bytes", str(error))
            # Nothing vouches for a plain delta.
            job = rollsync.PatchJob(file.name)
            job.feed(self.plain)
            error = self.failed(rollsync.InputEndedError, job.finish)
            self.assertEqual((error.path, error.offset), (file.name, 3))
        # Where no seal is looked for, it is told at once.
        job = rollsync.PatchJob(self.basis[:3], seal_check="ignored")
        self.failed(rollsync.InputEndedError, job.feed, self.delta)

    def test_the_new_file_is_wrong_when_nothing_else_is(self):
        class Flipping(Again):
            def read(self, size):
                piece = super().read(size)
                return bytes(len(piece)) if self.from_beginning < 2 else piece

        job = self.finishing(rollsync.PatchJob(Flipping(self.basis, lambda: None)))
        error = self.failed(rollsync.MismatchError, job.finish)
        self.assertRegex(str(error), "^new file: it came out as 210710 bytes")
        self.assertFalse(job.stats.verified)

    def test_reading_the_basis_again_can_be_cancelled(self):
        for wrong in (self.basis[:130_000], self.other):
            cancel = rollsync.Cancel()
            basis = Again(wrong, cancel.cancel)
            job = self.finishing(rollsync.PatchJob(basis, cancel=cancel))
            self.failed(rollsync.CancelledError, job.finish)
            self.assertEqual(basis.reads, 1)

    def test_nothing_is_lost_when_reading_it_again_is_stopped(self):
        class Stop(Exception):
            pass

        def told(report):
            if basis.from_beginning > 1 and not stops:
                stops.append(report)
                raise Stop

        def gone():
            if basis.reads == 2:
                raise OSError(5, "gone")

        stops = []
        # Longer than the pause between two reports.
        basis = Again(self.other, lambda: time.sleep(0 if stops else 0.06))
        job = self.finishing(rollsync.PatchJob(basis, progress=told))
        self.failed(Stop, job.finish)
        self.failed(rollsync.MismatchError, job.finish)
        # Each part was read once, and so was the end.
        self.assertEqual(basis.reads, len(self.other) // 10_000 + 1)

        basis = Again(self.other, gone)
        job = self.finishing(rollsync.PatchJob(basis))
        self.failed(OSError, job.finish)
        self.failed(rollsync.MismatchError, job.finish)
