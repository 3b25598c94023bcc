"""Lines of JSON arrive whole, however the network cut them."""

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
from pointsman.providers.ndjson import objects

VALUES = st.none() | st.integers(-9, 9) | st.text(max_size=9)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=3)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n"])


def read(body: bytes, cuts: Sequence[int] = (), cap: int = 1000) -> list[Mapping[str, Any]]:
    """The objects of a body cut at these places."""
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]

    async def pieces() -> AsyncIterator[bytes]:
        for start, end in pairwise(places):
            yield body[start:end]

    async def collect() -> list[Mapping[str, Any]]:
        return [obj async for obj in objects(pieces(), cap=cap)]

    return anyio.run(collect)


@given(st.lists(OBJECTS, max_size=5), ENDS, st.lists(st.integers(0, 999)))
def test_what_was_written_is_read(written: list[dict[str, Any]], end: bytes, cuts: list[int]) -> None:
    """Any objects, any line ends, any cuts; the last line needs no end."""
    body = end.join(orjson.dumps(obj) for obj in written)

    assert written == read(body, cuts)


@pytest.mark.parametrize("body", [b'{"a": 1}\n{"a', b"[]\n", b"null\n", b"<html>\n", b'{"a": NaN}\n'])
def test_what_is_no_object_is_an_error(body: bytes) -> None:
    """A malformed or foreign line is never skipped."""
    with pytest.raises(ResponseError):
        read(body)


@pytest.mark.parametrize("cuts", [(), tuple(range(200))])
def test_a_line_is_bounded(cuts: Sequence[int]) -> None:
    """No line grows past the cap, in one piece or byte by byte."""
    with pytest.raises(ResponseError, match="64 bytes"):
        read(b'{"a": "' + b"x" * 100 + b'"}\n', cuts, cap=64)
