"""Reading feeds that somebody else writes: rows, tables, numbers."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import FeedError
from pointsman.sources import csv_rows, figure, money, per_million, percent, readable


def numbers(row: object) -> Iterator[int]:
    """A row's number; an exception for what is none."""
    yield int(str(row))


def test_what_can_be_read_stays(caplog: pytest.LogCaptureFixture) -> None:
    """A few bad rows are left out and counted in the log."""
    with caplog.at_level(logging.WARNING):
        found = readable("acme", [1, "x", 2, 3], numbers)

    assert found == (1, 2, 3)
    assert "acme: 1 of 4 rows cannot be read" in caplog.text


def test_a_row_counts_whole_or_not_at_all() -> None:
    """One that fails half-way has not said the first half."""

    def read(row: int) -> Iterator[int]:
        yield row
        if row == 2:
            raise ValueError("half-way")

    assert readable("acme", [1, 2, 3], read) == (1, 3)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "none of 0 rows says anything"),
        (["x", "y", 1], "2 of 3 rows cannot be read, the first because of ValueError"),
    ],
)
def test_a_feed_of_another_kind_is_refused(rows: list[Any], why: str) -> None:
    """It never passes for an empty list."""
    with pytest.raises(FeedError, match=why):
        readable("acme", rows, numbers)


def test_half_the_rows_may_be_bad() -> None:
    """Only more than that is another format."""
    assert readable("acme", [1, "x"], numbers) == (1,)


def test_what_a_row_provokes_is_reported_without_keys(caplog: pytest.LogCaptureFixture) -> None:
    """A feed may hold what looks like a secret; neither the log nor the error repeats it."""
    key = "sk-canary-0123456789abcdef0123456789"

    def read(row: str) -> Iterator[str]:
        if row != "ok":
            raise ValueError(row)
        yield row

    with caplog.at_level(logging.WARNING):
        readable("acme", ["ok", "ok", key], read)
    with pytest.raises(FeedError) as caught:
        readable("acme", [key], read)

    assert key not in caplog.text + str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$1,234.50", "1234.50"),
        (" 77.47% ", "77.47"),
        (0.1, "0.1"),
        (3, "3"),
        (Decimal("1E-8"), "1E-8"),
        ("-2", "-2"),
    ],
)
def test_a_figure_is_exact(written: object, read: str) -> None:
    """As people write it, and as it prints."""
    assert figure(written) == Decimal(read)


@pytest.mark.parametrize(
    "written",
    ["", "n/a", "NaN", "Infinity", float("nan"), float("inf"), True, None, [1], "1_000", "9" * 41, "1e31"],
)
def test_what_is_no_figure_is_none(written: object) -> None:
    """Never an exception, never a guess."""
    assert figure(written) is None


def test_a_share_lies_between_nothing_and_all() -> None:
    """Its ends included."""
    assert [percent(each) for each in ("0%", 100, "77.47%", -0.1, 100.1)] == [0.0, 100.0, 77.47, None, None]


def test_a_price_per_token_is_one_per_million_exactly() -> None:
    """To the last digit; below nothing it is no price."""
    assert [per_million(each) for each in ("0.00000008333333333333334", 2e-06, 0, -1, "x")] == [
        Decimal("0.08333333333333334"),
        Decimal(2),
        Decimal(0),
        None,
        None,
    ]


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.binary(), st.decimals()))
def test_no_value_brings_a_reader_down(value: object) -> None:
    """Whatever comes, it is finite or it is not there."""
    found = figure(value)

    assert found is None or found.is_finite()
    assert percent(value) is None or 0 <= percent(value) <= 100  # type: ignore[operator]  # asked above
    assert per_million(value) is None or per_million(value) >= 0  # type: ignore[operator]  # asked above


def test_a_table_is_read_by_its_names() -> None:
    """With a byte-order mark or without; short rows stay, cells without a name go."""
    body = "\ufeffmodel , score\n a , 1 \n\nb\nc,3,spare\n".encode()

    assert csv_rows("acme", body, ("model", "score")) == [
        {"model": "a", "score": "1"},
        {"model": "b", "score": ""},
        {"model": "c", "score": "3"},
    ]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff\xfe", "is no CSV table"),
        (b"name\n1", "has no column model"),
        (b"", "has no column model"),
        (b'model\n"' + b"x" * 200_000 + b'"', "is no CSV table"),
    ],
)
def test_what_is_no_table_is_refused(body: bytes, why: str) -> None:
    """Said, with what is missing; the limit is this reader's alone."""
    before = csv.field_size_limit()
    with pytest.raises(FeedError, match=why):
        csv_rows("acme", body, ("model",))

    assert csv.field_size_limit() == before


@given(st.binary(max_size=200))
def test_no_file_brings_it_down(body: bytes) -> None:
    """Whatever bytes come, there are rows or there is a `FeedError`."""
    try:
        found = csv_rows("acme", b"model\n" + body, ("model",))
    except FeedError:
        return

    assert all("model" in row for row in found)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (2, Decimal(2)),
        (0.1, Decimal("0.1")),
        (0, Decimal(0)),
        (-1, None),
        ("2", None),
        (True, None),
        (None, None),
    ],
)
def test_money_is_a_number_of_at_least_nothing(value: object, amount: Decimal | None) -> None:
    """Text is another format; what is below zero is no price."""
    assert money(value) == amount
