"""A provider's own model list as a price list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pointsman.providers.fields import identifier, label, table
from pointsman.types import Quote, Rates


def listed_quotes(
    found: Iterable[object],
    provider: str,
    rates: Callable[[Mapping[str, Any]], Rates],
    *,
    name: str = "id",
) -> tuple[Quote, ...]:
    """One quote per listed id that has a price, as of now: such lists tell today's prices.

    Args:
        found: Rows of the list, read with exact numbers.
        provider: Whose prices they are.
        rates: Reads the prices of one row; empty `Rates` leave it out.
        name: Field that holds the id.
    """
    now = datetime.now(UTC)
    quotes: dict[str, Quote] = {}
    for row in map(table, found):
        model = identifier(row.get(name))
        if model is None or (read := rates(row)) == Rates():
            continue
        shown = label(row.get("display_name")) or label(row.get("name"))
        quotes.setdefault(model, Quote(model=model, rates=read, as_of=now, provider=provider, name=shown))
    return tuple(quotes.values())
