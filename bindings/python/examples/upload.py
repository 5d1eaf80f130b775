"""Differential upload over HTTP: of a changed file, only what is new goes over the wire.

- ``GET /file`` answers with the signature of what the server has; its ``ETag`` says which version that is;
- ``PATCH /file`` brings the delta, with ``If-Match``: the server applies it to that version or not at all, and the file changes
  all at once, when the delta's seal holds;
- the answer is the digest of what is there now, which the client compares with its own.

Neither side trusts the other's lengths. Run it: it starts a server on a free port and uploads to it.

    python upload.py
"""

from __future__ import annotations

import http.client
import shutil
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO

import rollsync

#: The longest file that the server makes, and the longest request that it takes, in bytes.
FILE_MAX = 1 << 30
REQUEST_MAX = 2 * FILE_MAX
#: What the client takes of a server's signature, and the memory to search it.
OF_SIGNATURE = rollsync.Limits(records=1 << 20, memory=256 << 20)


class Handler(BaseHTTPRequestHandler):
    """The server's side: two requests, and one file."""

    file: Path
    #: Of two uploads at once, one is for a version that is no longer there.
    lock = threading.Lock()
    #: Seconds that a client may take to send or to receive something.
    timeout = 60

    def do_GET(self) -> None:
        with self.lock, self.file.open("rb") as basis:
            signature = rollsync.signature(basis)
            etag = rollsync.digest(self.file).blake3
        self.answer(200, signature, etag)

    def do_PATCH(self) -> None:
        length = int(self.headers.get("Content-Length", -1))
        if not 0 <= length <= REQUEST_MAX:
            self.close_connection = True
            return self.answer(413, b"no length, or too long")
        with tempfile.TemporaryFile() as delta:
            # Who is slow to send keeps nobody waiting.
            shutil.copyfileobj(Body(self.rfile, length), delta)
            delta.seek(0)
            self.apply(delta)

    def apply(self, delta: BinaryIO) -> None:
        with self.lock:
            if self.headers.get("If-Match") != rollsync.digest(self.file).blake3:
                return self.answer(412, b"another version is here: ask for its signature")
            try:
                rollsync.patch(
                    self.file, delta, self.file, seal_check="required", limits=rollsync.Limits(output=FILE_MAX)
                )
            except rollsync.Error as error:
                return self.answer(422, f"{error.kind}: {error}".encode())
            digest = rollsync.digest(self.file)
        self.answer(200, digest.blake3.encode())

    def answer(self, status: int, body: bytes, etag: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class Body:
    """A request's body as a file object."""

    def __init__(self, stream: BufferedIOBase, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        piece = self.stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece


def upload(host: str, port: int, file: Path) -> tuple[int, int]:
    """Makes the server's file the same as ``file``; how many bytes came, and how many went."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.request("GET", "/file")
    response = connection.getresponse()
    signature = response.read()
    with tempfile.TemporaryFile() as delta:
        made = rollsync.delta(rollsync.load(signature, limits=OF_SIGNATURE), file, delta)
        delta.seek(0)
        headers = {"If-Match": response.headers["ETag"], "Content-Length": str(made.bytes_out)}
        connection.request("PATCH", "/file", body=delta, headers=headers)
        response = connection.getresponse()
        answer = response.read().decode()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{response.status} {answer}")
    if answer != rollsync.digest(file).blake3:
        raise RuntimeError("the server has another file now")
    return len(signature), made.bytes_out


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder) / "theirs", Path(folder) / "ours"
        old = b"".join(b"line %d of a file that is on both sides\n" % line for line in range(50_000))
        new = old.replace(b"line 700 ", b"line seven hundred ") + b"and a last line\n"
        theirs.write_bytes(old)
        ours.write_bytes(new)

        Handler.file = theirs
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            port = server.server_port
            came, went = upload("127.0.0.1", port, ours)
            assert theirs.read_bytes() == new
            print(f"{len(new)} bytes to upload: {came} bytes of signature came, {went} bytes of delta went")

            # A version that is no longer there, a delta that is cut, and one of a few bytes that asks for an enormous file.
            now = rollsync.digest(theirs).blake3
            delta = rollsync.diff(new, old)
            for etag, body, status in (
                (rollsync.digest(old).blake3, delta, 412),
                (now, delta[:-1], 422),
                (now, b"rs\x026\x48\0\0\0\x01\0\0\0\0\0\0", 422),
            ):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("PATCH", "/file", body=body, headers={"If-Match": etag})
                response = connection.getresponse()
                assert response.status == status, (response.status, response.read())
                print(status, response.read().decode())
                connection.close()
            assert theirs.read_bytes() == new
            server.shutdown()


if __name__ == "__main__":
    main()
