"""JSON as it comes over the wire: exact, bounded, never a surprise."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import ResponseError
from pointsman.http import Answer


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"{",
        b"<html>",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"\xff",
        b"[" * 200_000,
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000,
    ],
    ids=range(11),
)
def test_what_is_not_json(body: bytes, exact: bool) -> None:
    """One clean error, whatever it is."""
    with pytest.raises(ResponseError) as caught:
        Answer(200, {}, body).json(exact=exact)

    assert (caught.value.status, caught.value.maybe_billed) == (200, True)


@pytest.mark.parametrize("body", [b"9" * 5_000, b"-" + b"1" * 100_000, b"1e999999999", b"1.5e-99999999"])
def test_absurd_numbers_are_refused_where_money_is_read(body: bytes) -> None:
    """They would cost minutes to handle."""
    with pytest.raises(ResponseError):
        Answer(200, {}, body).json(exact=True)


def test_money_is_exact() -> None:
    """A fraction is a `Decimal` of the digits that were sent."""
    parsed = Answer(200, {}, b'{"a": 0.1, "b": 1e-7, "c": 3, "d": "0.30", "e": 0.0}').json(exact=True)

    assert parsed == {"a": Decimal("0.1"), "b": Decimal("1E-7"), "c": 3, "d": "0.30", "e": Decimal("0.0")}
    assert [type(value) for value in parsed.values()] == [Decimal, Decimal, int, str, Decimal]


@pytest.mark.parametrize("exact", [False, True])
def test_a_byte_order_mark(exact: bool) -> None:
    """Some editors leave one behind."""
    assert Answer(200, {}, b"\xef\xbb\xbf[1]").json(exact=exact) == [1]


def test_the_message_shows_the_beginning_without_keys() -> None:
    """A person sees that it was a login page, and no key."""
    with pytest.raises(ResponseError) as caught:
        Answer(200, {}, b"<html>\n  sk-abcdefghijklmnop " + b"x" * 1000).json()

    assert "'<html> [redacted] xxx" in str(caught.value)
    assert len(str(caught.value)) < 250


def test_the_body_is_not_shown() -> None:
    """An answer's representation holds no text of a conversation."""
    assert "secret" not in repr(Answer(200, {}, b"secret"))


def test_a_number_that_is_none_spoils_no_answer() -> None:
    """In an object: where money is read exactly, it still does."""
    answer = Answer(200, {}, b'{"text": "well \\ud83d", "p": NaN}')

    assert answer.json() == {"text": "well �", "p": None}
    with pytest.raises(ResponseError):
        answer.json(exact=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_both_readers_agree(value: object) -> None:
    """Without fractions, exact or not is the same."""
    answer = Answer(200, {}, orjson.dumps(value))

    assert answer.json() == answer.json(exact=True) == value
