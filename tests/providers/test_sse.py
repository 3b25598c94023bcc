"""Server-sent events arrive whole, however the network cut them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import ResponseError
from pointsman.providers.sse import Event, Reader, events

TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)
END = st.sampled_from(["\n", "\r\n", "\r"])


def read(body: bytes, cuts: Sequence[int] = ()) -> list[Event]:
    """The events of a body cut at these places."""
    reader = Reader()
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    pieces = (body[start:end] for start, end in pairwise(places))
    return [event for piece in pieces for event in reader.feed(piece)] + reader.end()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: a\n\n", [Event("a")]),
        (b"data:a\n\n", [Event("a")]),
        (b"data:  a\n\n", [Event(" a")]),
        (b"data: a\r\n\r\n", [Event("a")]),
        (b"data: a\r\r", [Event("a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event("a")]),
        (b"data: a\ndata: b\ndata\n\n", [Event("a\nb\n")]),
        (b"event: ping\ndata: {}\n\n", [Event("{}", "ping")]),
        (b"event: ping\n\ndata: a\n\n", [Event("a")]),
        (b": comment\n\n:\n\ndata: a\n\n", [Event("a")]),
        (b"id: 7\nretry: 10\nwhatever: x\ndata: a\n\n", [Event("a")]),
        (b"data: a: b\n\n", [Event("a: b")]),
        (b"data: \xff\n\n", [Event("�")]),
        (b"data: a\n", [Event("a")]),
        (b"data: a\n\ndata: hal", [Event("a")]),
        (b"", []),
        (b"\n\n\n", []),
    ],
)
def test_reads_the_format(body: bytes, expected: list[Event]) -> None:
    """Every form the format allows gives the events it means."""
    assert expected == read(body)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_cuts_do_not_matter(size: int) -> None:
    """Characters, line ends and the mark at the beginning may be cut in two."""
    body = "\ufeffevent: x\r\ndata: 東京 🚂\r\ndata: é\r\n\r\ndata: b\r\n\r\n".encode()

    assert [Event("東京 🚂\né", "x"), Event("b")] == read(body, range(0, len(body), size))


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), END, st.lists(st.integers(0, 10_000), max_size=20))
def test_what_was_written_is_read(written: list[tuple[str, str]], end: str, cuts: list[int]) -> None:
    """Any events, any line ends, any cuts."""
    wanted = [Event(data, name.lstrip()) for name, data in written]
    body = "".join(f"event: {event.name}{end}data: {event.data}{end}{end}" for event in wanted)

    assert wanted == read(body.encode(), cuts)


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_wild_bytes_read_the_same_however_cut(body: bytes, cuts: list[int]) -> None:
    """Nothing that is sent makes the reader fail or depend on the cuts."""
    assert read(body) == read(body, cuts)


@pytest.mark.parametrize(
    "body",
    [b"data: " + b"x" * 99, b"data: " + b"x" * 99 + b"\n\n", b"data: xxxxxxxxxx\n" * 9, b": " + b"x" * 99],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_an_event_is_bounded(body: bytes, size: int) -> None:
    """No event and no line grows past the cap, in one piece or byte by byte."""
    reader = Reader(cap=64)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]

    with pytest.raises(ResponseError, match="64 bytes") as caught:
        [reader.feed(piece) for piece in pieces]

    assert caught.value.maybe_billed is True


def test_many_small_events_are_not_bounded() -> None:
    """The cap is for one event, not for the stream."""
    reader = Reader(cap=64)

    assert sum(len(reader.feed(b"data: " + b"x" * 40 + b"\n\n")) for _ in range(1000)) == 1000


@pytest.mark.anyio
async def test_reads_a_stream() -> None:
    """The asynchronous face gives the same events, the last one without its blank line too."""

    async def body() -> AsyncIterator[bytes]:
        for piece in (b"da", b"ta: a\n", b"\nda", b"ta: b\n"):
            yield piece

    assert [Event("a"), Event("b")] == [event async for event in events(body())]
