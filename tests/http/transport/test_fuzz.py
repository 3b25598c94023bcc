"""Wild input: cut anywhere, it is the same answer; whatever it is, it is an answer or one of our errors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import HttpRequest
from pointsman.errors import ProviderError
from pointsman.http import Client
from pointsman.http.transport.answer import Answer

from tests.http.transport.raw_server import CLOSE, RESET, RawServer, lean

pytestmark = lean

FIELDS = st.lists(
    st.tuples(st.sampled_from([b"x-a", b"X-B", b"set-cookie"]), st.sampled_from([b"", b"1", b"a; b"])),
    max_size=5,
)


@st.composite
def answers(draw: st.DrawFn) -> tuple[bytes, bool]:
    """A well-formed answer, and whether its body ends with the connection."""
    lines = [b"HTTP/1.1 %d Whatever" % draw(st.sampled_from([200, 201, 400, 429, 529]))]
    lines += [name + b": " + value for name, value in draw(FIELDS)]
    body = draw(st.binary(max_size=200))
    kind = draw(st.sampled_from(["length", "chunks", "connection"]))
    interim = draw(st.sampled_from([b"", b"HTTP/1.1 100 Continue\r\n\r\n"]))
    if kind == "length":
        lines.append(b"content-length: %d" % len(body))
    elif kind == "chunks":
        lines.append(b"transfer-encoding: chunked")
        size = draw(st.integers(1, 50))
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"
    return interim + b"\r\n".join(lines) + b"\r\n\r\n" + body, kind == "connection"


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """At these places."""
    marks = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(marks) if start < end]


def read(pieces: Sequence[bytes], *, closed: bool) -> tuple[object, ...]:
    """What an answer adds up to."""
    answer = Answer()
    for piece in pieces:
        answer.feed(piece)
    if closed:
        answer.lost(None)
    return answer.status, answer.fields, answer.take(), answer.done, answer.keep, type(answer.error)


@given(answers(), st.lists(st.integers(0, 10_000), max_size=12))
def test_an_answer_cut_anywhere_is_the_same(made: tuple[bytes, bool], places: list[int]) -> None:
    """One byte at a time, too."""
    raw, closed = made
    whole = read([raw], closed=closed)
    single = [raw[place : place + 1] for place in range(len(raw))]

    assert whole == read(cut(raw, places), closed=closed) == read(single, closed=closed)
    assert whole[3:] == (True, not closed, type(None))


@given(answers(), st.integers(1, 10_000))
def test_an_answer_that_ends_early_is_an_error(made: tuple[bytes, bool], place: int) -> None:
    """Unless its body ends with the connection, in which case nobody can tell."""
    raw, closed = made
    answer = Answer()
    answer.feed(raw[: place % len(raw) or 1])
    answer.lost(None)

    assert (answer.error is None) == answer.done
    assert answer.done <= closed or place % len(raw) == 0
    assert not answer.keep


PIECES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 200 OK\r\n",
            b"HTTP/1.1 100 \r\n\r\n",
            b"HTTP/1.1 101 Up\r\nupgrade: x\r\nconnection: upgrade\r\n",
            b"content-length: 5\r\n",
            b"content-length: 99999999999999999999\r\n",
            b"transfer-encoding: chunked\r\n",
            b"connection: close\r\n",
            b"content-encoding: gzip\r\n",
            b"\r\n",
            b"\n",
            b"5\r\nhello\r\n",
            b"hello",
            b"0\r\n\r\n",
            b"ffffffffffffffff\r\n",
            b"\0",
            b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen",
        ]
    ),
)
WILD = st.lists(PIECES, max_size=12)


@given(WILD, st.booleans())
def test_no_bytes_are_too_much(pieces: list[bytes], bare: bool) -> None:
    """The parser raises nothing, and what it says is consistent."""
    answer = Answer(bare=bare)
    for piece in pieces:
        answer.feed(piece)
        assert answer.buffered == sum(map(len, answer.parts))
        assert not (answer.keep and not answer.done)
        assert answer.status == 0 if not answer.headed else 200 <= answer.status <= 999
    answer.lost(None)

    assert answer.done != (answer.error is not None)
    assert not answer.keep


@pytest.mark.parametrize("end", [CLOSE, RESET, 0.0])
@settings(max_examples=60)
@given(script=WILD, pause=st.booleans())
def test_wild_servers(end: str | float, script: list[bytes], pause: bool) -> None:
    """An answer, or one of our errors, in time; and the next calls get answers of their own."""
    steps = [step for piece in script for step in ((piece, 0.0005) if pause else (piece,))]

    async def scene() -> tuple[list[bytes], int]:
        async with RawServer((*steps, end)) as server, Client("acme", read=0.15, connect=5.0) as client:
            with suppress(ProviderError):
                await client.request(HttpRequest("GET", server.url))
            while not server.played:  # noqa: ASYNC110 - surplus is to come while nobody asks
                await asyncio.sleep(0.001)
            found = [(await client.request(HttpRequest("GET", server.url))).body for _ in range(2)]
            return found, len(server.heads)

    found, heads = asyncio.run(scene())

    assert found == [b'{"n": %d}' % (heads - 1), b'{"n": %d}' % heads]
