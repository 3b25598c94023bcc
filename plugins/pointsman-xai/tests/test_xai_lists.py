"""xAI's two lists: read as one, for models and for prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pointsman import Capability, ContextTier, Kind, Model, ProviderError, Rates, Secret, ServerError
from pointsman.http import Answer
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_xai import XAI, Config, XAIPrices, pointsman_pricing_sources

CONFIG = Config(Secret("key-0123456789"))
LANGUAGE = {
    "models": [
        {
            "id": "big",
            "created": 1776556800,
            "owned_by": "xai",
            "input_modalities": ["text", "image"],
            "output_modalities": ["text"],
            "prompt_text_token_price": 12500,
            "cached_prompt_text_token_price": 2000,
            "prompt_image_token_price": 12500,
            "completion_text_token_price": 1600001,
            "prompt_text_token_price_long_context": 40000,
            "cached_prompt_text_token_price_long_context": 0,
            "completion_text_token_price_long_context": 160000,
            "long_context_threshold": 128000,
            "aliases": ["big-latest"],
        }
    ]
}
MODELS = {
    "data": [
        {"id": "big", "context_length": 256000},
        {"id": "painter", "image_price": 200000000},
        {"id": "older", "completion_text_token_price": 0, "prompt_text_token_price": 0},
        {"id": "unsaid"},
    ]
}
MISSING = Answer(404, {}, b'{"error": "Not found"}')


class TestPrices(PricingSourceTests):
    """The source passes the kit."""

    @pytest.fixture
    def source(self) -> XAIPrices:
        return XAIPrices(CONFIG)

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (LANGUAGE, MODELS)


def test_is_registered() -> None:
    """The plugin contributes a price source under the provider's name."""
    assert [("xai", XAIPrices, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_pricing_sources()
    ]


@pytest.mark.anyio
async def test_two_lists_make_one() -> None:
    """Modalities from one, windows from the other; what is priced by the picture does not chat."""
    http = FakeHttp(LANGUAGE, MODELS)
    models = {model.id: model for model in await XAI(CONFIG).models(http)}
    big = Model(
        "big",
        kind=Kind.CHAT,
        creator="xai",
        context_window=256000,
        can={Capability.VISION},
        cannot={Capability.AUDIO_INPUT},
        aliases=("big-latest",),
        created=date(2026, 4, 19),
    )

    assert big == models["big"]
    assert [model.kind for model in models.values()] == [Kind.CHAT, Kind.IMAGE, Kind.CHAT, None]
    assert [sent.url for sent in http.sent] == [
        "https://api.x.ai/v1/language-models",
        "https://api.x.ai/v1/models",
    ]


@pytest.mark.anyio
@pytest.mark.parametrize(("script", "ids"), [((MISSING, MODELS), 4), ((LANGUAGE, MISSING), 1)])
async def test_either_list_may_be_missing(script: tuple[Script, ...], ids: int) -> None:
    """A key that may not see one of them still sees the other."""
    assert ids == len(list(await XAI(CONFIG).models(FakeHttp(*script))))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("script", "error"),
    [
        ((MISSING, MISSING), ProviderError),
        ((Answer(500, {}, b""),), ServerError),
        ((LANGUAGE, Answer(500, {}, b"")), ServerError),
    ],
)
async def test_no_list_is_an_error(script: tuple[Script, ...], error: type[ProviderError]) -> None:
    """Half a list that failed is not taken for a whole one."""
    with pytest.raises(error):
        await XAI(CONFIG).models(FakeHttp(*script))


@pytest.mark.anyio
async def test_prices_are_exact() -> None:
    """Cents per hundred million tokens become USD per million; 0 is no price, and no tier."""
    quotes = await XAIPrices(CONFIG).quotes(FakeHttp(LANGUAGE, MODELS))
    rates = Rates(
        input=Decimal("1.25"),
        output=Decimal("160.0001"),
        cache_read=Decimal("0.2"),
        input_image=Decimal("1.25"),
        tiers=(ContextTier(128000, Decimal(4), Decimal(16)),),
    )

    assert [("big", "xai", rates)] == [(quote.model, quote.provider, quote.rates) for quote in quotes]
