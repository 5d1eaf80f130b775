"""The functions of python-librsync 0.1: ``from rollsync.compat import librsync`` instead of ``import librsync``.

Its files: signatures with rollsum and 8 bytes of MD4, deltas as librsync 2.3.2 writes them, no seals. New programs use
``rollsync`` itself.
"""

from __future__ import annotations

import tempfile
from typing import IO, Any, Callable

import rollsync

__all__ = [
    "LibrsyncError",
    "MAX_SPOOL",
    "RS_BLOCKED",
    "RS_DEFAULT_BLOCK_LEN",
    "RS_DEFAULT_STRONG_LEN",
    "RS_DONE",
    "RS_JOB_BLOCKSIZE",
    "TRACE_LEVELS",
    "debug",
    "delta",
    "patch",
    "signature",
]

RS_DONE = 0
RS_BLOCKED = 1
RS_JOB_BLOCKSIZE = 65536
RS_DEFAULT_STRONG_LEN = 8
RS_DEFAULT_BLOCK_LEN = 2048
MAX_SPOOL = 5 * 1024**2
TRACE_LEVELS = (0, 1, 2, 3, 4, 5, 6, 7)

_WORDS = {
    0: "OK",
    1: "blocked waiting for input or output buffers",
    2: "still running",
    100: "IO error",
    101: "bad command line syntax",
    102: "out of memory",
    103: "unexpected end of input",
    104: "bad magic number at start of stream",
    105: "unimplemented case",
    106: "stream corrupt",
    107: "library internal error",
}
_RESULTS = {
    "memory": 102,
    "input_ended": 103,
    "bad_magic": 104,
    "unsupported": 105,
    "corrupt": 106,
    "internal": 107,
    "param": 108,
}


class LibrsyncError(Exception):
    """What librsync says of a result code."""

    def __init__(self, result: int) -> None:
        super().__init__(_WORDS.get(result, "unexplained problem"))


def debug(level: int = 7) -> None:
    """Checks the level, and does nothing: the engine logs nothing."""
    assert level in TRACE_LEVELS, "Invalid log level %i" % level


def signature(f: IO[bytes], s: IO[bytes] | None = None, block_size: int = RS_DEFAULT_BLOCK_LEN) -> IO[bytes]:
    """Writes the signature of ``f`` to ``s``, or to a temporary file, and returns that, at its beginning."""
    _seekable(f)
    return _write(
        s,
        lambda output: rollsync.signature(
            f,
            output,
            format="rollsum-md4",
            block_len=block_size,
            strong_len=RS_DEFAULT_STRONG_LEN,
            seal=False,
        ),
    )


def delta(f: IO[bytes], s: IO[bytes], d: IO[bytes] | None = None) -> IO[bytes]:
    """Writes the delta of ``f`` against the signature ``s`` to ``d``, or to a temporary file, and returns that."""
    _seekable(f)
    return _write(d, lambda output: rollsync.delta(s, f, output, profile="librsync-2.3.2", seal=False))


def patch(f: IO[bytes], d: IO[bytes], o: IO[bytes] | None = None) -> IO[bytes]:
    """Writes what the delta ``d`` makes of ``f`` to ``o``, or to a temporary file, and returns that."""
    _seekable(f)
    return _write(o, lambda output: rollsync.patch(f, d, output, seal_check="ignored"))


def _seekable(f: Any) -> None:
    assert callable(getattr(f, "seek", None)), "Must provide seekable file-like object"


def _write(given: IO[bytes] | None, work: Callable[[IO[bytes]], Any]) -> IO[bytes]:
    output: Any = given
    if output is None:
        output = tempfile.SpooledTemporaryFile(max_size=MAX_SPOOL, mode="wb+")
    try:
        work(output)
    except rollsync.Error as error:
        raise LibrsyncError(_RESULTS.get(error.kind, 107)) from error
    if callable(getattr(output, "seek", None)):
        output.seek(0)
    made: IO[bytes] = output
    return made
