"""What the ledger adds up: read-only queries, each on its own connection; they block, so call in a thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pointsman.config.names import nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.money import file, rows
from pointsman.types.ledger import Call, UsageRow

# A call that was answered counts for whoever answered it.
_COLUMNS: Final = {
    "day": "substr(at, 1, 10)",
    "month": "substr(at, 1, 7)",
    "provider": "COALESCE(answered_provider, provider)",
    "model": "COALESCE(answered_model, model)",
    "task": "task",
    "state": "state",
    "tag": "tag",
}
_OPEN: Final = "state IN ('reserved', 'unsettled')"
# Whole micro-dollars and the rest are added apart: neither sum can overflow 64 bits in a lifetime.
_SUMS: Final = f"""
    COUNT(*),
    TOTAL(state = 'settled'), TOTAL(state = 'failed'), TOTAL(state = 'cancelled'), TOTAL({_OPEN}),
    COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),
    SUM(usd_pico / 1000000), SUM(usd_pico % 1000000),
    exact_sum(usd_exact) FILTER (WHERE usd_exact IS NOT NULL),
    TOTAL(state = 'settled' AND usd_pico IS NULL AND usd_exact IS NULL),
    SUM(estimate_pico / 1000000) FILTER (WHERE {_OPEN}), SUM(estimate_pico % 1000000) FILTER (WHERE {_OPEN}),
    exact_sum(estimate_exact) FILTER (WHERE {_OPEN} AND estimate_exact IS NOT NULL),
    AVG(latency)
"""  # made of constants


class _ExactSum:
    """SQL aggregate: adds decimal text without rounding."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, text: str) -> None:
        self.total = rows.add(self.total, Decimal(text))

    def finalize(self) -> str:
        return str(self.total)


def usage(path: Path, by: Sequence[str], since: str = "", until: str = "") -> list[UsageRow]:
    """Sums per group, in the order of the groups; one row when `by` is empty.

    A call under way counts as unsettled: its end is unknown, and its estimate may be spent.

    Raises:
        UnknownNameError: `by` holds an unknown column.
        RequestError: `since` or `until` is not an ISO date or date-time.
        LedgerError: The file cannot be read.
    """
    groups = [_column(name) for name in by]
    conditions = [("at >= ?", _bound("since", since)), ("at < ?", _bound("until", until))]
    limits = [(sql, bound) for sql, bound in conditions if bound]
    sql = f"SELECT {', '.join([*groups, _SUMS])} FROM calls"  # noqa: S608  # made of constants
    if limits:
        sql += " WHERE " + " AND ".join(condition for condition, _ in limits)
    if groups:
        positions = ", ".join(str(number) for number in range(1, len(groups) + 1))
        sql += f" GROUP BY {positions} ORDER BY {positions}"
    return [_usage_row(row, len(groups)) for row in _query(path, sql, [bound for _, bound in limits])]


def calls(path: Path, limit: int) -> list[Call]:
    """The newest calls, newest first.

    Raises:
        LedgerError: The file cannot be read.
    """
    sql = "SELECT * FROM calls ORDER BY seq DESC LIMIT ?"
    return [rows.to_call(row) for row in _query(path, sql, [max(limit, 0)])]


def _query(path: Path, sql: str, parameters: Sequence[Any]) -> list[sqlite3.Row]:
    try:
        with closing(file.reader(path)) as connection:
            connection.create_aggregate("exact_sum", 1, _ExactSum)  # type: ignore[arg-type]
            return connection.execute(sql, parameters).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise file.explained(path, error) from error


def _column(name: str) -> str:
    if name not in _COLUMNS:
        known = f"known: {', '.join(_COLUMNS)}"
        raise UnknownNameError("usage column", name, nearest(name, _COLUMNS), known)
    return _COLUMNS[name]


def _bound(parameter: str, text: str) -> str:
    if not text:
        return ""
    try:
        return rows.to_time(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise RequestError(f"{parameter}={text!r} is not an ISO date or date-time", parameter) from error


def _usage_row(row: sqlite3.Row, width: int) -> UsageRow:
    (
        total, answered, failed, cancelled, unsettled, input_tokens, output_tokens,
        usd, usd_rest, usd_exact, unpriced, open_usd, open_rest, open_exact, latency,
    ) = tuple(row)[width:]  # fmt: skip
    return UsageRow(
        group=tuple(str(each) for each in tuple(row)[:width]),
        calls=total,
        answered=int(answered),
        failed=int(failed),
        cancelled=int(cancelled),
        unsettled=int(unsettled),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        usd=_sum(usd, usd_rest, usd_exact),
        unpriced=int(unpriced),
        unsettled_usd=_sum(open_usd, open_rest, open_exact),
        latency=latency,
    )


def _sum(micro: int | None, rest: int | None, exact: str | None) -> Decimal:
    """Micro-dollars, pico-dollars and decimal text, added without rounding."""
    pico = rows.to_decimal((micro or 0) * 10**6 + (rest or 0), None)
    return rows.add(pico or Decimal(0), Decimal(exact or 0))
