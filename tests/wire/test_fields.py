"""Single values from the wire are taken as what they are documented to be, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.wire.fields import (
    MOST_TOKENS,
    count,
    day,
    identifier,
    label,
    rows,
    string,
    table,
    usd,
    window,
)

WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    "name",
    ["gpt-4o", "meta-llama/Llama-4-8B:free", "@cf/qwen", "~a/b", "größe 7b", "a" * 200],
)
def test_ids_as_providers_write_them(name: str) -> None:
    """Ordinary ids pass untouched."""
    assert name == identifier(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " a",
        "a ",
        "a\r\nset-cookie: b",
        "a\nb",
        "\x1b[31mred",
        "<script>alert(1)</script>",
        'a"b',
        "a`b",
        "a\u202eb",
        "a\x00b",
        "a\ud800",
        "a" * 201,
        None,
        7,
        ["a"],
    ],
)
def test_hostile_ids(name: object) -> None:
    """What could end a line, a tag or a terminal sequence is no id."""
    assert identifier(name) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (12, 12),
        (MOST_TOKENS, MOST_TOKENS),
        (MOST_TOKENS + 1, None),
        (-1, None),
        (True, None),
        ("12", None),
        (12.0, 12),
        (float("inf"), None),
        (1.5, None),
        (None, None),
    ],
)
def test_counts(value: object, expected: int | None) -> None:
    """Only whole numbers that can be true are counts."""
    assert expected == count(value)


def test_a_window_of_nothing_is_not_said() -> None:
    """Zero tokens is a placeholder, not a limit."""
    assert (window(0), window(1)) == (None, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1715367049, date(2024, 5, 10)),
        ("2026-10-23", date(2026, 10, 23)),
        ("2026-02-28T23:30:00-05:00", date(2026, 3, 1)),
        ("2026-07-24T00:00:00Z", date(2026, 7, 24)),
        (0, None),
        (-5, None),
        (10**18, None),
        (True, None),
        ("soon", None),
        (None, None),
    ],
)
def test_days(value: object, expected: date | None) -> None:
    """Epoch seconds and ISO dates are days in UTC; all else is none."""
    assert expected == day(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5e-05, Decimal("0.00005")),
        ("0.000003", Decimal("0.000003")),
        (0, Decimal(0)),
        (Decimal("1.5"), Decimal("1.5")),
        (-1, None),
        ("-1", None),
        (float("nan"), None),
        (float("inf"), None),
        ("1e9999999", None),
        (100_001, None),
        (True, None),
        ("free", None),
        (None, None),
    ],
)
def test_money(value: object, expected: Decimal | None) -> None:
    """Amounts are exact; negative, absurd and unreadable ones are unknown."""
    assert expected == usd(value)


@given(WILD)
def test_nothing_fails(value: object) -> None:
    """Whatever is sent, a reader gives a value of its type or nothing."""
    assert isinstance(table(value), dict)
    assert isinstance(rows(value), list | tuple)
    assert isinstance(string(value), str)
    assert isinstance(count(value), int | None)
    assert isinstance(day(value), date | None)
    assert isinstance(usd(value), Decimal | None)
    assert isinstance(identifier(value), str | None)
    assert isinstance(label(value), str | None)
