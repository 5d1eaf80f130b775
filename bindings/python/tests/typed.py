"""Uses of the package with the types that mypy is to find; it is checked, and never run."""

import io
from pathlib import Path
from typing import BinaryIO

from typing_extensions import assert_type

import rollsync
from rollsync import sums
from rollsync.compat import librsync


def uses(path: Path, opened: BinaryIO) -> None:
    assert_type(rollsync.signature(b"basis"), bytes)
    assert_type(rollsync.signature(path, "made", block_len=512, strong_len="min"), rollsync.Stats)
    assert_type(rollsync.delta(rollsync.load(opened), memoryview(b"new"), limits=rollsync.Limits(output=1)), bytes)
    assert_type(rollsync.diff("old", path, io.BytesIO(), profile="librsync-2.3.4"), rollsync.Stats)
    assert_type(rollsync.patch(opened, bytearray(b"delta"), progress=lambda report: print(report.phase)), bytes)
    assert_type(rollsync.SignatureJob(7).feed(b""), bytes)
    assert_type(rollsync.LoadJob().finish(), rollsync.Signature)
    assert_type(sums.weak(b"block", "rollsum"), int)
    assert_type(rollsync.digest(path).blake3, str)
    rollsync.signature(b"basis", format="sha1")  # type: ignore[call-overload]
    rollsync.patch("basis")  # type: ignore[call-overload]
    librsync.patch(opened, librsync.delta(opened, librsync.signature(opened)))
    try:
        rollsync.inspect(path)
    except rollsync.LimitError as error:
        assert_type(error.needed, int)
        assert_type(error.kind, str)
