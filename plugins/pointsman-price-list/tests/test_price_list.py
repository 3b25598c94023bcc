"""One's own prices: a list, a contract, discounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    ConfigError,
    ContextTier,
    Discount,
    FeedError,
    PricingSource,
    Quote,
    Rates,
    Secret,
    Variant,
)
from pointsman.host import Host
from pointsman.http import Answer
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_price_list import Contract, ContractConfig, ListConfig, Price, PriceList
from pointsman_price_list.documents import entries
from pointsman_price_list.rows import quotes_of

NOW = datetime(2026, 8, 23, tzinfo=UTC)
CSV = """\
provider,model,input,output,cache_read,above,service,starts,ends,discount
acme,alpaca-5,1.80,9.00,0.18,,,2026-01-01,2027-01-01,
acme,alpaca-5,3.60,18,,200000,,2026-01-01,2027-01-01,
acme,alpaca-5,0.9,4.5,,,batch,2026-01-01,2027-01-01,

shop,alpaca-*,,,,,,,,0.15
"""
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def rates(*amounts: str, **more: Any) -> Rates:
    """Exact rates: input, output, cached and written input, in that order."""
    names = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
    named: dict[str, Any] = dict(zip(names, map(Decimal, amounts), strict=False))
    return Rates(**named, **more)


def tier(above: int, *amounts: str) -> ContextTier:
    """Exact rates for long prompts."""
    named: dict[str, Any] = dict(zip(("input", "output"), map(Decimal, amounts), strict=False))
    return ContextTier(above, **named)


def read(path: str, body: str, kind: str = "") -> tuple[Quote | Discount, ...]:
    """The rows of a list."""
    return quotes_of(entries(path, kind, body.encode()), NOW, binding=True)


def refused(body: str, path: str = "list.csv") -> str:
    """Why a list is refused."""
    with pytest.raises(FeedError) as caught:
        read(path, body)
    return str(caught.value)


WHOLE = (
    Quote(
        "alpaca-5",
        rates("1.80", "9.00", "0.18", tiers=(tier(200_000, "3.60", "18"),)),
        NOW,
        "acme",
        starts=START,
        ends=END,
        variants=(Variant("batch", rates("0.9", "4.5")),),
        binding=True,
    ),
    Discount("shop", Decimal("0.15"), "alpaca-*"),
)


class TestAddress(PricingSourceTests):
    """The kit every price source passes, for a list behind an address."""

    @pytest.fixture
    def source(self) -> PricingSource:
        return PriceList(ListConfig("https://prices.example/list"))

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (Answer(200, {"content-type": "text/csv"}, CSV.encode()),)


class TestContract(PricingSourceTests):
    """The same for prices that stand in the configuration."""

    uses_network = False

    @pytest.fixture
    def source(self) -> PricingSource:
        return Contract(ContractConfig({"acme/alpaca-5": Price(Decimal(1), Decimal(4))}))


def test_a_csv_list_is_read_whole() -> None:
    """Plain rates, long prompts and another service of one offer; a discount; dates; a blank line."""
    assert read("prices.csv", CSV) == WHOLE


def test_json_says_the_same() -> None:
    """Numbers or text, a bare list or one under ``prices``."""
    keys = CSV.splitlines()[0].split(",")
    lines = [line.split(",") for line in CSV.splitlines()[1:] if line]
    rows = [{key: value for key, value in zip(keys, line, strict=True) if value} for line in lines]

    assert (
        read("x.json", json.dumps(rows))
        == read("x", json.dumps({"prices": rows}), "application/json")
        == WHOLE
    )


def test_toml_says_the_same() -> None:
    """Exact numbers, and TOML's own days."""
    text = """
        prices = [
            { provider = "acme", model = "alpaca-5", input = 1.80, output = 9.00, cache_read = 0.18,
              starts = 2026-01-01, ends = 2027-01-01 },
            { provider = "acme", model = "alpaca-5", input = 3.60, output = 18, above = 200000,
              starts = 2026-01-01, ends = 2027-01-01 },
            { provider = "acme", model = "alpaca-5", input = 0.9, output = 4.5, service = "batch",
              starts = 2026-01-01, ends = 2027-01-01 },
            { provider = "shop", model = "alpaca-*", discount = 0.15 },
        ]"""

    assert (
        read(
            "x.toml",
            "".join(
                line.strip() + ("\n" if line.strip() in {"prices = [", "]"} else "")
                for line in text.splitlines()
            ),
        )
        == WHOLE
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("model,input\na,1\na,2", "a stands there 2 times"),
        ("model,inptu\na,1", "line 2: unknown column 'inptu'; did you mean input?"),
        ("model,input\n,1", "line 2: model is missing"),
        ("model,input\na,-1", "line 2: input must be a number of at least 0"),
        ("model,input\na,1e999", "line 2: input must be a number of at least 0"),
        ("model,input\na,NaN", "line 2: input must be a number of at least 0"),
        ("model,output\na,", "line 2: no rate and no discount"),
        ("model,input,currency\na,1,EUR", "line 2: currency must be USD"),
        ("model,input,starts\na,1,soon", "line 2: starts must be a day"),
        ("model,input,starts,ends\na,1,2026-02-01,2026-01-01", "line 2: ends must be after starts"),
        ("model,discount\na,0.1", "line 2: a discount is a share"),
        ("provider,model,discount\nx,a,15%", "line 2: discount must be a number of at least 0, such as 0.15"),
        ("provider,model,discount\nx,a,15", "line 2: a discount is a share"),
        ("model,input,above\na,1,0.5", "line 2: above must be a whole number"),
        ("model,input\n\n\na,x", "line 4: input must be a number"),
        ('model,input\na,"1,80"', "line 2: input must be a number of at least 0"),
        ("model,input,output\na,1,80,9,00", "line 2: more cells than columns; write 1.80, not 1,80"),
        ("model,input,input\na,1,2", "line 1: a column comes twice"),
        ("model,input,binding\na,1,perhaps", "line 2: binding must be true or false"),
        ("model,input,above,binding\na,1,,true\na,2,9,false", "a has rows that bind and rows that do not"),
        ("model,input", "the list has no rows"),
        ("name,input\na,1", "the table has no column model"),
    ],
)
def test_a_mistake_is_named_and_refuses_the_list(rows: str, why: str) -> None:
    """A mistyped contract price is not left out in silence."""
    assert why in refused(rows)


@pytest.mark.parametrize("whole", [True, False])
def test_a_row_may_bind_otherwise_than_its_list(whole: bool) -> None:
    """In a table as text, in JSON as it is there; where it says nothing it is as its list."""
    table = "model,input,binding\na,1,true\nb,1,false\nc,1,"
    rows = [{"model": "a", "input": 1, "binding": True}, {"model": "b", "input": 1, "binding": False}]

    for path, body, expected in (
        ("x.csv", table, [True, False, whole]),
        ("x.json", json.dumps(rows), [True, False]),
    ):
        found = quotes_of(entries(path, "", body.encode()), NOW, binding=whole)
        assert [each.binding for each in found if isinstance(each, Quote)] == expected


def test_every_mistake_is_named_at_once() -> None:
    """With its line; of very many the first ones and how many more."""
    message = refused("model,input\n" + "a,x\n" * 30)

    assert ("line 2" in message, "line 11" in message, "and 20 more" in message) == (True, True, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("x.csv", "\x00"),
        ("x.json", "{"),
        ("x.json", "7"),
        ("x.json", '{"prices": 7}'),
        ("x.toml", "="),
        ("x", "a"),
    ],
)
def test_what_is_no_list_is_refused(path: str, body: str) -> None:
    """Said, never passed on as an empty list."""
    assert refused(body, path)


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.json", "x.toml"]))
def test_no_file_brings_it_down(body: bytes, path: str) -> None:
    """Whatever bytes come, there are rows or there is a `FeedError`."""
    try:
        quotes_of(entries(path, "", body), NOW, binding=True)
    except FeedError:
        return


@pytest.mark.anyio
async def test_a_file_is_read(tmp_path: Path) -> None:
    """From the folder the program runs in, or from anywhere."""
    file = tmp_path / "prices.csv"
    file.write_text(CSV, encoding="utf-8")
    (quote, discount) = await PriceList(ListConfig(str(file), binding=False)).quotes(FakeHttp())

    assert isinstance(quote, Quote)
    assert (quote.rates, quote.binding, discount) == (WHOLE[0].rates, False, WHOLE[1])


@pytest.mark.anyio
async def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(FeedError, match=r"absent\.csv cannot be read"):
        await PriceList(ListConfig(str(tmp_path / "absent.csv"))).quotes(FakeHttp())


@pytest.mark.anyio
async def test_the_token_goes_to_the_address_only() -> None:
    """As a bearer token."""
    http = FakeHttp(Answer(200, {}, CSV.encode()))
    config = ListConfig("https://prices.example/list.csv?v=1", Secret("sk-canary-0123456789"))
    await PriceList(config).quotes(http)

    assert [sent.headers for sent in http.sent] == [{"authorization": "Bearer sk-canary-0123456789"}]


def instances(**sources: Any) -> dict[str, Any]:
    """The pricing sources of a configuration that names these, and what is on."""
    host = Host.load({"POINTSMAN_ONLY": "price-list"}, {"pricing_sources": sources})
    return {each.name: each for each in host.instances["pricing_sources"]}


def test_each_is_on_as_soon_as_it_is_configured() -> None:
    """And off before, with what would turn it on."""
    off, on = (
        instances(),
        instances(
            **{
                "price-list": {"path": "x.csv"},
                "contract": {"prices": {"acme/alpaca-5": {"input": 1.8, "output": 9}}},
                "discounts": {"shares": {"azure": 0.15, "bedrock/acme.*": 0.1}},
            }
        ),
    )

    assert {each.state for each in off.values()} == {"off"}
    assert off["price-list"].reason == "set PRICE_LIST_PATH"
    assert {each.state for each in on.values()} == {"on"}


@pytest.mark.anyio
async def test_contract_and_discounts_are_exact() -> None:
    """A share and a rate as written, not as a float."""
    on = instances(
        contract={"prices": {"acme/x/alpaca-5": {"input": 0.1, "output": 9}}},
        discounts={"shares": {"azure": 0.15, "bedrock/acme.*": 0.1}},
    )
    (quote,) = await on["contract"].object.quotes(FakeHttp())

    assert (quote.provider, quote.model, quote.rates, quote.binding) == (
        "acme",
        "x/alpaca-5",
        rates("0.1", "9"),
        True,
    )
    assert await on["discounts"].object.quotes(FakeHttp()) == [
        Discount("azure", Decimal("0.15")),
        Discount("bedrock", Decimal("0.1"), "acme.*"),
    ]


@pytest.mark.parametrize(
    ("source", "table", "why"),
    [
        ("contract", {"prices": {"alpaca-5": {"input": 1}}}, "must be written provider/model"),
        ("contract", {"prices": {"acme/alpaca-5": {"input": -1}}}, "a price is at least 0"),
        ("contract", {"prices": {"acme/alpaca-5": {}}}, "needs at least one rate"),
        ("contract", {"prices": {"acme/alpaca-5": {"input": float("nan")}}}, "number"),
        ("discounts", {"shares": {"azure": float("nan")}}, "number"),
        ("contract", {"prices": {"acme/alpaca-5": {"inptu": 1}}}, "unknown key (did you mean 'input'?)"),
        ("discounts", {"shares": {"azure": 15}}, "must be a share of more than 0 and at most 1"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(source: str, table: Any, why: str) -> None:
    """Where it stands and what is expected, before anything is fetched."""
    with pytest.raises(ConfigError) as caught:
        instances(**{source: table})

    assert why in str(caught.value)
