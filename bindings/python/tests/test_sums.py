import contextlib
import hashlib
import io
import random
import re
import unittest
from pathlib import Path

import rollsync
from rollsync import sums

PAGE = Path(__file__).resolve().parents[1] / "docs/algorithm.md"


def rollsum(block):
    """Both halves by their definition: librsync adds 31 to every byte."""
    first = sum(byte + 31 for byte in block)
    second = sum((len(block) - at) * (byte + 31) for at, byte in enumerate(block))
    return (second & 0xFFFF) << 16 | first & 0xFFFF


def rabin_karp(block):
    digest = 1
    for byte in block:
        digest = (digest * 0x08104225 + byte) & 0xFFFFFFFF
    return digest


class Sums(unittest.TestCase):
    def setUp(self):
        self.data = random.Random(51).randbytes(3000)

    def test_known_values(self):
        self.assertEqual(sums.weak(b"abc"), 0x66298923)
        self.assertEqual(sums.weak(b"abc", "rollsum"), 0x03040183)
        self.assertEqual(sums.strong(b"abc"), hashlib.blake2b(b"abc", digest_size=32).digest())
        self.assertEqual(sums.strong(b"abc", "md4").hex(), "a448017aaf21d8525fc10ae87aa6729d")

    def test_definitions(self):
        for length in (0, 1, 2, 63, 64, 65, 1000, 3000):
            block = self.data[:length]
            self.assertEqual(sums.weak(block, "rollsum"), rollsum(block))
            self.assertEqual(sums.weak(block, "rabinkarp"), rabin_karp(block))
            self.assertEqual(sums.strong(block), hashlib.blake2b(block, digest_size=32).digest())

    def test_they_are_those_of_a_signature(self):
        for format, weak, strong in (("rk-blake2", "rabinkarp", "blake2"), ("rollsum-md4", "rollsum", "md4")):
            loaded = rollsync.load(rollsync.signature(self.data, format=format, block_len=1000))
            for number, (weak_sum, strong_sum) in enumerate(loaded):
                block = self.data[number * 1000 :][:1000]
                self.assertEqual((weak_sum, strong_sum), (sums.weak(block, weak), sums.strong(block, strong)))

    def test_rolling(self):
        for kind in ("rabinkarp", "rollsum"):
            window = sums.RollingSum(self.data[:100], kind)
            for at in range(500):
                self.assertEqual((len(window), window.digest), (100, sums.weak(self.data[at : at + 100], kind)))
                window.rotate(self.data[at], self.data[at + 100])
            window.roll_in(7)
            window.roll_out(self.data[500])
            self.assertEqual(window.digest, sums.weak(self.data[501:600] + b"\7", kind))
            window = sums.RollingSum(kind=kind)
            self.assertEqual(window.digest, sums.weak(b"", kind))
            window.update(b"some")
            self.assertEqual(window.digest, sums.weak(b"some", kind))

    def test_wrong_use(self):
        for call in (lambda: sums.weak(b"", "crc"), lambda: sums.strong(b"", "md5"), lambda: sums.RollingSum(kind="crc")):
            with self.assertRaises(rollsync.ParamError):
                call()
        with self.assertRaises(IndexError):
            sums.RollingSum().roll_out(1)
        with self.assertRaises(IndexError):
            sums.RollingSum().rotate(1, 2)
        with self.assertRaises(rollsync.ParamError):
            sums.RollingSum().roll_in(256)


class Page(unittest.TestCase):
    """The page on the algorithm says what is so."""

    def setUp(self):
        self.code, self.use = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)

    def test_thirty_lines(self):
        lines = [line for line in self.code.splitlines() if line.strip()]
        self.assertLessEqual(len(lines), 30)

    def test_it_runs(self):
        names, printed = {}, io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(self.code + self.use, names)
        self.assertRegex(printed.getvalue(), r"^\d{3} blocks found, \d+ bytes new\n$")

    def test_it_finds_what_the_engine_finds(self):
        page = {}
        exec(self.code, page)
        dice = random.Random(52)
        basis = dice.randbytes(64 * 300)
        new = basis[:5000] + b"new" + basis[5000:9000] + dice.randbytes(200) + basis[7000:]
        found = list(page["delta"](page["signature"](basis), new))
        self.assertEqual(page["patch"](basis, found), new)
        literals = sum(len(it) for it in found if isinstance(it, bytes))
        engine = rollsync.inspect(rollsync.diff(basis, new, block_len=64, profile="librsync-2.3.2"))
        self.assertEqual(literals, engine.literal_bytes)
