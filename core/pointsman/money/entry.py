"""A row on its way to the ledger, and whoever waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from attrs import define

from pointsman.errors import LedgerError
from pointsman.money.rows import Row

_LOG = logging.getLogger("pointsman.ledger")


@define(eq=False)
class Entry:
    """A row on its way.

    Attributes:
        sql: `rows.INSERT` or `rows.UPDATE`.
        row: Its parameters.
        waiting: Whoever waits for it; None when nobody does.
        error: Why it could not be written.
    """

    sql: str
    row: Row
    waiting: asyncio.Future[None] | None
    error: LedgerError | None = None


def wake(entries: Iterable[Entry]) -> None:
    """Answer everybody who still waits; on the event loop."""
    for entry in entries:
        waiting = entry.waiting
        if waiting is None or waiting.done():
            if entry.error is not None:
                _LOG.warning("nobody waited for: %s", entry.error)
        elif entry.error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(entry.error)
