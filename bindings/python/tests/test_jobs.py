import asyncio
import contextlib
import gc
import io
import os
import tempfile
import time
import unittest
import weakref
from pathlib import Path

import rollsync
from pieces import Piped, cut, feed, pair


class Jobs(unittest.TestCase):
    """Jobs that are fed in pieces make what the calls make."""

    def setUp(self):
        self.basis, self.new = pair(11)
        self.sums = rollsync.signature(self.basis)
        self.delta = rollsync.delta(self.sums, self.new)

    def test_cut_at_random_places(self):
        for seed in range(12):
            with self.subTest(seed=seed):
                job = rollsync.SignatureJob(len(self.basis))
                self.assertEqual(feed(job, self.basis, seed), self.sums)
                self.assertEqual(feed(rollsync.DeltaJob(self.sums), self.new, seed), self.delta)
                patch = rollsync.PatchJob(self.basis, seal_check="required")
                self.assertEqual(feed(patch, self.delta, seed), self.new)
                self.assertTrue(patch.stats.verified)
                self.assertTrue(patch.done)

    def test_what_is_made_comes_out_at_once(self):
        job = rollsync.SignatureJob(block_len=512, seal=False)
        self.assertEqual(len(job.feed(b"")), 12)
        # A batch of blocks is hashed side by side; then their records are there.
        self.assertGreater(len(job.feed(bytes(512 * 64))), 0)
        self.assertEqual(job.finish() + job.finish(), b"")
        self.assertTrue(job.done)

    def test_bases_of_every_kind(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.basis)
            file.flush()
            for basis in (self.basis, file.name, io.BytesIO(self.basis), open(file.name, "rb"), Piped(self.basis)):
                self.assertEqual(feed(rollsync.PatchJob(basis), self.delta, 5), self.new)
                if hasattr(basis, "close"):
                    basis.close()

    def test_a_long_copy_is_given_in_pieces(self):
        with tempfile.NamedTemporaryFile() as file:
            os.truncate(file.name, 1 << 30)
            job = rollsync.PatchJob(file.name, limits=rollsync.Limits(output=1 << 30))
            # One copy of 2^30 bytes from offset 0, and END.
            made = len(job.feed(b"rs\x026\x47\0\x40\0\0\0\0", 1 << 20))
            self.assertEqual(made, 1 << 20)
            self.assertFalse(job.needs_input)
            while not job.needs_input:
                piece = len(job.feed(b"", 1 << 24))
                self.assertLessEqual(piece, 1 << 24)
                made += piece
            self.assertEqual(made, 1 << 30)
            self.assertEqual(job.finish(), b"")

    def test_after_the_end(self):
        job = rollsync.DeltaJob(self.sums)
        job.feed(self.new)
        job.finish()
        with self.assertRaisesRegex(rollsync.ParamError, "finished"):
            job.feed(b"more")

    def test_a_patch_is_right_when_it_is_finished(self):
        job = rollsync.PatchJob(self.basis)
        job.feed(self.delta[:-1])
        with self.assertRaises(rollsync.CorruptError):
            job.finish()
        other = bytes([self.basis[0] ^ 1]) + self.basis[1:]
        job = rollsync.PatchJob(other)
        job.feed(self.delta)
        with self.assertRaises(rollsync.MismatchError):
            job.finish()
        plain = rollsync.delta(self.sums, self.new, seal=False)
        job = rollsync.PatchJob(self.basis, seal_check="required")
        job.feed(plain)
        with self.assertRaisesRegex(rollsync.MismatchError, "not sealed"):
            job.finish()

    def go_on(self, job, raised):
        """What comes out of a job whose first feed raises."""
        with self.assertRaises(raised):
            job.feed(self.delta)
        self.assertFalse(job.needs_input)
        self.assertFalse(job.done)
        pieces = [job.feed(b"", 1000)]
        self.assertEqual(len(pieces[0]), 1000)
        self.assertFalse(job.needs_input)
        pieces += [job.feed(b""), job.finish()]
        self.assertTrue(job.done)
        self.assertTrue(job.stats.verified)
        return b"".join(pieces)

    def test_nothing_is_lost_when_the_callback_raises(self):
        raised = []

        class Slow(io.BytesIO):
            def read(self, size):
                # Longer than the pause between two reports.
                time.sleep(0 if raised else 0.06)
                return super().read(size)

        def told(report):
            if report.bytes_out and not raised:
                raised.append(report)
                raise ZeroDivisionError

        job = rollsync.PatchJob(Slow(self.basis), progress=told)
        self.assertEqual(self.go_on(job, ZeroDivisionError), self.new)

    def test_nothing_is_lost_when_the_basis_would_block(self):
        class Blocking(io.BytesIO):
            blocked = False

            def read(self, size):
                if not self.blocked and self.tell() > 400_000:
                    self.blocked = True
                    raise BlockingIOError
                return super().read(size)

        self.assertEqual(self.go_on(rollsync.PatchJob(Blocking(self.basis)), BlockingIOError), self.new)

    def test_finish_may_be_called_again(self):
        finishing = []

        def told(report):
            # The last report is told when all is made.
            if finishing:
                finishing.clear()
                raise KeyboardInterrupt

        job = rollsync.PatchJob(self.basis, progress=told)
        made = job.feed(self.delta, 10)
        finishing.append(True)
        with self.assertRaises(KeyboardInterrupt):
            job.finish()
        self.assertEqual(made + job.finish(), self.new)

    def test_a_load_that_has_failed_says_so_again(self):
        # As little as suffices for the records, but not for an index of them.
        for memory in range(1000, 100_000, 1000):
            job = rollsync.LoadJob(limits=rollsync.Limits(memory=memory))
            with contextlib.suppress(rollsync.LimitError):
                job.feed(self.sums)
                break
        said = []
        for _ in range(2):
            with self.assertRaises(rollsync.LimitError) as caught:
                job.finish()
            said.append(str(caught.exception))
        self.assertEqual(said[0], said[1])

    def test_the_basis_is_named(self):
        with tempfile.NamedTemporaryFile() as file:
            for basis in (self.basis[:1000], bytes(len(self.basis))):
                Path(file.name).write_bytes(basis)
                job = rollsync.PatchJob(file.name)
                job.feed(self.delta)
                with self.assertRaises(rollsync.MismatchError) as caught:
                    job.finish()
                self.assertEqual(caught.exception.path, file.name)

    def test_limits(self):
        job = rollsync.SignatureJob(block_len=64, limits=rollsync.Limits(records=10))
        with self.assertRaises(rollsync.LimitError) as caught:
            feed(job, self.basis, 1, limited=False)
        self.assertEqual((caught.exception.resource, caught.exception.limit), ("records", 10))
        with self.assertRaises(rollsync.ParamError):
            rollsync.SignatureJob(limits=rollsync.Limits(time=1.0))
        # Before anything is read.
        with self.assertRaisesRegex(rollsync.ParamError, "time"):
            rollsync.DeltaJob("missing", limits=rollsync.Limits(time=1.0))

    def test_a_signature_in_pieces(self):
        job = rollsync.LoadJob()
        for piece in cut(self.sums, 3):
            job.feed(piece)
        self.assertEqual(rollsync.delta(job.finish(), self.new), self.delta)
        self.assertEqual(len(job.finish()), rollsync.inspect(self.sums).blocks)

    def test_in_an_event_loop(self):
        async def upload():
            reader = asyncio.StreamReader()
            reader.feed_data(self.new)
            reader.feed_eof()
            job, made = rollsync.DeltaJob(self.sums), []
            while piece := await reader.read(50_000):
                made.append(await asyncio.to_thread(job.feed, piece))
            made.append(await asyncio.to_thread(job.finish))
            return b"".join(made)

        self.assertEqual(asyncio.run(upload()), self.delta)

    def test_the_garbage_collector_sees_through_them(self):
        class Holder:
            def told(self, report):
                pass

            def read(self, size):
                return b""

        def held(make):
            holder = Holder()
            holder.job = make(holder)
            return weakref.ref(holder)

        gone = [
            held(lambda holder: rollsync.SignatureJob(progress=holder.told)),
            held(lambda holder: rollsync.LoadJob(progress=holder.told)),
            held(lambda holder: rollsync.DeltaJob(self.sums, progress=holder.told)),
            held(lambda holder: rollsync.PatchJob(self.basis, progress=holder.told)),
        ]

        class Seekable(Holder, io.BytesIO):
            pass

        def basis():
            holder = Seekable()
            holder.job = rollsync.PatchJob(holder)
            return weakref.ref(holder)

        gone.append(basis())
        gc.collect()
        self.assertEqual([reference() for reference in gone], [None] * 5)

    def test_a_job_is_fed_by_one_thread_at_a_time(self):
        class Reentrant(io.BytesIO):
            def read(inner, size):
                with self.assertRaises(RuntimeError):
                    job.feed(b"")
                return super().read(size)

        job = rollsync.PatchJob(Reentrant(self.basis))
        self.assertEqual(job.feed(self.delta) + job.finish(), self.new)
