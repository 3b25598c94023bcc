"""OpenRouter's prices: exact, per million tokens, and unknown where they depend on the route."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import fields
from pointsman import ContextTier, Quote, Rates, Secret
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_openrouter import (
    Config,
    HostsConfig,
    OpenRouterHosts,
    OpenRouterPrices,
    pointsman_pricing_sources,
)

SOURCE = OpenRouterPrices(Config(Secret("sk-or-0123456789")))
ROWS = [
    {"id": "acme/big", "name": "Acme: Big", "pricing": {"prompt": "0.000003", "completion": "0.000015"}},
    {"id": "acme/big:free", "pricing": {"prompt": "0", "completion": "0"}},
    {"id": "acme/auto", "pricing": {"prompt": "-1", "completion": "-1"}},
]


class TestPrices(PricingSourceTests):
    """The source passes the kit."""

    @pytest.fixture
    def source(self) -> OpenRouterPrices:
        return OpenRouterPrices(Config(Secret("sk-or-0123456789")))

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return ({"data": ROWS},)


async def quoted(*rows: object) -> list[Quote]:
    """The quotes of a list."""
    return list(await SOURCE.quotes(FakeHttp({"data": list(rows)})))


async def rates(**pricing: object) -> Rates:
    """The rates of one row."""
    quotes = await quoted({"id": "acme/big", "pricing": pricing})
    return quotes[0].rates if quotes else Rates()


def test_is_registered() -> None:
    """The plugin contributes a price source under its name, and one for hosts."""
    assert [
        ("openrouter", OpenRouterPrices, Config),
        ("openrouter-hosts", OpenRouterHosts, HostsConfig),
    ] == [(each.name, each.create, each.config) for each in pointsman_pricing_sources()]


@pytest.mark.anyio
async def test_quotes() -> None:
    """A free offer costs nothing, a routed one is unknown; both are OpenRouter's own."""
    quotes = await quoted(*ROWS)

    assert [
        ("acme/big", "openrouter", "Acme: Big", Rates(Decimal(3), Decimal(15))),
        ("acme/big:free", "openrouter", None, Rates(Decimal(0), Decimal(0))),
    ] == [(quote.model, quote.provider, quote.name, quote.rates) for quote in quotes]


@pytest.mark.anyio
async def test_every_rate() -> None:
    """Tokens are priced per million, requests each; a long prompt has rates of its own."""
    found = await rates(
        prompt="0.000003",
        completion="0.000015",
        request="0.005",
        image="0.000003",
        audio="0.000006",
        internal_reasoning="0.00002",
        input_cache_read="0.0000003",
        input_cache_write="0.00000375",
        input_cache_write_1h="0.000006",
        web_search="0.01",
        overrides=[
            {"min_prompt_tokens": 500_000, "prompt": "0.000012"},
            {
                "min_prompt_tokens": 200_000,
                "prompt": "0.000006",
                "completion": "0.0000225",
                "input_cache_read": "0.0000006",
                "input_cache_write": "0.0000075",
            },
            {"prompt": "0.1"},
        ],
    )

    assert (
        Rates(
            input=Decimal(3),
            output=Decimal(15),
            cache_read=Decimal("0.3"),
            cache_write=Decimal("3.75"),
            cache_write_1h=Decimal(6),
            reasoning=Decimal(20),
            input_audio=Decimal(6),
            input_image=Decimal(3),
            request=Decimal("0.005"),
            tiers=[
                ContextTier(200_000, Decimal(6), Decimal("22.5"), Decimal("0.6"), Decimal("7.5")),
                ContextTier(500_000, Decimal(12)),
            ],
        )
        == found
    )


@pytest.mark.anyio
async def test_every_digit_counts() -> None:
    """Money is exact."""
    assert (
        Decimal("0.08333333333333334")
        == (await rates(input_cache_write="0.00000008333333333333334")).cache_write
    )


@pytest.mark.anyio
@pytest.mark.parametrize("price", ["-1", -1, "", "free", None, "NaN", "Infinity", "1e400", [], True])
async def test_what_is_no_price_is_unknown(price: object) -> None:
    """Never zero, never negative."""
    names = [each.name for each in fields(Rates)]
    found = await rates(prompt=price, completion=price, request=price, image=price, internal_reasoning=price)

    assert [None] * (len(names) - 1) == [getattr(found, name) for name in names if name != "tiers"]


@pytest.mark.anyio
@pytest.mark.parametrize(("image", "expected"), [("0.00000125", Decimal("1.25")), ("0.00516", None)])
async def test_pictures_priced_by_the_piece(image: str, expected: Decimal | None) -> None:
    """Older rows price a picture, newer ones its tokens; a price by the piece is not one per token."""
    assert expected == (await rates(prompt="0.00000125", completion="0.00001", image=image)).input_image


@pytest.mark.anyio
async def test_hostile_rows() -> None:
    """A row that cannot be used costs only itself; the first row of an id counts."""
    good = {"id": "a", "pricing": {"prompt": "0.000001"}}
    rows = [7, {"id": "<script>", "pricing": good["pricing"]}, {"id": "b", "pricing": "x"}, good, good]

    assert [quote.model for quote in await quoted(*rows)] == ["a"]
