"""Rows of a list as quotes and discounts, strictly: every problem is named, and one is enough to refuse the
list.

Rows of one offer (provider, model and days) belong together: one holds the plain rates, one with ``above``
those of long prompts, one with ``service`` those of another service.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from attrs import evolve, field, frozen
from pointsman import ContextTier, Discount, FeedError, Quote, Rates, Variant
from pointsman.sources import figure
from pointsman.wire.fields import day, identifier

from pointsman_price_list.documents import NAME, Entry

_RATES = (
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "reasoning",
    "input_audio",
    "output_audio",
    "input_image",
    "output_image",
    "request",
    "search",
)
_TIERED = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
_COLUMNS = (
    "provider",
    "model",
    *_RATES,
    "above",
    "service",
    "starts",
    "ends",
    "discount",
    "currency",
    "binding",
)
_CURRENCY = "USD"
_ANSWERS = {"": None, "true": True, "false": False}
_NOT_IN_AMOUNTS = frozenset("%,")  # 15% may be 0.15 or 15, 1,80 may be 1.8 or 180
_MOST_SHOWN = 10


@frozen
class _Row:
    """One row as read.

    Attributes:
        provider, model, starts, ends: Of the offer.
        amounts: Rates by name.
        above, service: Which rates they are; 0 and empty for the plain ones.
        discount: A share, instead of rates.
        binding: Whether it wins over other sources; None where the row does not say.
    """

    provider: str | None
    model: str
    starts: datetime | None
    ends: datetime | None
    amounts: Mapping[str, Decimal]
    above: int = 0
    service: str = ""
    discount: Decimal | None = None
    binding: bool | None = None

    @property
    def offer(self) -> tuple[object, ...]:
        return self.provider, self.model, self.starts, self.ends


def quotes_of(entries: Sequence[Entry], now: datetime, *, binding: bool) -> tuple[Quote | Discount, ...]:
    """The quotes and discounts of a list.

    Raises:
        FeedError: With every problem and where it stands; also when the list is empty.
    """
    problems: list[str] = []
    found = [row for entry in entries if (row := _Reader(entry, problems).row())]
    problems += _double(found)
    if problems:
        more = f"; and {len(problems) - _MOST_SHOWN} more" if len(problems) > _MOST_SHOWN else ""
        raise FeedError(NAME, "; ".join(problems[:_MOST_SHOWN]) + more)
    if not found:
        raise FeedError(NAME, "the list has no rows")
    offers: dict[tuple[object, ...], list[_Row]] = defaultdict(list)
    for row in found:
        if row.discount is None:
            offers[row.offer].append(row)
    discounts = (
        Discount(row.provider or "", row.discount, row.model, row.starts, row.ends)
        for row in found
        if row.discount is not None
    )
    return (*(_quote(rows, now, binding=binding) for rows in offers.values()), *discounts)


def _quote(rows: Sequence[_Row], now: datetime, *, binding: bool) -> Quote:
    first = rows[0]
    services = sorted({row.service for row in rows if row.service})
    return Quote(
        model=first.model,
        rates=_rates(rows, ""),
        as_of=now,
        provider=first.provider,
        starts=first.starts,
        ends=first.ends,
        variants=tuple(Variant(service, _rates(rows, service)) for service in services),
        binding=binding if first.binding is None else first.binding,
    )


def _rates(rows: Iterable[_Row], service: str) -> Rates:
    steps = {row.above: row.amounts for row in rows if row.service == service}
    tiers = [evolve(ContextTier(above), **_tiered(steps[above])) for above in sorted(steps) if above]
    plain: dict[str, Any] = dict(steps.get(0, {}))
    return Rates(**plain, tiers=tiers)


def _tiered(amounts: Mapping[str, Decimal]) -> dict[str, Any]:
    return {name: amounts[name] for name in _TIERED if name in amounts}


def _double(found: Sequence[_Row]) -> Iterable[str]:
    """Rows that say two things of one offer."""
    counts: dict[tuple[object, ...], int] = defaultdict(int)
    binding: dict[tuple[object, ...], set[bool | None]] = defaultdict(set)
    for row in found:
        counts[*row.offer, row.above, row.service, row.discount is None] += 1
        if row.discount is None:
            binding[row.offer].add(row.binding)
    for key, count in counts.items():
        if count > 1:
            yield f"{key[1]} stands there {count} times for the same days"
    for offer, answers in binding.items():
        if len(answers) > 1:
            yield f"{offer[1]} has rows that bind and rows that do not, for the same days"


@frozen
class _Reader:
    """Reads one entry, and notes what is wrong with it."""

    entry: Entry
    problems: list[str] = field(repr=False)

    def row(self) -> _Row | None:
        """The row; None where something is wrong."""
        before, values = len(self.problems), self.entry.values
        for name in values:
            if name not in _COLUMNS:
                near = get_close_matches(str(name), _COLUMNS, 1)
                self._wrong(f"unknown column {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
        model, provider = identifier(values.get("model")), self._text("provider")
        if model is None:
            self._wrong("model is missing or no usable id")
        if self._text("currency") not in {"", _CURRENCY}:
            self._wrong(f"currency must be {_CURRENCY}")
        amounts = {name: amount for name in _RATES if (amount := self._amount(name)) is not None}
        above, discount = self._amount("above") or Decimal(0), self._amount("discount")
        if above != int(above):
            self._wrong("above must be a whole number of tokens")
        if discount is not None and (not 0 < discount <= 1 or amounts or not provider):
            self._wrong(
                "a discount is a share of more than 0 and at most 1, with a provider and without rates"
            )
        if discount is None and not amounts and len(self.problems) == before:
            self._wrong("no rate and no discount")
        binding = self._answer("binding")
        starts, ends = self._moment("starts"), self._moment("ends")
        if starts and ends and ends <= starts:
            self._wrong("ends must be after starts")
        if len(self.problems) > before or model is None:
            return None
        service = self._text("service")
        return _Row(provider or None, model, starts, ends, amounts, int(above), service, discount, binding)

    def _wrong(self, what: str) -> None:
        self.problems.append(f"{self.entry.place}: {what}")

    def _text(self, name: str) -> str:
        value = self.entry.values.get(name)
        if value in (None, ""):
            return ""
        text = identifier(value)
        if text is None:
            self._wrong(f"{name} must be a short text")
        return text or ""

    def _amount(self, name: str) -> Decimal | None:
        value = self.entry.values.get(name)
        if value in (None, ""):
            return None
        amount = figure(value)
        if amount is None or amount < 0 or not _NOT_IN_AMOUNTS.isdisjoint(str(value)):
            self._wrong(f"{name} must be a number of at least 0, such as 0.15")
            return None
        return amount

    def _answer(self, name: str) -> bool | None:
        """Yes or no; None where nothing is said."""
        value = str(self.entry.values.get(name) or "").strip().casefold()
        if self.entry.values.get(name) is False:
            return False
        if value not in _ANSWERS:
            self._wrong(f"{name} must be true or false")
        return _ANSWERS.get(value)

    def _moment(self, name: str) -> datetime | None:
        """The beginning of a day; TOML has days of its own."""
        value: Any = self.entry.values.get(name)
        if value in (None, ""):
            return None
        found = value if type(value) is date else day(value) if isinstance(value, str) else None
        if found is None:
            self._wrong(f"{name} must be a day such as 2026-01-31")
            return None
        return datetime.combine(found, time(), UTC)
