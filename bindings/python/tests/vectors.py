"""The golden vectors: `testing/vectors/golden.json`, in the notation that its README explains."""

import hashlib
import json
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[3] / "testing/vectors/golden.json"
FORMATS = {
    "72730136": "rollsum-md4",
    "72730137": "rollsum-blake2",
    "72730146": "rk-md4",
    "72730147": "rk-blake2",
}


def load():
    return json.loads(GOLDEN.read_text())


def data(segments):
    return b"".join(map(segment, segments))


def segment(segment):
    ((kind, value),) = segment.items()
    if kind == "hex":
        return bytes.fromhex(value)
    if kind == "rep":
        return bytes.fromhex(value[0]) * value[1]
    if kind == "lcg":
        return lcg(*value)
    if kind == "sub":
        return data(value[0])[value[1] : value[2]]
    raise ValueError(kind)


def lcg(state, count):
    made = bytearray(count)
    for at in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        made[at] = state >> 56
    return bytes(made)


def matches(expected, made):
    """Whether the bytes are those that were recorded."""
    if "hex" in expected:
        return made.hex() == expected["hex"]
    return (hashlib.sha256(made).hexdigest(), len(made)) == (expected["sha256"], expected["len"])


def parameters(case):
    """What a case asks of a signature, in the binding's keywords."""
    strong_len = {0: "max", -1: "min"}.get(case["strong_len_arg"], case["strong_len_arg"])
    return {
        "format": FORMATS[case["magic"]],
        "block_len": case["block_len_arg"] or None,
        "strong_len": strong_len,
    }
