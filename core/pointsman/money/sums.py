"""What the ledger adds up, kept per day beside the calls: a report reads some rows per day, not every call.

What a call adds is written down once, as the view ``summands`` of the schema. `add_ended` adds it to the sums
in the transaction that ends the call; calls whose end is unknown are in no sum yet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from pointsman.types.money import add

MEASURES: Final = (
    "calls", "calls_settled", "calls_failed", "calls_cancelled", "calls_by_provider", "calls_by_model",
    "calls_by_offer", "attempts", "answered", "failed", "cancelled", "input_tokens", "output_tokens",
    "usd_micro", "usd_rest", "unpriced", "first_tokens", "first_token_seconds",
)  # fmt: skip
"""Columns of sums and summands that are numbers; ``usd_exact`` stands beside them."""

DAILY: Final = ("day", "task", "state", "provider", "model")
"""What the table ``daily_sums`` is summed by."""
BY_LABEL: Final = ("day", "label", "value", "provider", "model")
"""What the table ``daily_label_sums`` is summed by."""
LABELS: Final = ("tag", "user", "key")

_NAMES: Final = ", ".join((*MEASURES, "usd_exact"))
_SUMS: Final = (
    f"{', '.join(f'SUM({name}) AS {name}' for name in MEASURES)},"
    " exact_sum(usd_exact) FILTER (WHERE usd_exact IS NOT NULL) AS usd_exact"
)
_BATCH_COLUMNS: Final = ", ".join((*DAILY, "tags", "user", "key"))
# All the SQL of this module is made of constants.
_MAKE_BATCH: Final = f"CREATE TEMP TABLE batch AS SELECT {_BATCH_COLUMNS}, {_NAMES} FROM summands LIMIT 0"  # noqa: S608
_FILL_BATCH: Final = f"""
    INSERT INTO batch SELECT {_BATCH_COLUMNS}, {_SUMS} FROM summands
    WHERE seq IN (SELECT value FROM json_each(?)) GROUP BY {_BATCH_COLUMNS}
"""  # noqa: S608
_BY_LABEL_BATCH: Final = " UNION ALL ".join(
    f"SELECT day, '{label}' AS label, {value} AS value, provider, model, {_NAMES} FROM {source}"  # noqa: S608
    for label, value, source in (
        ("tag", "coalesce(tag.value, '')", "batch LEFT JOIN json_each(batch.tags) AS tag"),
        ("user", "user", "batch"),
        ("key", "key", "batch"),
    )
)


def _addition(table: str, columns: Sequence[str], source: str) -> str:
    names = ", ".join(columns)
    more = ", ".join(f"{name} = {name} + excluded.{name}" for name in MEASURES)
    return f"""
        INSERT INTO {table} ({names}, {_NAMES})
        SELECT {names}, {_SUMS} FROM {source} WHERE true GROUP BY {names}
        ON CONFLICT ({names}) DO UPDATE SET {more}, usd_exact = CASE WHEN excluded.usd_exact IS NULL
            THEN usd_exact ELSE exact_add(coalesce(usd_exact, '0'), excluded.usd_exact) END
    """  # noqa: S608


_ADDITIONS: Final = (
    _addition("daily_sums", DAILY, "batch"),
    _addition("daily_label_sums", BY_LABEL, f"({_BY_LABEL_BATCH})"),
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make a connection that writes ready for `add_ended`."""
    register(connection)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(_MAKE_BATCH)


def add_ended(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Add calls that have just ended to every table of sums."""
    connection.execute(_FILL_BATCH, (f"[{','.join(map(str, seqs))}]",))
    for sql in _ADDITIONS:
        connection.execute(sql)
    connection.execute("DELETE FROM batch")


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
