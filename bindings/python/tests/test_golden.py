import random
import unittest

import rollsync
import vectors
from pieces import Piped, feed

KINDS = {103: "input_ended", 104: "bad_magic", 106: "corrupt", 108: "param"}


class Golden(unittest.TestCase):
    """What the real librsync made, and what it said: every case in one call, and in pieces."""

    @classmethod
    def setUpClass(cls):
        cls.vectors = vectors.load()

    def test_signatures(self):
        for case in self.vectors["signature"]:
            with self.subTest(case["name"]):
                basis, wanted = vectors.data(case["basis"]), vectors.parameters(case)
                source = basis if case["size_known"] else Piped(basis)
                made = rollsync.signature(source, seal=False, **wanted)
                self.assertTrue(vectors.matches(case["sig"], made))
                length = len(basis) if case["size_known"] else None
                job = rollsync.SignatureJob(length, seal=False, **wanted)
                self.assertEqual(feed(job, basis, len(basis)), made)

    def test_deltas(self):
        for case in self.vectors["delta"]:
            with self.subTest(case["name"]):
                basis, new = vectors.data(case["basis"]), vectors.data(case["new"])
                sums = rollsync.signature(basis, seal=False, **vectors.parameters(case))
                self.assertTrue(vectors.matches(case["sig"], sums))
                recorded = {"librsync-2.3.2": case["delta"], "librsync-2.3.4": case.get("delta_new", case["delta"])}
                for profile, expected in recorded.items():
                    made = rollsync.delta(sums, new, profile=profile, seal=False)
                    # The length of rdiff's input buffer, which shows when the basis is empty, is no option here.
                    if not (case.get("rdiff_args") and not basis):
                        self.assertTrue(vectors.matches(expected, made), profile)
                    job = rollsync.DeltaJob(sums, profile=profile, seal=False)
                    self.assertEqual(feed(job, new, len(new)), made)
                    if case["roundtrip"]:
                        self.assertEqual(rollsync.patch(basis, made), new)
                compact = rollsync.diff(basis, new, **vectors.parameters(case))
                if case["roundtrip"]:
                    self.assertEqual(rollsync.patch(basis, compact, seal_check="required"), new)

    def test_patches(self):
        for case in self.vectors["patch"]:
            with self.subTest(case["name"]):
                basis, delta = vectors.data(case["basis"]), vectors.segment(case["delta"])
                in_one = lambda: rollsync.patch(basis, delta, seal_check="ignored")
                in_pieces = lambda: feed(rollsync.PatchJob(basis, seal_check="ignored"), delta, len(delta))
                for patch in (in_one, in_pieces):
                    if case["exit"] == 0:
                        self.assertTrue(vectors.matches(case["output"], patch()))
                    else:
                        with self.assertRaises(rollsync.Error) as caught:
                            patch()
                        self.assertEqual(caught.exception.kind, KINDS[case["exit"]])

    def test_signatures_that_are_loaded(self):
        for case in self.vectors["loadsig"]:
            with self.subTest(case["name"]):
                sums, new = vectors.segment(case["sig"]), vectors.data(case["new"])

                def in_pieces():
                    job, dice = rollsync.LoadJob(), random.Random(len(sums))
                    at = 0
                    while at < len(sums):
                        size = dice.randint(0, 9)
                        job.feed(sums[at : at + size])
                        at += size
                    return job.finish()

                for load in (lambda: rollsync.load(sums), in_pieces):
                    if case["exit"] == 0:
                        delta = rollsync.delta(load(), new, profile="librsync-2.3.2", seal=False)
                        self.assertTrue(vectors.matches(case["delta"], delta))
                    else:
                        with self.assertRaises(rollsync.Error) as caught:
                            load()
                        self.assertEqual(caught.exception.kind, KINDS[case["exit"]])
