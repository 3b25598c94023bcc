"""What a loopback server received, and what it is to reply: broken bytes included."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Self

import orjson
from attrs import evolve, field, frozen


@frozen
class Received:
    """One request as it came in.

    Attributes:
        method: ``GET``, ``POST`` …
        path: Without the query.
        query: Decoded; the last of a repeated name.
        headers: Lower-case names.
        body: Raw.
        target: Path and query as they were on the wire.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    target: str = ""

    def json(self) -> Any:
        """The parsed body; None when there is none."""
        return orjson.loads(self.body) if self.body else None


@frozen
class Reply:
    """What to send back.

    Attributes:
        status: HTTP status.
        headers: As sent; ``content-length`` or chunked encoding is added where it is missing.
        body: Its pieces: bytes are sent, a number is a pause in seconds.
        delay: Seconds before the first byte of the head.
        cut: Close the connection after so many bytes of the body.
        end: End the body properly after so many bytes, as if that were all.
        stall: Go silent for ever after so many bytes of the body.
        raw: Send exactly these bytes instead of all else, then close.
    """

    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    body: tuple[bytes | float, ...] = ()
    delay: float = 0.0
    cut: int | None = None
    end: int | None = None
    stall: int | None = None
    raw: bytes | None = None

    @classmethod
    def json(cls, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Self:
        """A JSON body."""
        return cls(status, {"content-type": "application/json", **(headers or {})}, (orjson.dumps(value),))

    @classmethod
    def sse(cls, events: Iterable[object], *, pace: float = 0.0, done: str | None = "[DONE]") -> Self:
        r"""Server-sent events, one piece each.

        Args:
            events: Bytes and text go out as they are (``: ping\n\n``); anything else as ``data:`` with its
                JSON.
            pace: Seconds between two events.
            done: Text of a last event; None sends none.
        """
        pieces: list[bytes | float] = []
        for event in events:
            pieces += [_event(event), pace] if pace else [_event(event)]
        if done is not None:
            pieces.append(b"data: " + done.encode() + b"\n\n")
        return cls(200, {"content-type": "text/event-stream"}, tuple(pieces))

    @classmethod
    def ndjson(cls, lines: Iterable[object], *, pace: float = 0.0) -> Self:
        """One JSON value per line."""
        pieces: list[bytes | float] = []
        for line in lines:
            text = orjson.dumps(line) + b"\n"
            pieces += [text, pace] if pace else [text]
        return cls(200, {"content-type": "application/x-ndjson"}, tuple(pieces))

    @classmethod
    def recorded(cls, recording: Mapping[str, Any], *, seed: int | None = None) -> Self:
        """The answer of a recorded exchange.

        Args:
            recording: ``{"request": …, "response": {"status", "headers", "body_json" | "body_text" |
                "body_base64"}}``.
            seed: Cut the body into pieces at random places, the same ones for the same seed.
        """
        response = recording["response"]
        body = _recorded_body(response)
        # What describes the transfer described the recorder's connection, not this one.
        dropped = {"content-length", "transfer-encoding", "content-encoding", "connection"}
        headers = {
            name: str(value[0] if isinstance(value, list) else value)
            for name, value in (response.get("headers") or {}).items()
            if name.lower() not in dropped
        }
        whole = cls(response.get("status") or 200, headers, (body,))
        return whole if seed is None else whole.shredded(seed)

    @property
    def content(self) -> bytes:
        """The body in one piece."""
        return b"".join(piece for piece in self.body if isinstance(piece, bytes))

    def shredded(self, seed: int, longest: int = 40) -> Self:
        """The same body in pieces of 1 to `longest` bytes (longer where it is huge), cut by `seed`."""
        chance, content = random.Random(seed), self.content  # noqa: S311 - must repeat, needs no secrecy
        longest = max(longest, len(content) // 500)
        pieces, start = [], 0
        while start < len(content):
            end = start + chance.randint(1, longest)
            pieces.append(content[start:end])
            start = end
        return evolve(self, body=tuple(pieces))

    def head(self, *, chunked: bool) -> bytes:
        """The status line and the headers."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        names = {name.lower() for name in self.headers}
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if chunked:
            lines.append("transfer-encoding: chunked")
        elif "content-length" not in names:
            lines.append(f"content-length: {len(self.content)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _event(event: object) -> bytes:
    if isinstance(event, str):
        return event.encode()
    return event if isinstance(event, bytes) else b"data: " + orjson.dumps(event) + b"\n\n"


def _recorded_body(response: Mapping[str, Any]) -> bytes:
    if "body_text" in response:
        return str(response["body_text"]).encode()
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    return orjson.dumps(response["body_json"]) if "body_json" in response else b""
