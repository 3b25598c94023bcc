"""One answer as it is parsed: the callbacks of llhttp, and what has come so far."""

from __future__ import annotations

import httptools

from pointsman.http.faults import MalformedError, UnansweredError
from pointsman.http.library import httpx

HEAD_BYTES = 1 << 17
"""Of all headers together, interim answers and trailers included."""

HEAD_FIELDS = 2000

_FRAMING_SHARE = 16  # bytes of chunk framing that one byte of a body may cost; the smallest chunks cost 6
_FIRST_FINAL = 200  # statuses below are interim (RFC 9110 15.2)


class Answer:
    """One answer. Made anew for each request, so nothing of one can reach the next.

    Attributes:
        status: 0 until the head is whole.
        fields: Headers as they came.
        headed: Whether the head is whole.
        done: Whether all of it has come.
        keep: Whether its connection may carry another request; False until it is done.
        error: Why there will be no more of it.
        parts: The body that came and was not taken.
        buffered: Its bytes.
        seen: Bytes received for it, of whatever kind.
    """

    __slots__ = (
        "_bare",
        "_body",
        "_framed",
        "_head",
        "_parser",
        "buffered",
        "done",
        "error",
        "fields",
        "headed",
        "keep",
        "parts",
        "seen",
        "status",
    )

    def __init__(self, *, bare: bool = False) -> None:
        """Nothing has come yet.

        Args:
            bare: It has no body whatever its head says, as after ``HEAD``.
        """
        self._bare = bare
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._body = self._head = self.buffered = self.seen = self.status = 0
        self._framed = self.headed = self.done = self.keep = False
        self.error: Exception | None = None
        self.fields: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    @property
    def ready(self) -> bool:
        """Whether there is something to look at."""
        return self.headed or self.error is not None

    def feed(self, data: bytes) -> None:
        """Take in what was received; it may be cut anywhere."""
        parser = self._parser
        if parser is None:  # nobody asked for more
            self.keep = False
            return
        self.seen += len(data)
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.fail(MalformedError("a change of protocol nobody asked for"))
        except httptools.HttpParserError as error:
            # After the end of the answer it is the surplus that is broken: the answer stands.
            if not self.done:
                self.fail(MalformedError(str(error.__context__ or error)))
            self.keep = False
        if self.seen - self._body > HEAD_BYTES + _FRAMING_SHARE * self._body and not self.done:
            self.fail(MalformedError("the answer has more framing than content"))
        if self.done or self.error is not None:
            self._parser = None  # it knows this object: a circle that only the collector would find

    def fail(self, error: Exception) -> None:
        """There will be no more of it; the first reason counts."""
        self.keep = False
        if self.error is None and not self.done:
            self.error = error

    def lost(self, reason: Exception | None) -> None:
        """The connection was closed.

        Args:
            reason: None when the other side closed it in order.
        """
        self.keep = False
        self._parser = None
        if self.done or self.error is not None:
            return
        if self.headed and not self._framed and reason is None:
            self.done = True  # a body that ends with its connection
            return
        error: Exception = httpx.RemoteProtocolError("the connection was closed inside the answer")
        if not self.seen:
            error = UnansweredError("the connection was closed before any answer")
        error.__cause__ = reason
        self.error = error

    def leave(self) -> None:
        """Nobody wants the rest of it."""
        self._parser = None

    def take(self) -> bytes:
        """The body that has come since the last time."""
        parts, self.parts, self.buffered = self.parts, [], 0
        return parts[0] if len(parts) == 1 else b"".join(parts)

    # -- called by the parser; whatever is raised here ends the parsing -------------------------------------

    def on_message_begin(self) -> None:
        if self.done:
            raise ValueError("a second answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value)
        if self._head > HEAD_BYTES or len(self.fields) >= HEAD_FIELDS:
            raise ValueError("the answer's head is too large")
        if self.headed:  # a trailer: nobody asked for any
            return
        if len(name) in {14, 17}:
            lower = name.lower()
            if lower in {b"content-length", b"transfer-encoding"}:
                if self._framed:
                    raise ValueError("the end of the answer is named twice")
                if len(lower) > len("content-length") and value.strip().lower() != b"chunked":
                    raise ValueError("a transfer coding nobody asked for")
                self._framed = True
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code() if self._parser is not None else 0
        if status < _FIRST_FINAL:
            self.fields, self._framed = [], False
            return
        self.status, self.headed = status, True
        if self._bare:
            self.done = True

    def on_body(self, body: bytes) -> None:
        if not self.done:
            self.parts.append(body)
            self.buffered += len(body)
            self._body += len(body)

    def on_message_complete(self) -> None:
        if self.headed and not self.done:
            self.done, self.keep = True, self._parser is not None and self._parser.should_keep_alive()
