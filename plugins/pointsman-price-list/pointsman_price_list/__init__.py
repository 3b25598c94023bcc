"""Your own prices: a list in a file or behind an address, contract prices, and discounts.

Three extensions, each on as soon as it is configured:

- ``price-list`` reads a file or an address (CSV, JSON or TOML; see `pointsman_price_list.rows` for the
  columns).
- ``contract`` holds prices in the configuration.
- ``discounts`` holds shares off whatever a provider costs by the other lists.

What stands in a list of one's own is what is paid. So its rows are binding: they win over every other
source and are not doubted for being far from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from attrs import Factory, asdict, field, frozen
from pointsman import (
    Discount,
    Extension,
    Http,
    HttpRequest,
    Origin,
    PricingSource,
    Quote,
    Rates,
    Secret,
    hookimpl,
    setting,
)

from pointsman_price_list.documents import entries, read_file
from pointsman_price_list.rows import quotes_of

LIST, CONTRACT, DISCOUNTS = "price-list", "contract", "discounts"
ORIGIN = Origin(url="", licence="your own", changes="when you change it")


@frozen
class ListConfig:
    """Settings: where the list is (a file, or an address), a token for the address, and whether it binds."""

    path: str = setting("PRICE_LIST_PATH")
    token: Secret | None = setting("PRICE_LIST_TOKEN", default=None)
    binding: bool = True


@frozen
class PriceList:
    """A list, as it stands there now."""

    config: ListConfig

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:
        """Every row.

        Raises:
            ProviderError: The address did not answer.
            FeedError: The list cannot be read; with every problem and its row.
        """
        path, token = self.config.path, self.config.token
        if path.startswith(("https://", "http://")):
            headers = {"authorization": f"Bearer {token.reveal()}"} if token else {}
            answer = await http.request(HttpRequest("GET", path, headers=headers))
            kind, body = answer.headers.get("content-type", ""), answer.body
        else:
            kind, body = "", await asyncio.to_thread(read_file, path)
        found = entries(path, kind, body)
        return quotes_of(found, datetime.now(UTC), binding=self.config.binding)


@frozen
class Price:
    """Rates of one offer, USD per million tokens (`request`: per request)."""

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    reasoning: Decimal | None = None
    request: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        amounts = [amount for amount in asdict(self).values() if amount is not None]
        if not amounts or any(not amount.is_finite() or amount < 0 for amount in amounts):
            raise ValueError("needs at least one rate, and a price is at least 0")


@frozen
class ContractConfig:
    """Settings: prices by ``provider/model``, and whether they bind."""

    prices: Mapping[str, Price] = field()
    binding: bool = True

    def __attrs_post_init__(self) -> None:
        for offer in self.prices:
            provider, _, model = offer.partition("/")
            if not provider or not model:
                raise ValueError(f"{offer!r} must be written provider/model")


@frozen
class Contract:
    """Prices that stand in the configuration."""

    config: ContractConfig

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:  # noqa: ARG002 (the port hands it in)
        """One quote per offer."""
        now = datetime.now(UTC)
        return [
            Quote(
                model=offer.partition("/")[2],
                rates=Rates(**asdict(price)),
                as_of=now,
                provider=offer.partition("/")[0],
                binding=self.config.binding,
            )
            for offer, price in self.config.prices.items()
        ]


@frozen
class DiscountsConfig:
    """Settings: shares of 0 to 1, by provider or by ``provider/pattern``."""

    shares: Mapping[str, Decimal] = field()

    def __attrs_post_init__(self) -> None:
        for offers, share in self.shares.items():
            if not share.is_finite() or not 0 < share <= 1:
                raise ValueError(f"{offers!r} must be a share of more than 0 and at most 1, such as 0.15")


@frozen
class Discounts:
    """Shares that stand in the configuration."""

    config: DiscountsConfig = Factory(lambda: DiscountsConfig({}))

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:  # noqa: ARG002 (the port hands it in)
        """One discount per entry."""
        return [
            Discount(provider=offers.partition("/")[0], share=share, model=offers.partition("/")[2] or "*")
            for offers, share in self.config.shares.items()
        ]


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(LIST, PriceList, config=ListConfig, summary="Your own price list.", origin=ORIGIN)
    yield Extension(CONTRACT, Contract, config=ContractConfig, summary="Your contract prices.", origin=ORIGIN)
    yield Extension(
        DISCOUNTS, Discounts, config=DiscountsConfig, summary="Shares off other lists' prices.", origin=ORIGIN
    )
