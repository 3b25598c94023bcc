"""Calls and attempts as rows of the ledger, and back. Pure; ``schema/`` describes the columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

import orjson
from attrs import define

from pointsman.errors import LedgerError
from pointsman.types.ledger import Attempt, AttemptState, Call, CallState, Reservation, Settlement
from pointsman.types.money import EXACT, Cost, Usage

Parameters = tuple[Any, ...]

_COUNTS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation_1h_input_tokens",
    "reasoning_output_tokens",
    "input_audio_tokens",
    "output_audio_tokens",
    "cache_read_audio_tokens",
    "input_image_tokens",
    "output_image_tokens",
    "searches",
)
"""Fields of `Usage` that are columns of the same name."""
_counts_of = attrgetter(*_COUNTS)

_RESERVATION: Final = (
    "id", "owner", "state", "at", "provider", "model", "task", "category", "operation", "estimate_pico",
    "estimate_exact", "stream", "tags", "key", "user", "catalog", "strategy",
)  # fmt: skip
_ATTEMPT: Final = (
    "call", "number", "provider", "model", "state", "at", "duration", "first_token", "error", "detail",
    "maybe_billed", "key", "response_model", "step", *_COUNTS, "service_tier", "region", "extras",
    "tokens_estimated",    "stated_usd", "usd_pico", "usd_exact", "cost_source", "cost_estimated",
)  # fmt: skip


def _insert(table: str, columns: Iterable[str]) -> str:
    names = tuple(columns)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608  # of constants


_SUMMED: Final = (
    "provider", "model", "state", "input_tokens", "output_tokens", "usd_pico", "usd_exact", "first_token",
)  # fmt: skip
summed_of = itemgetter(*(_ATTEMPT.index(name) - 2 for name in _SUMMED))
"""What the sums are made of, from the parameters of an attempt (see `EndedCall`)."""

INSERT_CALL: Final = _insert("calls", _RESERVATION)
INSERT_ATTEMPT: Final = _insert("attempts", _ATTEMPT)
# A row that was given up too early (its process was only suspended, say) still takes the truth.
END_CALL: Final = (
    "UPDATE calls SET state = ?, duration = ?, first_token = ?, error = ?"
    " WHERE seq = ? AND state IN ('reserved', 'unsettled')"
)

_PICO_DIGITS: Final = 12
_LARGEST: Final = 2**63 - 1
_DAY: Final = len("2026-01-01")


class Labels(NamedTuple):
    """By what a call is summed, as far as its reservation says; the day is UTC's."""

    day: str
    task: str
    user: str
    key: str
    tags: tuple[str, ...]


@define
class NewCall:
    """A reservation as a row.

    Attributes:
        id: Of the call.
        row: The parameters of `INSERT_CALL`.
        labels: By what it is summed.
    """

    id: str
    row: Parameters
    labels: Labels

    @classmethod
    def of(cls, reservation: Reservation, owner: str) -> NewCall:
        """The row that `owner`, a process, writes.

        Raises:
            LedgerError: The estimate is no amount, or a text cannot be stored.
        """
        at = to_time(reservation.at)
        row = (
            reservation.id,
            owner,
            CallState.RESERVED.value,
            at,
            reservation.provider,
            reservation.model,
            reservation.task,
            reservation.category,
            reservation.operation,
            *to_columns(reservation.estimate),
            1 if reservation.stream else 0,
            _to_json(reservation.tags),
            reservation.key,
            reservation.user,
            reservation.catalog,
            reservation.strategy,
        )
        labels = Labels(at[:_DAY], reservation.task, reservation.user, reservation.key, reservation.tags)
        return cls(reservation.id, row, labels)


@define
class EndedCall:
    """A settlement as rows.

    Attributes:
        id: Of the call.
        state: Of its end.
        end: The parameters of `END_CALL` without the last one, the call's `seq`.
        attempts: The parameters of `INSERT_ATTEMPT` of each without the first two, `seq` and its number.
    """

    id: str
    state: str
    end: Parameters
    attempts: tuple[Parameters, ...]

    @classmethod
    def of(cls, settlement: Settlement) -> EndedCall:
        """The rows that end a call.

        Raises:
            LedgerError: The state is not an end, or a cost is no amount.
        """
        state = settlement.state
        if state is CallState.RESERVED or state is CallState.UNSETTLED:
            raise LedgerError(f"a call cannot end as {state.value}")
        end = (state.value, settlement.duration, settlement.first_token, settlement.error)
        return cls(settlement.id, state.value, end, tuple(map(_attempt_row, settlement.attempts)))


def withdrawn(reservation: Reservation) -> Settlement:
    """The end of a call whose caller left before anything was sent."""
    return Settlement(reservation.id, CallState.CANCELLED, (), 0.0)


def to_call(row: sqlite3.Row, attempts: Iterable[sqlite3.Row]) -> Call:
    """The call that a row and those of its attempts (all columns) stand for."""
    state = CallState(row["state"])
    reservation = Reservation(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        provider=row["provider"],
        model=row["model"],
        task=row["task"],
        category=row["category"],
        operation=row["operation"],
        estimate=to_decimal(row["estimate_pico"], row["estimate_exact"]),
        stream=bool(row["stream"]),
        tags=orjson.loads(row["tags"]),
        key=row["key"],
        user=row["user"],
        catalog=row["catalog"],
        strategy=row["strategy"],
    )
    if state is CallState.RESERVED or state is CallState.UNSETTLED:
        return Call(reservation, state, None)
    found = tuple(map(_to_attempt, attempts))
    end = Settlement(row["id"], state, found, row["duration"], row["first_token"], row["error"])
    return Call(reservation, state, end)


def to_labels(at: str, task: str, user: str, key: str, tags: str) -> Labels:
    """From the columns of a call."""
    return Labels(at[:_DAY], task, user, key, tuple(orjson.loads(tags)))


def to_columns(usd: Decimal | None) -> tuple[int | None, str | None]:
    """An amount as whole pico-dollars, or as text where that is not exact; both None when unknown.

    Raises:
        LedgerError: It is not a finite number.
    """
    if usd is None:
        return None, None
    try:
        scaled = usd.scaleb(_PICO_DIGITS, EXACT)
        whole = int(scaled)
    except (ArithmeticError, ValueError):
        raise LedgerError(f"{usd} is no amount of money") from None
    if whole == scaled and -_LARGEST <= whole <= _LARGEST:
        return whole, None
    return None, str(usd)


def to_decimal(pico: int | None, exact: str | None) -> Decimal | None:
    """The amount in US dollars; the inverse of `to_columns`."""
    if pico is not None:
        return to_usd(pico)
    return None if exact is None else Decimal(exact)


def to_usd(pico: int) -> Decimal:
    """Pico-dollars in US dollars."""
    return Decimal(pico).scaleb(-_PICO_DIGITS, EXACT)


def to_time(at: datetime) -> str:
    """ISO 8601 in UTC with microseconds; a time without a zone is taken as UTC."""
    if at.tzinfo is not UTC:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")


def _attempt_row(attempt: Attempt) -> Parameters:
    usage, cost = attempt.usage, attempt.cost
    return (
        attempt.provider,
        attempt.model,
        attempt.state.value,
        to_time(attempt.at),
        attempt.duration,
        attempt.first_token,
        attempt.error,
        _storable(attempt.detail),
        1 if attempt.maybe_billed else 0,
        attempt.key,
        _storable(attempt.response_model),
        attempt.step,
        *_counts_of(usage),
        _storable(usage.service_tier),
        _storable(usage.region),
        _to_json(tuple(map(_storable, usage.extras))) if usage.extras else "[]",
        1 if usage.estimated else 0,
        None if usage.cost is None else str(usage.cost),
        *to_columns(cost.usd),
        cost.source,
        1 if cost.estimated else 0,
    )


def _to_attempt(row: sqlite3.Row) -> Attempt:
    usage = Usage(
        **{name: row[name] for name in _COUNTS},
        cost=None if row["stated_usd"] is None else Decimal(row["stated_usd"]),
        estimated=bool(row["tokens_estimated"]),
        service_tier=row["service_tier"],
        region=row["region"],
        extras=orjson.loads(row["extras"]),
    )
    usd = to_decimal(row["usd_pico"], row["usd_exact"])
    return Attempt(
        provider=row["provider"],
        model=row["model"],
        state=AttemptState(row["state"]),
        at=datetime.fromisoformat(row["at"]),
        duration=row["duration"],
        first_token=row["first_token"],
        error=row["error"],
        detail=row["detail"],
        maybe_billed=bool(row["maybe_billed"]),
        key=row["key"],
        response_model=row["response_model"],
        usage=usage,
        cost=Cost(usd, row["cost_source"], bool(row["cost_estimated"])),
        step=row["step"],
    )


def _storable(text: str) -> str:
    """A provider's own words; half a character in them must not keep a call out of the ledger."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _to_json(labels: tuple[str, ...]) -> str:
    if not labels:
        return "[]"
    try:
        return orjson.dumps(labels).decode()
    except TypeError as error:
        raise LedgerError(f"the labels {labels!r} cannot be recorded: {error}") from error
