"""Differential upload over HTTP: of a changed file, only what is new goes over the wire.

- ``GET /file`` answers with the signature of what the server has; its ``ETag`` says which version that is;
- ``PATCH /file`` brings the delta, with ``If-Match``: the server applies it to that version or not at all, and the file changes
  all at once, when the delta's seal holds;
- the answer is the digest of what is there now, which the client compares with its own.

Neither side trusts the other's lengths. Run it: it starts a server on a free port and uploads to it.

    python upload.py
"""

from __future__ import annotations

import contextlib
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
#: What the client takes of a server's signature, in bytes and in blocks, the memory to search it, and bytes of any other answer.
SIGNATURE_MAX = 40 << 20
OF_SIGNATURE = rollsync.Limits(records=1 << 20, memory=256 << 20)
ANSWER_MAX = 1 << 10


class Handler(BaseHTTPRequestHandler):
    """The server's side: two requests, and one file."""

    file: Path
    #: Of two uploads at once, one is for a version that is no longer there.
    lock = threading.Lock()
    #: Seconds that a client may take to send or to receive something.
    timeout = 60

    def do_GET(self) -> None:
        try:
            with self.lock:
                signature, etag = rollsync.signature(self.file), etag_of(self.file)
        except OSError:
            return self.answer(500, b"the file cannot be read")
        self.answer(200, signature, etag)

    def do_PATCH(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            self.close_connection = True
            return self.answer(400, b"the length of the delta is missing")
        if int(length) > REQUEST_MAX:
            self.close_connection = True
            return self.answer(413, b"the delta is too long")
        try:
            with tempfile.TemporaryFile() as delta:
                # Who is slow to send keeps nobody waiting.
                shutil.copyfileobj(Body(self.rfile, int(length)), delta)
                delta.seek(0)
                status, answer = self.apply(delta)
        except OSError:
            self.close_connection = True
            status, answer = 500, "the file cannot be read or written"
        self.answer(status, answer.encode())

    def apply(self, delta: BinaryIO) -> tuple[int, str]:
        with self.lock:
            if self.headers.get("If-Match") != etag_of(self.file):
                return 412, "another version is here: ask for its signature"
            try:
                rollsync.patch(
                    self.file, delta, self.file, seal_check="required", limits=rollsync.Limits(output=FILE_MAX)
                )
            except rollsync.Error as error:
                # Its words name files of the server.
                return 422, error.kind
            return 200, rollsync.digest(self.file).blake3

    def answer(self, status: int, body: bytes, etag: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def etag_of(file: Path) -> str:
    return f'"{rollsync.digest(file).blake3}"'


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
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=60)) as connection:
        connection.request("GET", "/file")
        response = connection.getresponse()
        signature, etag = response.read(SIGNATURE_MAX), response.headers.get("ETag") or ""
        if response.status != 200:
            raise RuntimeError(f"{response.status} {signature[:ANSWER_MAX].decode(errors='replace')}")
        if response.read(1):
            raise RuntimeError("the signature is too long")
        with tempfile.TemporaryFile() as delta:
            made = rollsync.delta(rollsync.load(signature, limits=OF_SIGNATURE), file, delta)
            delta.seek(0)
            headers = {"If-Match": etag, "Content-Length": str(made.bytes_out)}
            connection.request("PATCH", "/file", body=delta, headers=headers)
            response = connection.getresponse()
            answer = response.read(ANSWER_MAX).decode(errors="replace")
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

            # A version that is no longer there, a delta that is cut, one of a few bytes that asks for an enormous file; then
            # lengths that are none, or too much.
            now = etag_of(theirs)
            delta = rollsync.diff(new, old)
            for etag, body, length, status in (
                (f'"{rollsync.digest(old).blake3}"', delta, len(delta), 412),
                (now, delta[:-1], len(delta) - 1, 422),
                (now, b"rs\x026\x48\0\0\0\x01\0\0\0\0\0\0", 15, 422),
                (now, b"", "some", 400),
                (now, b"", REQUEST_MAX + 1, 413),
            ):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                headers = {"If-Match": etag, "Content-Length": str(length)}
                connection.request("PATCH", "/file", body=body, headers=headers)
                response = connection.getresponse()
                assert response.status == status, (response.status, response.read())
                print(status, response.read().decode())
                connection.close()
            assert theirs.read_bytes() == new
            theirs.unlink()
            try:
                upload("127.0.0.1", port, ours)
            except RuntimeError as refused:
                print(refused)
            server.shutdown()


if __name__ == "__main__":
    main()
