"""How usage was added up at first, by looking at every call of one table. A reference: it does not change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benchmarks.ledger_rows import Row

_SCHEMA = """
    CREATE TABLE calls (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, state TEXT NOT NULL,
        at TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, task TEXT NOT NULL,
        category TEXT NOT NULL, operation TEXT NOT NULL, estimate_pico INTEGER, estimate_exact TEXT,
        stream INTEGER NOT NULL, tag TEXT NOT NULL, answered_provider TEXT, answered_model TEXT,
        response_model TEXT, input_tokens INTEGER, output_tokens INTEGER, cache_read_input_tokens INTEGER,
        cache_creation_input_tokens INTEGER, cache_creation_1h_input_tokens INTEGER,
        reasoning_output_tokens INTEGER, tokens_estimated INTEGER, stated_usd TEXT, usd_pico INTEGER,
        usd_exact TEXT, cost_source TEXT, cost_estimated INTEGER, latency REAL, duration REAL,
        attempts INTEGER, attempt_log TEXT, error TEXT
    );
    CREATE INDEX calls_at ON calls (at);
    CREATE INDEX calls_open ON calls (owner) WHERE state = 'reserved';
"""
_INSERT = """
    INSERT INTO calls (
        id, owner, state, at, provider, model, task, category, operation, estimate_pico, stream, tag,
        answered_provider, answered_model, response_model, input_tokens, output_tokens,
        cache_read_input_tokens, cache_creation_input_tokens, cache_creation_1h_input_tokens,
        reasoning_output_tokens, tokens_estimated, usd_pico, cost_source, cost_estimated, latency, duration,
        attempts, attempt_log, error
    ) VALUES (
        ?, '0123456789ab', ?, ?, ?, ?, ?, 'general', 'chat', ?, 0, '',
        ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, 'list', 0, ?, 3.0, 1, ?, ''
    )
"""
_COLUMNS = {
    "day": "substr(at, 1, 10)",
    "month": "substr(at, 1, 7)",
    "provider": "COALESCE(answered_provider, provider)",
    "model": "COALESCE(answered_model, model)",
    "task": "task",
    "state": "state",
}
_OPEN = "state IN ('reserved', 'unsettled')"
_SUMS = f"""
    COUNT(*),
    TOTAL(state = 'settled'), TOTAL(state = 'failed'), TOTAL(state = 'cancelled'), TOTAL({_OPEN}),
    COALESCE(SUM(input_tokens), 0), COALESCE(SUM(output_tokens), 0),
    SUM(usd_pico / 1000000), SUM(usd_pico % 1000000),
    exact_sum(usd_exact) FILTER (WHERE usd_exact IS NOT NULL),
    TOTAL(state = 'settled' AND usd_pico IS NULL AND usd_exact IS NULL),
    SUM(estimate_pico / 1000000) FILTER (WHERE {_OPEN}), SUM(estimate_pico % 1000000) FILTER (WHERE {_OPEN}),
    exact_sum(estimate_exact) FILTER (WHERE {_OPEN} AND estimate_exact IS NOT NULL),
    AVG(latency)
"""


Brief = Mapping[tuple[str, ...], tuple[int, int, int, Decimal]]
"""By group: calls, input tokens, output tokens, US dollars."""


class _ExactSum:
    """SQL aggregate: adds decimal text without rounding."""

    def __init__(self) -> None:
        self.total = Decimal(0)

    def step(self, text: str) -> None:
        self.total += Decimal(text)

    def finalize(self) -> str:
        return str(self.total)


def write(path: Path, rows: Iterable[Row]) -> None:
    """A new file with these calls."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCHEMA)
        connection.executemany(_INSERT, map(_parameters, rows))


def usage(path: Path, by: Sequence[str]) -> list[tuple[Any, ...]]:
    """The groups, in their order, each with its sums."""
    groups = [_COLUMNS[name] for name in by]
    positions = ", ".join(str(number + 1) for number in range(len(groups)))
    sql = f"SELECT {', '.join([*groups, _SUMS])} FROM calls"  # noqa: S608 (made of constants)
    if groups:
        sql += f" GROUP BY {positions} ORDER BY {positions}"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.create_aggregate("exact_sum", 1, _ExactSum)  # type: ignore[arg-type]
        return connection.execute(sql).fetchall()


def brief(path: Path, by: Sequence[str]) -> Brief:
    """Calls, tokens and dollars of each group, to compare."""
    found = {}
    for row in usage(path, by):
        group, sums = row[: len(by)], row[len(by) :]
        micro, rest = sums[7], sums[8]
        usd = Decimal(micro * 10**6 + rest).scaleb(-12).normalize()
        found[tuple(map(str, group))] = (sums[0], sums[5], sums[6], usd)
    return found


def _parameters(row: Row) -> tuple[Any, ...]:
    pico = int(row.usd.scaleb(12))
    who = row.provider, row.model
    log = json.dumps([{"provider": who[0], "model": who[1], "ok": True, "error": "", "duration": 3.0}])
    before = row.id, row.state.value, row.at.isoformat(timespec="microseconds"), *who, row.task, pico
    return *before, *who, row.model, row.input_tokens, row.output_tokens, pico, row.first_token, log
