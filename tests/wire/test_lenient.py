"""JSON that is not quite JSON: what can be used of it is read, and every text can be written again."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.wire.lenient import Halves, loads

WILD = st.text(st.characters(), max_size=12)  # halves of characters among them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (b'{"a": NaN, "b": [Infinity, -Infinity, 1e999], "c": 2}', {"a": None, "b": [None] * 3, "c": 2}),
        (b'{"a": "x \\ud83d.", "\\udc1f": 1}', {"a": "x �.", "�": 1}),
        (b'{"a": "\\ud83d\\udc1f", "b": NaN}', {"a": "\U0001f41f", "b": None}),
        (b'{"a": "\xff"}', {"a": "�"}),
        (b'{"a": "two\nlines"}', {"a": "two\nlines"}),
    ],
)
def test_what_is_read_all_the_same(text: bytes | str, expected: dict[str, Any]) -> None:
    """It was paid for."""
    assert (expected, expected) == (loads(text), Halves().loads(text))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"<html>", b"NaN", b"[Infinity]", b'{"a": NaN', b'{"a":' * 200_000, b"{'a': 1}"]
)
def test_what_is_not(text: bytes) -> None:
    """Only objects are read leniently: an answer is one."""
    with pytest.raises(ValueError, match=r"."):
        loads(text)


def test_halves_are_joined_at_their_own_place() -> None:
    """What stands elsewhere, or stays empty, changes nothing; another text gives the half up."""
    halves = Halves()
    texts = ['{"a":["x\\ud83d"],"b":"y\\ud83d"}', '{"a":[""],"b":"z"}', '{"c":"q"}', '{"a":["\\udc1f"]}']

    assert [halves.loads(text) for text in texts] == [
        {"a": ["x"], "b": "y"},
        {"a": [""], "b": "�z"},
        {"c": "q"},
        {"a": ["\U0001f41f"]},
    ]


@given(st.lists(WILD, max_size=6))
def test_pieces_add_up_to_the_whole(pieces: list[str]) -> None:
    """Joined over all events, as if they had come in one; a half at the very end is never completed."""
    halves, whole = Halves(), "".join(pieces)
    found = "".join(halves.loads(json.dumps({"a": piece}))["a"] for piece in pieces)
    expected = whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    assert found in {expected, expected.removesuffix("�")}
    assert found.encode().decode() == found


@given(
    st.recursive(st.none() | WILD | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(WILD, inner))
)
def test_everything_read_can_be_written(value: object) -> None:
    """Whatever Python's own writer makes of wild values."""
    assert orjson.dumps(loads(json.dumps({"a": value})))
