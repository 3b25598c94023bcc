"""Both sources pass the kit, and say exactly what the file says."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pointsman import FeedError, Quote, Rates, Score
from pointsman.testing import BenchmarkSourceTests, FakeHttp, PricingSourceTests
from pointsman_flatfile import Config, Flatfile

LIST = """
[[prices]]
model = "acme-large-2"
input = 2.10
output = 8.40

[[prices]]
model = "acme-small-2"
input = 0
output = 0.1

[[scores]]
model = "acme-large-2"
category = "coding"
value = 71.5
"""
AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)


def flatfile(folder: Path, text: str) -> Flatfile:
    """A file with this text, dated `AS_OF`."""
    path = folder / "list.toml"
    path.write_text(text)
    os.utime(path, (AS_OF.timestamp(), AS_OF.timestamp()))
    return Flatfile(Config(str(path)))


class TestPrices(PricingSourceTests):
    """The kit."""

    uses_network = False

    @pytest.fixture
    def source(self, tmp_path: Path) -> Flatfile:
        return flatfile(tmp_path, LIST)


class TestScores(BenchmarkSourceTests):
    """The kit."""

    uses_network = False

    @pytest.fixture
    def source(self, tmp_path: Path) -> Flatfile:
        return flatfile(tmp_path, LIST)


@pytest.mark.anyio
async def test_money_is_exact(tmp_path: Path) -> None:
    """A price is what is written, digit by digit, and as old as the file."""
    quotes = list(await flatfile(tmp_path, LIST).quotes(FakeHttp()))

    assert quotes == [
        Quote("acme-large-2", Rates(input=Decimal("2.10"), output=Decimal("8.40")), AS_OF),
        Quote("acme-small-2", Rates(input=Decimal(0), output=Decimal("0.1")), AS_OF),
    ]
    assert str(quotes[0].rates.input) == "2.10"


@pytest.mark.anyio
async def test_scores_are_read(tmp_path: Path) -> None:
    """On the usual scale, worst 0 and best 100."""
    scores = list(await flatfile(tmp_path, LIST).scores(FakeHttp()))

    assert scores == [Score("acme-large-2", "in-house", "coding", 71.5, AS_OF)]


@pytest.mark.anyio
async def test_a_table_may_be_missing(tmp_path: Path) -> None:
    """A file of scores alone has no prices."""
    assert await flatfile(tmp_path, "").quotes(FakeHttp()) == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[prices]]\nmodel = 'a'\ninput = 1\n", "KeyError: 'output'"),
        ("[[scores]]\ncategory = 'coding'\n", "KeyError: 'model'"),
        ("[[prices]]\nmodel = 'a'\ninput = 'x'\noutput = 1\n", "InvalidOperation: "),
        ("prices = 3", "TypeError: "),
        ("prices = ", "TOMLDecodeError: "),
    ],
)
async def test_a_wrong_file_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    """Never an empty list: the last good prices then stay."""
    source = flatfile(tmp_path, text)

    with pytest.raises(FeedError) as caught:
        await source.quotes(FakeHttp())

    assert str(caught.value).startswith(f"source flatfile: {source.config.path}: {problem}")


@pytest.mark.anyio
async def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """Where it should be is said."""
    with pytest.raises(FeedError, match=r"none\.toml: FileNotFoundError"):
        await Flatfile(Config(str(tmp_path / "none.toml"))).scores(FakeHttp())
