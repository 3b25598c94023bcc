"""Prices of the genai-prices package."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import ContextTier, Facts, FeedError, Quote, Rates, Variant
from pointsman.http import Answer
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman_genai_prices import Config, GenaiPrices, host, pointsman_pricing_sources, read

AT = datetime(2026, 8, 23, tzinfo=UTC)


def provider(**model: Any) -> list[dict[str, Any]]:
    """One provider with one model, as the fetched list writes it."""
    return [
        {
            "id": "acme",
            "api_pattern": "https://api\\.acme\\.example",
            "pricing_urls": ["https://acme.example/pricing"],
            "models": [{"id": "alpaca-5", "match": {"equals": "alpaca-5"}, "prices": {}, **model}],
        }
    ]


class TestInstalled(PricingSourceTests):
    """The installed list passes the kit and asks nobody."""

    uses_network = False

    @pytest.fixture
    def source(self) -> GenaiPrices:
        return GenaiPrices(Config(update=False))


def test_a_quote_has_everything_the_list_tells() -> None:
    """Rates exact and per million, whose offer it is, where it answers, and where a person can check."""
    prices = {
        "input_mtok": {"base": Decimal("1.5"), "tiers": [{"start": 200_000, "price": 3}]},
        "output_mtok": {"base": 6, "tiers": [{"start": 200_000, "price": Decimal("9.5")}]},
        "cache_read_mtok": Decimal("0.15"),
        "cache_write_mtok": 2,
        "cache_write_1h_mtok": 3,
        "requests_kcount": 5,
        "web_searches_kcount": 10,
    }
    expected = Quote(
        "alpaca-5",
        Rates(
            input=Decimal("1.5"),
            output=Decimal(6),
            cache_read=Decimal("0.15"),
            cache_write=Decimal(2),
            cache_write_1h=Decimal(3),
            request=Decimal("0.005"),
            search=Decimal("0.01"),
            tiers=(ContextTier(200_000, Decimal(3), Decimal("9.5")),),
        ),
        AT,
        provider="acme",
        url="https://acme.example/pricing",
        host="api.acme.example",
    )

    assert read(provider(prices=prices), AT) == (expected,)


def test_services_and_facts_are_read() -> None:
    """A service that holds now, by the name the provider gives it; neither a standard one nor a route."""
    soon, price = {"start_date": "2026-12-01"}, {"input_mtok": 1}
    variants = [
        {"when": {"processing": "batch"}, "prices": {"input_mtok": 2}, "constraint": soon},
        {"when": {"processing": "batch"}, "prices": price, "constraint": {"start_date": "2026-08-01"}},
        {"when": {"service_tier": "flex"}, "prices": price},
        {"when": {"service_tier": "flex"}, "prices": {"input_mtok": 7}},
        {"when": {"service_tier": "default"}, "prices": price},
        {"when": {"route": "eu"}, "prices": price},
        {"when": {"speed": "fast", "processing": "batch"}, "prices": price},
    ]
    (quote,) = read(provider(price_variants=variants, context_window=200_000), AT)
    one = Rates(Decimal(1))

    assert quote.variants == (Variant("batch", one), Variant("flex", one))
    assert quote.facts == Facts(context_window=200_000)


@pytest.mark.parametrize("price", [-1, "1", True, None, Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_price_is_unknown(price: Any) -> None:
    """Never negative, never a guess."""
    (quote,) = read(provider(prices={"input_mtok": price, "output_mtok": 2}), AT)

    assert quote.rates == Rates(output=Decimal(2))


def test_a_bad_row_costs_only_itself() -> None:
    """A day that is none, an id that cannot be shown, a row that is no table."""
    (listed,) = provider(prices={"input_mtok": 1})
    (good,) = listed["models"]
    odd = {**good, "id": "b", "match": None, "prices": [{"constraint": {"start_date": "soon"}, "prices": {}}]}
    rows = [good, good, {**good, "id": "a\x1b", "match": None}, odd]

    assert [quote.model for quote in read([{**listed, "models": rows}, 7], AT)] == ["alpaca-5"]


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=True) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "match", "prices", "price_variants", "when", "or"]), inner)
    ),
    max_leaves=20,
)


@given(st.lists(st.fixed_dictionaries({"id": st.just("acme"), "models": st.lists(WILD)}) | WILD))
def test_no_list_brings_it_down(providers: Any) -> None:
    """Whatever JSON comes, there are quotes or there is a `FeedError`."""
    try:
        found = read(providers, AT)
    except FeedError:
        return

    assert all(isinstance(each, Quote) for each in found)


@pytest.mark.shared
def test_the_recorded_edition_is_read(shared_data: Path) -> None:
    """Every id once per beginning, with what the file says of its window."""
    body = (shared_data / "pricing/genai_prices/data_v2.json").read_bytes()
    quotes = read(Answer(200, {}, body).json(exact=True), AT)
    keys = {(quote.provider, quote.model, quote.starts) for quote in quotes}
    windows = {(quote.provider, quote.model) for quote in quotes if quote.facts.context_window}

    assert len(quotes) == len(keys) > 1_466
    assert len(windows) >= 380


def test_only_ids_named_in_full_are_quoted() -> None:
    """A wider rule groups snapshots that cost different money; it is not followed."""
    match = {"or": [{"equals": "alpaca-5"}, {"equals": "alpaca-5-x"}, {"starts_with": "alpaca-5-"}]}

    assert [quote.model for quote in read(provider(match=match), AT)] == ["alpaca-5", "alpaca-5-x"]


def test_a_price_that_begins_on_a_day_is_a_quote_of_its_own() -> None:
    """The first holds from ever, the next from its day, midnight UTC."""
    prices = [
        {"prices": {"input_mtok": 2, "output_mtok": 8}},
        {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 1, "output_mtok": 4}},
    ]
    quotes = read(provider(prices=prices), AT)

    assert [(quote.starts, quote.rates.input) for quote in quotes] == [
        (None, Decimal(2)),
        (datetime(2026, 9, 1, tzinfo=UTC), Decimal(1)),
    ]


CHEAP, DEAR = {"input_mtok": 1, "output_mtok": 3}, {"input_mtok": 2, "output_mtok": 6}
HOURS = {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([{"prices": CHEAP}, {"constraint": HOURS, "prices": DEAR}], [(2, 6, True)]),
        ([{"prices": DEAR}, {"constraint": HOURS, "prices": CHEAP}], [(2, 6, True)]),
        ([{"constraint": HOURS, "prices": each} for each in (DEAR, CHEAP)], [(2, 6, True)]),
        # a price that begins after the hours puts an end to them
        (
            [
                {"prices": CHEAP},
                {"constraint": HOURS, "prices": DEAR},
                {"constraint": {"start_date": "2026-09-01"}, "prices": CHEAP},
            ],
            [(2, 6, True), (1, 3, False)],
        ),
        # no rate below that of another hour
        (
            [{"prices": {"input_mtok": 5, "output_mtok": 1}}, {"constraint": HOURS, "prices": DEAR}],
            [(5, 6, True)],
        ),
        ([{"prices": CHEAP}], [(1, 3, False)]),
    ],
)
def test_of_prices_by_the_hour_the_dearest_stands(
    prices: list[dict[str, Any]], expected: list[tuple[object, object, bool]]
) -> None:
    """A call may be cheaper than foreseen, not dearer, and the quote says that it may."""
    quotes = read(provider(prices=prices), AT)

    assert [(quote.rates.input, quote.rates.output, quote.hourly) for quote in quotes] == expected


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        (r"https://api\.acme\.example", "api.acme.example"),
        (r"https://(.*\.)?acme\.example", "acme.example"),
        (r"https://inference\.acme\.co(?:/|$)", "inference.acme.co"),
        (r"https://router\.acme\.co/beta", None),
        (r"https://api\.acme\.(?:ai|com)", None),
        (r"https://api\.acme\.", None),
        (None, None),
    ],
)
def test_a_pattern_that_is_a_host_is_one(pattern: str | None, name: str | None) -> None:
    """Anything more than a host is not guessed at."""
    assert host(pattern) == name


@pytest.mark.anyio
async def test_the_newest_edition_is_fetched() -> None:
    """Through the client that is handed in, from the address configured; money stays exact."""
    http = FakeHttp(provider(prices={"input_mtok": 0.1, "output_mtok": 0.3}))
    quotes = tuple(await GenaiPrices(Config(url="https://mirror.example/data.json")).quotes(http))

    assert ([quote.rates.input for quote in quotes], [sent.url for sent in http.sent]) == (
        [Decimal("0.1")],
        ["https://mirror.example/data.json"],
    )


@pytest.mark.anyio
@pytest.mark.parametrize("broken", [b"oops", {"no": "list"}])
async def test_the_installed_edition_is_what_remains(broken: Any) -> None:
    """When the newest cannot be had or read, the installed list is quoted, and no thread is left behind."""
    quotes = tuple(await GenaiPrices(Config()).quotes(FakeHttp(broken)))
    named = [thread.name for thread in threading.enumerate() if "genai" in thread.name]

    assert (len(quotes) > 1000, named) == (True, [])


@pytest.mark.anyio
async def test_the_installed_edition_tells_its_age() -> None:
    """It is as old as its newest price in force, never from the future."""
    quotes = await GenaiPrices(Config(update=False)).quotes(FakeHttp())
    begun = max(quote.starts for quote in quotes if quote.starts and quote.starts <= datetime.now(UTC))

    assert {quote.as_of for quote in quotes} == {begun}


def test_importing_the_plugin_does_not_import_the_package() -> None:
    """Half a second and a second HTTP library are paid only by who refreshes."""
    code = (
        "import pointsman_genai_prices, sys; print(*{'genai_prices', 'httpx', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_is_registered_and_needs_nothing() -> None:
    """The plugin contributes one price list that is on without any setting."""
    extensions = list(pointsman_pricing_sources())

    assert [(each.name, each.create, each.config and each.config()) for each in extensions] == [
        ("genai-prices", GenaiPrices, Config())
    ]
