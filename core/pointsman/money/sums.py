"""What the ledger adds up, kept per day beside the calls: a report reads some rows per day, not every call.

What a call adds is what the view ``summands`` of the schema shows of it; reports read that where no sums are
kept. `Tally` counts the same of calls that have just ended, and adds it to the sums in the transaction that
ends them. Calls whose end is unknown are in no sum yet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from operator import add as plus
from typing import Any, Final

from pointsman.money.rows import EndedCall, Labels, summed_of
from pointsman.types.ledger import AttemptState, CallState
from pointsman.types.money import add

MEASURES: Final = (
    "calls", "calls_settled", "calls_failed", "calls_cancelled", "calls_by_provider", "calls_by_model",
    "calls_by_offer", "attempts", "answered", "failed", "cancelled", "input_tokens", "output_tokens",
    "usd_micro", "usd_rest", "unpriced", "first_tokens", "first_token_seconds",
)  # fmt: skip
"""Columns of sums and summands that are numbers; ``usd_exact`` stands beside them."""

KEPT: Final = (("task", "state"), ("provider", "model"), ("task", "model"), ("user", "key"), ("tag",))
"""What sums are kept by, beside the day; a report reads the first that will do."""

_UPSERT: Final = f"""
    INSERT INTO daily_sums (columns, day, one, other, {", ".join(MEASURES)}, usd_exact)
    VALUES ({", ".join("?" * (len(MEASURES) + 5))})
    ON CONFLICT (columns, day, one, other) DO UPDATE SET
        {", ".join(f"{name} = {name} + excluded.{name}" for name in MEASURES)},
        usd_exact = CASE WHEN excluded.usd_exact IS NULL THEN usd_exact
            ELSE exact_add(coalesce(usd_exact, '0'), excluded.usd_exact) END
"""  # noqa: S608  # made of constants

_Key = tuple[str, str, str, str]
"""Columns, day and the values of the columns: the primary key of the sums."""
_Values = tuple[float, ...]
"""One number for each of `MEASURES`."""

_CALL: Final[Mapping[str, tuple[bool, ...]]] = {
    end: (True, end == CallState.SETTLED, end == CallState.FAILED, end == CallState.CANCELLED)
    for end in CallState
}
_NO_CALL: Final = (False,) * 4
_ATTEMPT: Final[Mapping[str, tuple[bool, ...]]] = {
    end.value: (True, end.answered, end is AttemptState.FAILED, end is AttemptState.CANCELLED)
    for end in AttemptState
}
_NO_ATTEMPT: Final = (0,) * (len(MEASURES) - len(_NO_CALL))
_MICRO: Final = 10**6  # pico-dollars in a micro-dollar


def sums_for(columns: Collection[str]) -> tuple[str, ...] | None:
    """The sums from which those by these columns (beside the day) can be made; None where there are none."""
    return next((each for each in KEPT if set(columns) <= set(each)), None)


class Tally:
    """What calls that end together add to the sums."""

    def __init__(self) -> None:
        self._values: dict[tuple[Labels, str, str, str], _Values] = {}
        self._exact: dict[tuple[Labels, str, str, str], Decimal] = {}

    def count(self, labels: Labels, ended: EndedCall) -> None:
        """Count a call and its attempts."""
        call, asked = _CALL[ended.state], [summed_of(row) for row in ended.attempts]
        if not asked:
            self._add((labels, ended.state, "", ""), (*call, *_NO_ATTEMPT))
        for number, each in enumerate(asked):
            provider, model, state, given, made, pico, exact, first_token = each
            end = _ATTEMPT[state]
            micro, rest = divmod(pico, _MICRO) if pico else (0, 0)
            group = (labels, ended.state, provider, model)
            values = (
                *(call if number == 0 else _NO_CALL),
                *((True, True, True) if number == 0 else _new_among(asked[:number], provider, model)),
                *end,
                given or 0,
                made or 0,
                micro,
                rest,
                end[1] and pico is None and exact is None,
                first_token is not None,
                first_token or 0.0,
            )
            self._add(group, values)
            if exact is not None:
                self._exact[group] = add(self._exact.get(group, Decimal(0)), Decimal(exact))

    def write(self, connection: sqlite3.Connection) -> None:
        """Add everything to the sums."""
        sums: dict[_Key, _Values] = {}
        exact: dict[_Key, Decimal] = {}
        for group, values in self._values.items():
            for key in _keys(*group):
                known = sums.get(key)
                sums[key] = values if known is None else tuple(map(plus, known, values))
                if group in self._exact:
                    exact[key] = add(exact.get(key, Decimal(0)), self._exact[group])
        amounts = {key: str(amount) for key, amount in exact.items()}
        connection.executemany(_UPSERT, [(*key, *values, amounts.get(key)) for key, values in sums.items()])

    def _add(self, group: tuple[Labels, str, str, str], values: _Values) -> None:
        known = self._values.get(group)
        self._values[group] = values if known is None else tuple(map(plus, known, values))


def _new_among(before: list[Any], provider: str, model: str) -> tuple[bool, bool, bool]:
    """Whether an attempt is the first of its call at its provider, at its model, at both."""
    return (
        all(each[0] != provider for each in before),
        all(each[1] != model for each in before),
        all(each[:2] != (provider, model) for each in before),
    )


def _keys(labels: Labels, state: str, provider: str, model: str) -> Iterator[_Key]:
    """Where something is added, one for each of `KEPT` and for each tag."""
    yield "task state", labels.day, labels.task, state
    yield "provider model", labels.day, provider, model
    yield "task model", labels.day, labels.task, model
    yield "user key", labels.day, labels.user, labels.key
    for tag in labels.tags or ("",):
        yield "tag", labels.day, tag, ""


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection to add decimal text without rounding: ``exact_sum`` and ``exact_add``."""
    connection.create_aggregate("exact_sum", 1, _ExactSum)  # type: ignore[arg-type]  # its stub wants an int
    connection.create_function("exact_add", 2, _exact_add, deterministic=True)


def _exact_add(one: str, other: str) -> str:
    return str(add(Decimal(one), Decimal(other)))


class _ExactSum:
    """The aggregate."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, text: str) -> None:
        self.total = add(self.total, Decimal(text))

    def finalize(self) -> str:
        return str(self.total)
