"""Which rows of the price lists are looked at: those that hold now, can be true, and came last."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from pointsman.catalog.accepted import Accepted, accepts
from pointsman.catalog.identity.name import parse
from pointsman.catalog.quarantine import Quarantined, held, impossible, no_share, unusable
from pointsman.catalog.spelling import plain
from pointsman.types import Discount, Facts, Quote

log = logging.getLogger(__name__)

_ASTRAY = timedelta(days=1)  # clocks and time zones differ; what is further ahead is a mistake


@frozen
class SelectedQuotes:
    """The rows of all price lists, sorted by what may be done with them.

    Attributes:
        at: As of when.
        accepted: Rows the user has confirmed.
        quotes: Those that may price an offer: at most one per source, provider and id.
        discounts: Those that hold.
        readable: Every row whose names can be read, whatever its price: who asks how names are written asks
            these.
        quarantined: Rows that cannot be true.
        turns: When the next row begins or ends to hold; None when none does.
    """

    at: datetime
    accepted: tuple[Accepted, ...] = ()
    quotes: tuple[Quote, ...] = ()
    discounts: tuple[Discount, ...] = ()
    readable: tuple[Quote, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    turns: datetime | None = None


def select_quotes(
    rows: Iterable[Quote | Discount], at: datetime, accepted: Sequence[Accepted] = ()
) -> SelectedQuotes:
    """Sort `rows` as of `at`. No row, whatever it holds, loses another one.

    Args:
        rows: With their `source` filled in.
        at: Now.
        accepted: Rows the user has confirmed.
    """
    selection = _Selection(at, accepted)
    for row in rows:
        try:
            selection.add(row)
        except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
            selection.quarantined.append(held(row, f"cannot be read: {type(error).__name__}"))
    return selection.made()


class _Selection:
    """What `select_quotes` has sorted so far."""

    def __init__(self, at: datetime, accepted: Sequence[Accepted]) -> None:
        self._at, self._accepted = at, tuple(accepted)
        self.quarantined: list[Quarantined] = []
        self._readable: list[Quote] = []
        self._discounts: list[Discount] = []
        self._quotes: dict[tuple[str, str | None, str, bool], Quote] = {}
        self._turns: list[datetime] = []
        self._ahead: Counter[str] = Counter()

    def add(self, row: Quote | Discount) -> None:
        """Sort one row in."""
        row = _dated(row)
        reason = _unreadable(row)
        if not reason and isinstance(row, Quote):
            row = row if row.name is None or not unusable(row.name) else evolve(row, name=None)
            self._readable.append(row)
        reason = reason or _untrue(row, self._accepted)
        if reason:
            self.quarantined.append(held(row, reason))
            return
        self._turns += [each for each in (row.starts, row.ends) if each and each > self._at]
        if not _holds(row, self._at):
            return
        if isinstance(row, Discount):
            self._discounts.append(row)
        else:
            self._keep(row)

    def _keep(self, row: Quote) -> None:
        """Keep a believable row, unless a better one of its source prices the same offer."""
        if row.as_of > self._at:
            self._ahead[row.source] += row.as_of - self._at > _ASTRAY
            row = evolve(row, as_of=self._at)
        offer = (row.source, row.provider, row.model.casefold(), row.binding)
        known = self._quotes.get(offer)
        if known is None or _rank(row) > _rank(known):
            self._quotes[offer] = row

    def made(self) -> SelectedQuotes:
        """Everything sorted in; warns of sources whose clock is wrong."""
        for source, count in self._ahead.items():
            if count:
                log.warning("%s: %d rows are dated in the future; they count as of now", source, count)
        return SelectedQuotes(
            self._at,
            self._accepted,
            tuple(self._quotes.values()),
            tuple(self._discounts),
            tuple(self._readable),
            tuple(self.quarantined),
            min(self._turns, default=None),
        )


def _unreadable(row: Quote | Discount) -> str:
    """Why the names of this row cannot be used; empty when they can."""
    if isinstance(row, Discount):
        return unusable(row.provider)
    if not (isinstance(row.facts, Facts) and isinstance(row.name, str | None)):
        return "cannot be read: a name or a fact of another type"
    return unusable(row.model, row.provider, row.host)


def _untrue(row: Quote | Discount, accepted: Sequence[Accepted]) -> str:
    """Why what this row asks cannot be true on its own; empty when it can."""
    if isinstance(row, Discount):
        return no_share(row)
    free = row.binding or _may_be_free(row) or accepts(accepted, row)
    return impossible(row, may_be_free=free)


def _dated(row: Quote | Discount) -> Quote | Discount:
    """The row with its moments in UTC where it names no zone."""
    naive = {
        name: moment.replace(tzinfo=UTC)
        for name in ("as_of", "starts", "ends")
        if (moment := getattr(row, name, None)) is not None and moment.tzinfo is None
    }
    return evolve(row, **naive) if naive else row


def _holds(row: Quote | Discount, at: datetime) -> bool:
    return not (row.starts and row.starts > at) and not (row.ends and row.ends <= at)


def _rank(quote: Quote) -> tuple[object, ...]:
    """Of several rows for one offer the greatest holds: the one that began last, then the newest.

    Of rows that give no such date the dearer is taken: whatever the order they came in, the same one.
    """
    rates = quote.rates
    return (
        quote.starts is not None,
        quote.starts or quote.as_of,
        quote.as_of,
        rates.known,
        rates.blended or 0,
        repr((rates, quote.variants, quote.regions, quote.hourly)),
        quote.model,
    )


def _may_be_free(quote: Quote) -> bool:
    """Zero is believable in a provider's own list, and for an offer that says it is free."""
    own = quote.provider is not None and plain(quote.provider) == plain(quote.source)
    return own or "free" in parse(quote.model).offer
