"""The list of llm-prices.com as prices."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import FeedError, Quote, Rates
from pointsman.http import Answer
from pointsman.sources import PriceFeed
from pointsman.testing import PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_llm_prices import Config, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
BEFORE = {"input": 2, "output": 8, "input_cached": 0.5, "from_date": None, "to_date": "2026-03-04"}
AFTER = {"input": 1.5, "output": 6, "input_cached": None, "from_date": "2026-03-04", "to_date": None}
ALPACA = {"id": "alpaca-5", "name": "Alpaca 5"}
HISTORY = {"prices": [{**ALPACA, "vendor": "acme", **AFTER}, {**ALPACA, "vendor": "acme", **BEFORE}]}
FILE = {"vendor": "acme", "models": [{**ALPACA, "price_history": [AFTER, BEFORE]}]}


def quotes(document: object) -> tuple[Quote, ...]:
    """What the list says."""
    return read(Answer(200, {}, json.dumps(document).encode()).json(exact=True), NOW)


class TestKit(PricingSourceTests):
    """The kit every price source passes."""

    @pytest.fixture
    def source(self) -> PriceFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (HISTORY,)


def test_a_price_holds_between_its_days() -> None:
    """From the beginning of the one to the beginning of the other; cached input where it is stated."""
    turn = datetime(2026, 3, 4, tzinfo=UTC)
    after, before = quotes(HISTORY)

    assert (after.rates, after.starts, after.ends) == (Rates(Decimal("1.5"), Decimal(6)), turn, None)
    assert (before.rates, before.starts, before.ends) == (
        Rates(Decimal(2), Decimal(8), cache_read=Decimal("0.5")),
        None,
        turn,
    )
    assert {(each.provider, each.name) for each in (after, before)} == {("acme", "Alpaca 5")}


def test_a_file_of_the_repository_says_the_same() -> None:
    """Flat or by vendor, it is one list."""
    assert quotes(FILE) == quotes(HISTORY)


def test_an_entry_without_a_price_costs_only_itself() -> None:
    """Nor does one without an id, or with a figure below zero."""
    row = {**ALPACA, "vendor": "acme", **AFTER}
    bad = [{**row, "id": "a\nb"}, {**row, "input": None, "output": -1}, 7, {**row, "vendor": None}]

    assert len(quotes({"prices": [row, *bad]})) == 1


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["prices", "vendor", "models", *ALPACA, *AFTER]), inner
        )
    ),
    max_leaves=20,
)


@given(WILD | st.fixed_dictionaries({"prices": WILD}))
def test_no_document_brings_it_down(document: Any) -> None:
    """Whatever JSON comes, there are quotes or there is a `FeedError`."""
    try:
        found = read(document, NOW)
    except FeedError:
        return

    assert all(isinstance(each, Quote) for each in found)


@pytest.mark.shared
def test_the_recorded_files_are_read(shared_data: Path) -> None:
    """Every vendor's file; a price the file shows."""
    files = sorted((shared_data / "pricing/llm_prices/data").glob("*.json"))
    found = [quote for file in files for quote in quotes(json.loads(file.read_text()))]
    haiku = next(each for each in found if each.model == "claude-3-haiku")

    assert (len(files), len(found) > 100) == (11, True)
    assert haiku.rates == Rates(Decimal("0.25"), Decimal("1.25"))
    assert any(each.starts for each in found)
