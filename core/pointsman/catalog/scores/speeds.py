"""How fast a provider's offer of a model was measured to be."""

from __future__ import annotations

from collections.abc import Sequence

from pointsman.catalog.index import Found
from pointsman.catalog.scores.columns import Row
from pointsman.catalog.sources import Source
from pointsman.types import Speed


def speed(rows: Sequence[Found[Row]], source: Source) -> Speed | None:
    """The speed of the provider's own offer where it was measured, else of any offer; newest first."""
    speeds = sorted(
        (
            each
            for found in rows
            for each in found.entry.speeds
            if each.provider is None or source.is_called(each.provider)
        ),
        key=lambda each: (each.provider is None, -each.as_of.timestamp()),
    )
    rate = next((each for each in speeds if each.output_tokens_per_second), None)
    first = next((each for each in speeds if each.time_to_first_token), None)
    told = rate or first
    if told is None:
        return None
    return Speed(
        model=told.model,
        as_of=told.as_of,
        output_tokens_per_second=rate.output_tokens_per_second if rate else None,
        time_to_first_token=first.time_to_first_token if first else None,
        provider=told.provider,
        creator=told.creator,
        source=told.source,
    )
