"""Merges what price lists say into one price per offer, with a confidence and the disagreement shown.

Rows are joined to an offer in this order:

1. The provider's own row: the source names this provider (or lists only its own models) and the id is the
   same.
2. The same by name, where the source writes the model otherwise. An offer sold another way (free, another
   region, quantised) is another price and is not joined.
3. The maker's list price, where no source knows this provider's. At the maker itself that is the price; at
   any other host it is a guess with `ELSEWHERE` as its confidence at most.

Among the rows of the best class the configured order of sources decides, then the provider's own list, then
confidence, then age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from statistics import median

from attrs import evolve, frozen

from pointsman.catalog.identity import Identity, names_of, parse
from pointsman.catalog.index import Found, Index
from pointsman.catalog.match import NO_MAKERS, SURE
from pointsman.catalog.quarantine import Quarantined, absurd, held, impossible, jumped, ratio
from pointsman.catalog.sources import Source
from pointsman.catalog.words import plain
from pointsman.types import Model, Price, Quote, Rates

ELSEWHERE = 0.4
"""Confidence of the maker's list price for another host's offer."""
_BY_MAKER = 0.9
_BY_ALIAS = 0.95  # an alias may have moved since the source was written
_BY_NAME = 0.95
_BY_MOVING = 0.75
_KEPT = 0.5
_OLD, _VERY_OLD = 90, 365  # days
_SLIGHT = 1.05


@frozen
class Joined:
    """A row joined to an offer.

    Attributes:
        quote: The row.
        confidence: Of the join, 0 to 1.
        own: Whether the row is for this very provider.
        evidence: Why it was joined.
    """

    quote: Quote
    confidence: float
    own: bool
    evidence: str


@frozen
class Priced:
    """The price of one offer.

    Attributes:
        price: None when no source knows it.
        quarantined: Rows held back on the way.
    """

    price: Price | None
    quarantined: tuple[Quarantined, ...] = ()


class PriceBook:
    """Every believable row of every price list, filed for joining."""

    def __init__(
        self,
        quotes: Sequence[Quote],
        at: datetime,
        *,
        priority: Sequence[str] = (),
        makers: frozenset[str] = NO_MAKERS,
    ) -> None:
        """File the rows that hold at `at`.

        Args:
            quotes: With their `source` filled in.
            at: Now.
            priority: Source names, most trusted first.
            makers: See `pointsman.catalog.match.match`.
        """
        self._at, self._makers = at, makers
        self._rank = {name: place for place, name in enumerate(priority)}
        held_back: list[Quarantined] = []
        believed: dict[tuple[str, str | None, str], Quote] = {}
        for quote in quotes:
            if not _holds(quote, at):
                continue
            reason = impossible(quote, may_be_free=_may_be_free(quote))
            if reason:
                held_back.append(held(quote, reason))
                continue
            place = (quote.source, quote.provider, quote.model.casefold())
            known = believed.get(place)
            if known is None or _newer(quote, known):
                believed[place] = quote
        self.quarantined = tuple(held_back)
        self._shelves = _shelve(believed.values(), makers)
        blended = [float(quote.rates.blended) for quote in believed.values() if quote.rates.blended]
        self._usual = median(blended) if blended else 1.0

    def price(
        self, source: Source, model: Model, last: Price | None = None, born: date | None = None
    ) -> Priced:
        """The price of `model` at the provider `source`.

        Args:
            source: The provider instance.
            model: As it lists it.
            last: The last good price of this offer, to tell a jump from a price.
            born: See `pointsman.catalog.index.Index.find`.
        """
        if model.local:
            zero = Price(
                Rates(input=Decimal(0), output=Decimal(0)), "local", self._at, evidence="runs on this machine"
            )
            return Priced(zero)
        joined = self._join(source, model, born)
        best = [each for each in joined if each.own] or joined
        best = [each for each in best if each.confidence > _BY_MOVING] or best
        believed, held_back = self._believe(best, last)
        if believed:
            return Priced(self._merge(believed, source), tuple(held_back))
        if held_back and last is not None:
            kept = evolve(
                last,
                confidence=min(last.confidence, _KEPT),
                evidence="last good price; the new one is held back",
            )
            return Priced(kept, tuple(held_back))
        return Priced(None, tuple(held_back))

    def _join(self, source: Source, model: Model, born: date | None) -> list[Joined]:
        """At most one row per source and class."""
        names = names_of(model)
        makers = {plain(name) for name in (model.creator, *names[0].prefix) if name}
        found: list[Joined] = []
        for (_, provider), shelf in self._shelves.items():
            own = provider is not None and (source.is_called(provider) or shelf.serves(source.host))
            if own or provider is None or plain(provider) in makers:
                joined = shelf.find(model, names, born, own=own)
                if joined and own:
                    found.append(joined)
                elif joined:
                    found.append(_by_maker(joined, source, makers))
        return found

    def _believe(self, joined: list[Joined], last: Price | None) -> tuple[list[Joined], list[Quarantined]]:
        quotes = [each.quote for each in joined]
        reasons = {id(quote): reason for quote, reason in absurd(quotes, self._usual)}
        for quote in quotes:
            reason = jumped(quote, last, quotes)
            if reason:
                reasons.setdefault(id(quote), reason)
        kept = [each for each in joined if id(each.quote) not in reasons]
        return kept, [held(quote, reasons[id(quote)]) for quote in quotes if id(quote) in reasons]

    def _merge(self, joined: list[Joined], source: Source) -> Price:
        joined = sorted(
            joined,
            key=lambda each: (
                self._rank.get(each.quote.source, len(self._rank)),
                plain(each.quote.source) not in source.names,
                not each.quote.rates.known,
                -each.confidence,
                -each.quote.as_of.timestamp(),
                each.quote.source,
            ),
        )
        best = joined[0]
        rivals = [each for each in joined if each.own == best.own]
        disagreement = max((ratio(best.quote.rates, each.quote.rates) for each in rivals), default=1.0)
        confidence = best.confidence * _aged(best.quote.as_of, self._at)
        if disagreement > _SLIGHT:
            confidence /= min(disagreement, 4.0) ** 0.5
        return Price(
            rates=best.quote.rates,
            source=best.quote.source,
            as_of=best.quote.as_of,
            confidence=round(confidence, 4),
            disagreement=round(disagreement, 4),
            evidence=best.evidence,
        )


class _Shelf:
    """The rows of one source about one provider."""

    def __init__(self, quotes: list[Quote], makers: frozenset[str]) -> None:
        self._quotes, self._makers = quotes, makers
        self._hosts = {quote.host for quote in quotes if quote.host}
        self._by_id = {quote.model.casefold(): quote for quote in quotes}
        self._index: Index[Quote] | None = None

    def serves(self, host: str) -> bool:
        """Whether the source says this provider answers at `host`."""
        return bool(host) and any(host == known or host.endswith("." + known) for known in self._hosts)

    def find(self, model: Model, names: Sequence[Identity], born: date | None, *, own: bool) -> Joined | None:
        """The row for `model`: by id, by alias, else by name."""
        for known in (model.id, *model.aliases):
            quote = self._by_id.get(known.casefold())
            if quote:
                exact = known == model.id
                return Joined(quote, 1.0 if exact else _BY_ALIAS, own=True, evidence=f"id {quote.model}")
        if self._index is None:
            self._index = Index(((parse(quote.model), quote) for quote in self._quotes), self._makers)
        # The provider's own rows follow its own moving aliases; anybody else's were written at another time.
        moving = [parse(alias, model.creator) for alias in model.aliases] if own else []
        for name in (*names, *moving):
            for found in self._index.find(name, born):
                if not found.match.offer_differs and _same_id(found):
                    told = f"name {found.entry.model}: {found.match.evidence}"
                    limit = _BY_NAME if name in names else _BY_MOVING
                    return Joined(
                        found.entry, min(found.match.confidence or SURE, limit), own=True, evidence=told
                    )
        return None


def _shelve(quotes: Iterable[Quote], makers: frozenset[str]) -> Mapping[tuple[str, str | None], _Shelf]:
    shelves: dict[tuple[str, str | None], list[Quote]] = defaultdict(list)
    for quote in quotes:
        shelves[quote.source, quote.provider].append(quote)
    return {place: _Shelf(rows, makers) for place, rows in shelves.items()}


def _same_id(found: Found[Quote]) -> bool:
    """Whether no mode tells the two apart; a list that writes ids, not names, sells modes separately."""
    return " " in found.entry.model or "mode on one side only" not in found.match.evidence


def _by_maker(joined: Joined, source: Source, makers: set[str]) -> Joined:
    """A row that names no provider, or the maker: the price at the maker, a guess at any other host."""
    at_maker = any(source.is_called(maker) for maker in makers) or not makers
    if at_maker:
        return evolve(
            joined,
            own=False,
            confidence=joined.confidence * _BY_MAKER,
            evidence=f"list price; {joined.evidence}",
        )
    return evolve(
        joined,
        own=False,
        confidence=min(joined.confidence, 1.0) * ELSEWHERE,
        evidence=f"list price of another host; {joined.evidence}",
    )


def _holds(quote: Quote, at: datetime) -> bool:
    return not (quote.starts and quote.starts > at) and not (quote.ends and quote.ends <= at)


def _newer(quote: Quote, known: Quote) -> bool:
    """Of two rows for one offer the one that started later holds; without a start, the later one told."""
    if quote.starts != known.starts:
        return known.starts is None or (quote.starts is not None and quote.starts > known.starts)
    return quote.as_of >= known.as_of


def _may_be_free(quote: Quote) -> bool:
    """Zero is believable in a provider's own list, and for an offer that says it is free."""
    own = quote.provider is not None and plain(quote.provider) == plain(quote.source)
    return own or "free" in parse(quote.model).offer


def _aged(as_of: datetime, at: datetime) -> float:
    days = (at - as_of).days
    return 0.7 if days > _VERY_OLD else 0.9 if days > _OLD else 1.0
