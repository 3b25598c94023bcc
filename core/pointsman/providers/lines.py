"""Cutting a byte stream into lines, wherever the network cut it."""

from __future__ import annotations

from pointsman.errors import ResponseError

CAP = 1024 * 1024
"""Bytes one line, or one event, may have."""


class Lines:
    """An incremental splitter: CRLF, LF and CR all end a line.

    Work is linear in the bytes fed, also when a line arrives one byte at a time.
    """

    __slots__ = ("_after_cr", "_cap", "_parts", "_size")

    def __init__(self, cap: int = CAP) -> None:
        self._cap = cap
        self._parts: list[bytes] = []
        self._size = 0
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that `chunk` completes, without their ends.

        Raises:
            ResponseError: A line is longer than the cap.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[:1] == b"\n":  # the second half of a CRLF that was cut in two
                chunk = chunk[1:]
        if not chunk:
            return []
        lines = chunk.splitlines()
        ended = chunk[-1:] in {b"\n", b"\r"}
        self._after_cr = chunk[-1:] == b"\r"
        if self._parts and (ended or len(lines) > 1):
            lines[0] = b"".join((*self._parts, lines[0]))
            self._parts, self._size = [], 0
        if not ended:
            rest = lines.pop()
            self._parts.append(rest)
            self._size += len(rest)
        if max(map(len, lines), default=0) > self._cap or self._size > self._cap:
            raise ResponseError(f"a line of the stream is longer than {self._cap} bytes", maybe_billed=True)
        return lines

    def end(self) -> bytes:
        """What is left when the stream ends without a line end."""
        rest = b"".join(self._parts)
        self._parts, self._size = [], 0
        return rest
