"""Bytes cut at random places, and pairs of files that differ here and there."""

import io
import random


class Piped:
    """A file object that can only be read from front to back, a random number of bytes at once."""

    def __init__(self, data, seed=1):
        self.data, self.at, self.random = data, 0, random.Random(seed)

    def read(self, size):
        size = self.random.randint(1, size)
        piece = self.data[self.at : self.at + size]
        self.at += len(piece)
        return piece


class Bare:
    """A file object with no more than this."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def read(self, size):
        return self.data.read(size)

    def seek(self, offset):
        self.data.seek(offset)


def cut(data, seed):
    """The same bytes in pieces, some of them empty."""
    dice, at = random.Random(seed), 0
    while at < len(data):
        size = dice.choice((0, 1, dice.randint(1, 40), dice.randint(1, 5000), dice.randint(1, 400_000)))
        yield data[at : at + size]
        at += size


def feed(job, data, seed, limited=True):
    """Feeds a job in pieces, takes what comes out in other pieces, and finishes it."""
    dice, made = random.Random(seed), []
    for piece in cut(data, seed):
        made.append(job.feed(piece, dice.choice((-1, 1, 777, 100_000)) if limited else -1))
        while limited and not (job.needs_input or job.done):
            made.append(job.feed(b"", dice.randint(1, 300_000)))
    made.append(job.finish())
    return b"".join(made)


def pair(seed, length=600_000):
    """A basis, and a new file with much of it."""
    dice = random.Random(seed)
    basis = dice.randbytes(length)
    new, at = [], 0
    while at < length:
        kept = dice.randint(1, 60_000)
        new.append(basis[at : at + kept])
        new.append(dice.randbytes(dice.randint(0, 900)))
        at += kept + dice.choice((0, 0, dice.randint(1, 3000)))
    return basis, b"".join(new)
