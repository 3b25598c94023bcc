"""One price out of the rows that are believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.prices.quote_index import Joined
from pointsman.catalog.quarantine import ratio
from pointsman.catalog.spelling import plain
from pointsman.types import Price, Quote, Rates

_OLD, _VERY_OLD = 90, 365  # days
_SLIGHT = 1.05
_SAME_TIME = timedelta(days=30)
_MOST_DOUBT = 4.0  # a disagreement beyond this costs no more confidence
_FILLED = (
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "reasoning",
    "input_audio",
    "output_audio",
    "cache_read_audio",
    "input_image",
    "output_image",
    "search",
)
"""Rates that are unknown where a row leaves them out; a fee or a tier that is left out is not asked."""


@frozen
class Merger:
    """Merges the rows about one offer.

    Attributes:
        rank: Place of a source in the configured order.
        at: Now.
    """

    rank: Mapping[str, int]
    at: datetime

    def ordered(self, joined: Sequence[Joined], source: Source) -> list[Joined]:
        """The preferred row first."""
        return sorted(
            joined,
            key=lambda each: (
                not each.quote.binding,
                self.rank.get(each.quote.source, len(self.rank)),
                plain(each.quote.source) not in source.names,
                not each.quote.rates.known,
                -each.confidence,
                -_borne_out(each, joined),
                -each.quote.as_of.timestamp(),
                each.quote.source,
                each.quote.provider or "",
                each.quote.model,
            ),
        )

    def merge(self, ordered: Sequence[Joined], disputed: Sequence[Quote] = ()) -> Price:
        """The price of an offer.

        Args:
            ordered: Believed rows, the preferred one first.
            disputed: Rows that were held back because of these: they count as disagreement.
        """
        best = ordered[0]
        rivals = [each for each in ordered if each.own == best.own]
        figures = [
            best.quote.rates,
            *(each.quote.rates for each in rivals),
            *(each.rates for each in disputed),
        ]
        disagreement = max(ratio(best.quote.rates, each) for each in figures)
        confidence = best.confidence * _aged(best.quote.as_of, self.at)
        if disagreement > _SLIGHT and not best.quote.binding:
            confidence /= min(disagreement, _MOST_DOUBT) ** 0.5
        price = Price(
            rates=best.quote.rates,
            source=best.quote.source,
            as_of=best.quote.as_of,
            confidence=round(confidence, 4),
            disagreement=round(disagreement, 4),
            evidence=best.evidence,
            variants=best.quote.variants,
            hourly=any(each.quote.hourly for each in ([best] if best.quote.binding else rivals)),
            regions=best.quote.regions,
        )
        return price if best.quote.binding else _filled(price, rivals[1:])


def _borne_out(row: Joined, joined: Sequence[Joined]) -> int:
    """How many other sources say the same; rows much older than the newest may only not know better."""
    newest = max(each.quote.as_of for each in joined)
    if newest - row.quote.as_of > _SAME_TIME:
        return 0
    return len(
        {
            each.quote.source
            for each in joined
            if each.own == row.own
            and each.quote.source != row.quote.source
            and newest - each.quote.as_of <= _SAME_TIME
            and ratio(row.quote.rates, each.quote.rates) <= _SLIGHT
        }
    )


def _filled(price: Price, others: Sequence[Joined]) -> Price:
    """`price`, its gaps filled from rows that ask the same for plain tokens; their services likewise."""
    for each in others:
        rates = each.quote.rates
        if (rates.input, rates.output) != (price.rates.input, price.rates.output):
            continue
        filled = _gaps(price.rates, rates)
        services = () if price.variants else each.quote.variants
        regions = () if price.regions else each.quote.regions
        if filled or services or regions:
            also = (("services", services), ("regions", regions))
            what = ", ".join([*filled, *(name for name, found in also if found)])
            price = evolve(
                price,
                rates=evolve(price.rates, **filled),
                variants=price.variants or services,
                regions=price.regions or regions,
                evidence=f"{price.evidence}; {what} from {each.quote.source}",
            )
    return price


def _gaps(rates: Rates, others: Rates) -> dict[str, Any]:
    return {
        name: figure
        for name in _FILLED
        if getattr(rates, name) is None and (figure := getattr(others, name)) is not None
    }


def _aged(as_of: datetime, at: datetime) -> float:
    days = (at - as_of).days
    return 0.7 if days > _VERY_OLD else 0.9 if days > _OLD else 1.0
