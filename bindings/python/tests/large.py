"""The whole work on 200 MB, in a process of its own: prints the most memory that it took, in KiB."""

import random
import sys
from pathlib import Path

import rollsync

MIB = 1 << 20


def main(folder, way):
    folder = Path(folder)
    names = ("basis", "new", "sums", "delta", "made")
    basis, new, sums, delta, made = (folder / name for name in names)
    write_pair(basis, new)
    {"paths": on_paths, "objects": on_objects, "jobs": on_jobs}[way](basis, new, sums, delta, made)
    assert rollsync.digest(made) == rollsync.digest(new)
    assert delta.stat().st_size < new.stat().st_size / 20
    print(peak())


def write_pair(basis, new):
    """200 MB without repetition; in the new file each MiB is a byte longer, and one in fifty is another."""
    dice = random.Random(61)
    with basis.open("wb") as old_file, new.open("wb") as new_file:
        for number in range(200_000_000 // MIB):
            part = dice.randbytes(MIB)
            old_file.write(part)
            new_file.write(b"+")
            new_file.write(part if number % 50 else dice.randbytes(MIB))


def on_paths(basis, new, sums, delta, made):
    rollsync.signature(basis, sums, sync=False)
    rollsync.delta(sums, new, delta, sync=False)
    assert rollsync.patch(basis, delta, made, sync=False).verified


def on_objects(basis, new, sums, delta, made):
    with basis.open("rb") as source, sums.open("wb") as target:
        rollsync.signature(source, target)
    with sums.open("rb") as first, new.open("rb") as second, delta.open("wb") as target:
        rollsync.delta(first, second, target)
    with basis.open("rb") as first, delta.open("rb") as second, made.open("wb") as target:
        assert rollsync.patch(first, second, target).verified


def on_jobs(basis, new, sums, delta, made):
    feed(rollsync.SignatureJob(basis.stat().st_size), basis, sums)
    feed(rollsync.DeltaJob(sums), new, delta)
    feed(rollsync.PatchJob(basis, seal_check="required"), delta, made)


def feed(job, source, target):
    with source.open("rb") as source, target.open("wb") as target:
        while piece := source.read(MIB):
            target.write(job.feed(piece, MIB))
            while not (job.needs_input or job.done):
                target.write(job.feed(b"", MIB))
        target.write(job.finish())


def peak():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise OSError("no VmHWM")


if __name__ == "__main__":
    main(*sys.argv[1:])
