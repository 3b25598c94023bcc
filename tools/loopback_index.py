"""A package index on 127.0.0.1 that takes whatever is uploaded, and remembers in which order it came."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field, frozen

_FILE = re.compile(rb'filename="([^"]+)"')
_SIGNED = re.compile(rb'name="attestations"')


@frozen
class Upload:
    """A file that was uploaded.

    Attributes:
        name: Of the file.
        signed: Whether attestations came with it.
    """

    name: str
    signed: bool


@define
class LoopbackIndex:
    """The index. Its `uploads` are in the order in which they came."""

    port: int = 0
    uploads: list[Upload] = field(factory=list)

    @property
    def url(self) -> str:
        """Where to upload."""
        return f"http://127.0.0.1:{self.port}/upload/"

    @classmethod
    @contextmanager
    def in_thread(cls) -> Iterator[LoopbackIndex]:
        """A running one."""
        index = cls()

        class Handler(_Handler):
            taken = index.uploads

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            index.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, name="loopback index", daemon=True)
            thread.start()
            try:
                yield index
            finally:
                server.shutdown()
                thread.join()


class _Handler(BaseHTTPRequestHandler):
    taken: list[Upload]

    def do_POST(self) -> None:
        body = b"".join(self._body())
        names = _FILE.findall(body)
        self.taken.extend(Upload(name.decode(), bool(_SIGNED.search(body))) for name in names)
        self.send_response(200 if names else 400)
        self.send_header("content-length", "0")
        self.end_headers()

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("transfer-encoding") != "chunked":
            yield self.rfile.read(int(self.headers.get("content-length", 0)))
            return
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
