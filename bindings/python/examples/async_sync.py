"""Jobs in an event loop: a file is brought up to date over a connection, while the loop goes on.

The server sends the signature of its file, the client answers with the delta piece by piece as it makes it, and the
server applies each piece as it comes. A job's work is done in a thread, so that other connections are served meanwhile. Each
connection has the version of the file that it began with; of two at once, the one that ends last leaves its own.

    python async_sync.py
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import rollsync

#: Bytes of each read, and of each piece of output.
PIECE = 256 << 10


async def serve(file: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with file.open("rb") as basis:
            signature = await asyncio.to_thread(rollsync.signature, basis)
            writer.write(len(signature).to_bytes(8, "big") + signature)
            await writer.drain()
            writer.write((await receive(file, basis, reader)).encode())
    except rollsync.Error as error:
        writer.write(error.kind.encode())
    except OSError:
        writer.write(b"io")
    finally:
        writer.close()
        await writer.wait_closed()


async def receive(file: Path, basis: BinaryIO, reader: asyncio.StreamReader) -> str:
    """Replaces the file by what the delta makes of the basis; its digest."""
    job = rollsync.PatchJob(basis, seal_check="required", limits=rollsync.Limits(output=1 << 30))
    # Beside the file, so that it can be renamed; nobody else has this name.
    output = tempfile.NamedTemporaryFile(dir=file.parent, prefix=".rollsync-", suffix=".tmp", delete=False)
    try:
        with output:
            while piece := await reader.read(PIECE):
                output.write(await asyncio.to_thread(job.feed, piece, PIECE))
                while not (job.needs_input or job.done):
                    output.write(await asyncio.to_thread(job.feed, b"", PIECE))
            # Until here what was written is part of no file; now the seal has held.
            output.write(await asyncio.to_thread(job.finish))
            output.flush()
            await asyncio.to_thread(os.fsync, output.fileno())
        shutil.copymode(file, output.name)
        digest = await asyncio.to_thread(rollsync.digest, output.name)
        os.replace(output.name, file)
    finally:
        Path(output.name).unlink(missing_ok=True)
    return digest.blake3


async def send(port: int, file: Path) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    job, left = rollsync.LoadJob(limits=rollsync.Limits(records=1 << 20)), int.from_bytes(await reader.readexactly(8), "big")
    while left:
        piece = await reader.read(min(left, PIECE))
        if not piece:
            raise ConnectionError("the signature is cut")
        left -= len(piece)
        await asyncio.to_thread(job.feed, piece)
    delta = rollsync.DeltaJob(await asyncio.to_thread(job.finish))
    with file.open("rb") as new:
        while piece := new.read(PIECE):
            writer.write(await asyncio.to_thread(delta.feed, piece))
            await writer.drain()
    writer.write(await asyncio.to_thread(delta.finish))
    writer.write_eof()
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return answer


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder) / "theirs", Path(folder) / "ours"
        old = b"".join(b"line %d of a file that is on both sides\n" % line for line in range(100_000))
        theirs.write_bytes(old)
        ours.write_bytes(old[:1_000_000] + b"something new" + old[1_000_000:])
        server = await asyncio.start_server(lambda *streams: serve(theirs, *streams), "127.0.0.1", 0)
        async with server:
            answer = await send(server.sockets[0].getsockname()[1], ours)
        assert answer == rollsync.digest(ours).blake3 == rollsync.digest(theirs).blake3, answer
        print("both have", answer)


if __name__ == "__main__":
    asyncio.run(main())
