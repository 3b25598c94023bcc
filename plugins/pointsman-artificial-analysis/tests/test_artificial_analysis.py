"""Prices, scores and speed by Artificial Analysis, in both shapes of its API."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pointsman import FRACTION, PERCENT, Facts, FeedError, Rates, Score, Secret, Speed
from pointsman.errors import AuthenticationError
from pointsman.http import Answer
from pointsman.testing import BenchmarkSourceTests, FakeHttp, PricingSourceTests
from pointsman_artificial_analysis import (
    Config,
    Prices,
    Scores,
    pointsman_benchmark_sources,
    pointsman_pricing_sources,
)

CONFIG = Config(Secret("aa_not_a_real_key"))
FACTS = Facts(known_as=("alpaca-5",), released=date(2026, 3, 4))
BASE = "https://artificialanalysis.ai/api/v2"


def row(name: str = "Alpaca 5 (high)", **more: Any) -> dict[str, Any]:
    """One row of the paged shape."""
    return {
        "id": "1",
        "name": name,
        "slug": "alpaca-5",
        "release_date": "2026-03-04",
        "model_creator": {"name": "Acme"},
        "evaluations": {"artificial_analysis_intelligence_index": 24.5, "gpqa": 0.5, "unheard_of": 0.9},
        "pricing": {
            "price_1m_input_tokens": 0.06,
            "price_1m_output_tokens": 0.2,
            "price_1m_cache_hit_tokens": 0.015,
            "price_1m_cache_write_tokens": None,
        },
        "performance": {
            "median_output_tokens_per_second": 296.47,
            "median_time_to_first_token_seconds": 0.65,
        },
        **more,
    }


def page(*rows: dict[str, Any], more: bool = False) -> dict[str, Any]:
    """One page of the paged shape."""
    return {"tier": "pro", "pagination": {"page": 1, "has_more": more}, "data": list(rows)}


OLD = {
    "status": 200,
    "data": [
        {
            "name": "Beaver 2",
            "slug": "beaver-2",
            "model_creator": {"id": "x", "name": "Beta", "slug": "beta"},
            "evaluations": {"artificial_analysis_math_index": 87, "aime": 0.77, "hle": None},
            "pricing": {
                "price_1m_blended_3_to_1": 1.925,
                "price_1m_input_tokens": 1.1,
                "price_1m_output_tokens": 4.4,
            },
            "median_output_tokens_per_second": 153.831,
            "median_time_to_first_token_seconds": 0,
        }
    ],
}


class TestPrices(PricingSourceTests):
    """The price list passes the kit."""

    @pytest.fixture
    def source(self) -> Prices:
        return Prices(CONFIG)

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (page(row()),)


class TestScores(BenchmarkSourceTests):
    """The leaderboard passes the kit."""

    @pytest.fixture
    def source(self) -> Scores:
        return Scores(CONFIG)

    @pytest.fixture
    def feed(self) -> tuple[Any, ...]:
        return (page(row()),)


@pytest.mark.anyio
async def test_a_row_is_priced_exactly() -> None:
    """USD per million tokens as written, for the maker's own offer; what is not stated stays unknown."""
    (quote,) = await Prices(CONFIG).quotes(FakeHttp(page(row())))

    assert (quote.model, quote.provider, quote.rates, quote.facts) == (
        "Alpaca 5 (high)",
        "Acme",
        Rates(input=Decimal("0.06"), output=Decimal("0.2"), cache_read=Decimal("0.015")),
        FACTS,
    )


@pytest.mark.anyio
async def test_nobody_sells_what_costs_nothing_here() -> None:
    """Zero means that there is no price, not that it is free."""
    free = row(pricing={"price_1m_input_tokens": 0, "price_1m_output_tokens": 0})

    assert await Prices(CONFIG).quotes(FakeHttp(page(free))) == ()


@pytest.mark.anyio
async def test_evaluations_become_scores_of_their_category() -> None:
    """An index is in percent, an evaluation a fraction; one nobody has a category for is left out."""
    now, _, speed = rows = tuple(await Scores(CONFIG).scores(FakeHttp(page(row()))))
    expected = (
        Score(
            "Alpaca 5 (high)",
            "artificial_analysis_intelligence_index",
            "general",
            24.5,
            now.as_of,
            PERCENT,
            "Acme",
            facts=FACTS,
        ),
        Score("Alpaca 5 (high)", "gpqa", "reasoning", 0.5, now.as_of, FRACTION, "Acme", facts=FACTS),
        Speed("Alpaca 5 (high)", now.as_of, 296.47, 0.65, creator="Acme", facts=FACTS),
    )

    assert (rows, isinstance(speed, Speed)) == (expected, True)


@pytest.mark.anyio
async def test_each_evaluation_keeps_its_own_scale() -> None:
    """An index that subtracts what was made up runs from -100; the rest of the row are shares."""
    stated = {
        "aa_omniscience": -55.5,
        "aa_omniscience_non_hallucination": 0.25,
        "mmmu_pro": 0.5,
        "critpt": 0.125,
    }
    found = await Scores(CONFIG).scores(FakeHttp(page(row(evaluations=stated, performance=None))))

    assert [(each.category, each.value, each.scale.worst) for each in found if isinstance(each, Score)] == [
        ("factuality", -55.5, -100.0),
        ("factuality", 0.25, 0.0),
        ("vision", 0.5, 0.0),
        ("reasoning", 0.125, 0.0),
    ]


@pytest.mark.anyio
async def test_a_name_that_cannot_be_shown_is_not() -> None:
    """The slug stands in for it; a row with neither is left out."""
    quotes = await Prices(CONFIG).quotes(FakeHttp(page(row("a\x1b[2J"), row("\n", slug="b\n"))))

    assert [quote.model for quote in quotes] == ["alpaca-5"]


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["high", True, -1, 101, {"a": 1}])
async def test_what_is_no_score_is_left_out(value: Any) -> None:
    """Neither text nor a figure off the scale."""
    odd = row(evaluations={"artificial_analysis_intelligence_index": value}, performance=None)

    assert await Scores(CONFIG).scores(FakeHttp(page(odd))) == ()


@pytest.mark.anyio
async def test_the_older_shape_is_read_where_the_newer_is_not_served() -> None:
    """A 404 on the paged address leads to the older one; a speed of zero is not measured."""
    http = FakeHttp(Answer(404, {}, b"{}"), OLD)
    rows = tuple(await Scores(CONFIG).scores(http))
    stated = [
        (each.benchmark, each.category) if isinstance(each, Score) else each.time_to_first_token
        for each in rows
    ]

    assert (stated, [sent.url for sent in http.sent]) == (
        [("artificial_analysis_math_index", "math"), ("aime", "math"), None],
        [f"{BASE}/language/models", f"{BASE}/data/llms/models"],
    )


@pytest.mark.anyio
async def test_a_free_key_is_sent_to_the_free_address() -> None:
    """The paid one answers 403 to it; every page of the free one is read."""
    http = FakeHttp(Answer(403, {}, b"{}"), page(row("A 1"), more=True), page(row("B 1")))
    quotes = await Prices(CONFIG).quotes(http)

    assert ([quote.model for quote in quotes], [(sent.url, sent.params) for sent in http.sent[1:]]) == (
        ["A 1", "B 1"],
        [(f"{BASE}/language/models/free", {"page": "1"}), (f"{BASE}/language/models/free", {"page": "2"})],
    )


@pytest.mark.anyio
async def test_an_envelope_under_meta_is_read_too() -> None:
    """Implementers saw the paging there."""
    first = {"meta": {"pagination": {"has_more": True}}, "data": [row("A 1")]}

    assert len(tuple(await Prices(CONFIG).quotes(FakeHttp(first, page(row("B 1")))))) == 2


@pytest.mark.anyio
async def test_prices_and_scores_share_one_fetch() -> None:
    """Requests are counted per day; asked at the same time, both are answered by one."""
    http = FakeHttp(page(row()))
    quotes, scores = await asyncio.gather(Prices(CONFIG).quotes(http), Scores(CONFIG).scores(http))

    assert (len(tuple(quotes)), len(tuple(scores)), len(http.sent)) == (1, 3, 1)


@pytest.mark.anyio
async def test_another_key_is_another_fetch() -> None:
    """Two accounts do not see each other's rows."""
    http = FakeHttp(page(row("A 1")), page(row("B 1")))
    await Prices(CONFIG).quotes(http)
    (quote,) = await Prices(Config(Secret("aa_another_key"))).quotes(http)

    assert quote.model == "B 1"


@pytest.mark.anyio
async def test_the_key_goes_in_its_header_only() -> None:
    """Not into the address, where it would be logged."""
    http = FakeHttp(page(row()))
    await Prices(CONFIG).quotes(http)
    (sent,) = http.sent

    assert (sent.headers, "aa_not_a_real_key" in f"{sent.url}{sent.params}") == (
        {"x-api-key": "aa_not_a_real_key"},
        False,
    )


@pytest.mark.anyio
async def test_a_bad_key_is_said() -> None:
    """A 401 is not worked around."""
    with pytest.raises(AuthenticationError):
        await Prices(CONFIG).quotes(FakeHttp(Answer(401, {}, b"{}")))


@pytest.mark.anyio
async def test_an_answer_without_a_list_is_an_error() -> None:
    """The last good data then stays."""
    with pytest.raises(FeedError):
        await Prices(CONFIG).quotes(FakeHttp({"data": {"rows": []}}))


def test_both_sources_are_registered_under_one_name() -> None:
    """One key turns both on, by either of its variables."""
    named = [
        (each.name, each.create) for each in (*pointsman_pricing_sources(), *pointsman_benchmark_sources())
    ]

    assert named == [("artificial-analysis", Prices), ("artificial-analysis", Scores)]
