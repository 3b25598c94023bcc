"""The rows of a feed: those that can be read are kept, and of those that say the same the one that counts."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from pointsman.errors import FeedError
from pointsman.types.secrets import redact

log = logging.getLogger(__name__)

R = TypeVar("R")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_BOM = "\ufeff"
MOST_ROWS = 1_000_000
"""Rows a feed may have; what comes after is not read."""
MOST_BAD = 0.5
"""Share of rows that may be unreadable before the feed counts as another format."""


def readable(source: str, rows: Iterable[R], read: Callable[[R], Iterable[T]]) -> tuple[T, ...]:
    """What `read` makes of every row, without the rows it fails on.

    Args:
        source: Name of the source, for the log and the error.
        rows: Of the feed.
        read: Gives what one row says: nothing where it is of no use, an exception where it cannot be read.

    Raises:
        FeedError: No row says anything, or more than `MOST_BAD` of them cannot be read.
    """
    found: list[T] = []
    seen = bad = 0
    why = ""
    for row in rows:
        if seen >= MOST_ROWS:
            log.warning("%s: only the first %d rows are read", source, MOST_ROWS)
            break
        seen += 1
        try:
            found += tuple(read(row))  # whole or not at all: a row that fails half-way says nothing
        except Exception as error:  # noqa: BLE001 (a row may be anything; whatever it provokes costs that row only)
            bad += 1
            why = why or f"{type(error).__name__}: {error}"
    why = redact(why)
    if bad > MOST_BAD * seen:
        raise FeedError(source, f"{bad} of {seen} rows cannot be read, the first because of {why}")
    if bad:
        log.warning("%s: %d of %d rows cannot be read, the first because of %s", source, bad, seen, why)
    if not found:
        raise FeedError(source, f"none of {seen} rows says anything")
    return tuple(found)


def one_each(
    rows: Iterable[T], key: Callable[[T], K], better: Callable[[T, T], bool] | None = None
) -> tuple[T, ...]:
    """Of rows with one key the first, or the one that is better than it; in the order the keys came.

    Args:
        rows: As read.
        key: What they are about.
        better: Whether its first argument counts more than its second.
    """
    found: dict[K, T] = {}
    for row in rows:
        known = found.setdefault(key(row), row)
        if better is not None and known is not row and better(row, known):
            found[key(row)] = row
    return tuple(found.values())


def csv_rows(source: str, body: bytes, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """The rows of a CSV file by column name, cells stripped. Blank lines and short rows are kept as they are.

    Args:
        source: Name of the source, for the error.
        body: UTF-8, with or without a byte-order mark.
        columns: Those that must be there; others may come and go.

    Raises:
        FeedError: It is not text, is no table, or lacks a column.
    """
    try:
        text = body.decode("utf-8").removeprefix(_BOM)
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
        found = [_stripped(row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FeedError(source, f"the file is no CSV table: {error}") from error
    known = {name.strip() for name in reader.fieldnames or ()}
    missing = [name for name in columns if name not in known]
    if missing:
        raise FeedError(source, f"the table has no column {', '.join(missing)}")
    return found


def _stripped(row: Mapping[str | None, object]) -> Mapping[str, str]:
    """Cells beyond the last named column stand under None; they are dropped."""
    return {name.strip(): value.strip() for name, value in row.items() if name and isinstance(value, str)}
