"""Events and lines of JSON arrive whole, however the network cut them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import anyio
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import ResponseError
from pointsman.wire.streams import Body, Event, Reader, events, objects

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
        (b'data: a\n\ndata: {"b": 1}', [Event("a"), Event('{"b": 1}')]),
        (b'data: a\n\ndata: {"b": 1', [Event("a")]),
        (b'event: x\ndata: {"b":\ndata: 1}', [Event('{"b":\n1}', "x")]),
        (b"data: a\n\ndata: [DONE]", [Event("a"), Event("[DONE]")]),
        (b'\xef\xbb\xbf{"a":\n\n1}\n', [Body('{"a":\n\n1}\n')]),
        (b'\n\r\n  [{"a": 1}]', [Body('[{"a": 1}]')]),
        (b"\n   \n data: a\n\ndata: b\n\n", [Event("b")]),
        (b" " * 2000 + b"{}\n\ndata: a\n\n", [Event("a")]),
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


VALUES = st.none() | st.integers(-9, 9) | st.text(max_size=9)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=3)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n"])


def objects_of(body: bytes, cuts: Sequence[int] = (), cap: int = 1000) -> list[Mapping[str, Any]]:
    """The objects of a body cut at these places."""
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]

    async def pieces() -> AsyncIterator[bytes]:
        for start, end in pairwise(places):
            yield body[start:end]

    async def collect() -> list[Mapping[str, Any]]:
        return [obj async for obj in objects(pieces(), cap=cap)]

    return anyio.run(collect)


@given(st.lists(OBJECTS, max_size=5), ENDS, st.lists(st.integers(0, 999)))
def test_objects_are_read_as_they_were_written(
    written: list[dict[str, Any]], end: bytes, cuts: list[int]
) -> None:
    """Any objects, any line ends, any cuts; the last line needs no end."""
    body = end.join(orjson.dumps(obj) for obj in written)

    assert written == objects_of(body, cuts)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'\n\n{"a": 1}\n\n{"b": 2}', [{"a": 1}, {"b": 2}]),
        (b'{\n  "a": 1,\n\n  "b": {\n  }\n}\n', [{"a": 1, "b": {}}]),
        (
            b'\xef\xbb\xbf{"a": NaN}\n{"b": "\\ud83d"}\n{"b": "\\udc1f"}\n',
            [{"a": None}, {"b": ""}, {"b": "\U0001f41f"}],
        ),
    ],
)
def test_lines_of_objects(body: bytes, expected: list[Mapping[str, Any]]) -> None:
    """Or one object over several lines."""

    async def run() -> list[Mapping[str, Any]]:
        async def source() -> AsyncIterator[bytes]:
            for place in range(0, len(body), 3):
                yield body[place : place + 3]

        return [obj async for obj in objects(source())]

    assert expected == anyio.run(run)


@pytest.mark.parametrize("body", [b'{"a": 1}\n{"a', b"[]\n", b"null\n", b"<html>\n"])
def test_what_is_no_object_is_an_error(body: bytes) -> None:
    """A malformed or foreign line is never skipped."""
    with pytest.raises(ResponseError):
        objects_of(body)


@pytest.mark.parametrize("cuts", [(), tuple(range(200))])
def test_a_line_is_bounded(cuts: Sequence[int]) -> None:
    """No line grows past the cap, in one piece or byte by byte."""
    with pytest.raises(ResponseError, match="64 bytes"):
        objects_of(b'{"a": "' + b"x" * 100 + b'"}\n', cuts, cap=64)
