"""How fast a provider's offer of a model was measured to be.

Of each source the row in the nearest mode speaks, by its newest measurement; of several sources the median,
so that one which is off moves nothing as soon as there are three. The provider's own offer comes before
offers of which nobody says whose they are; another provider's is never taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from statistics import median

from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.identity.index import Found
from pointsman.catalog.scores.columns import Row
from pointsman.types import Speed

Figure = Callable[[Speed], float | None]


def speed(rows: Sequence[Found[Row]], source: Source) -> Speed | None:
    """The speed of `source`'s offer; None where nobody measured it.

    Args:
        rows: See `pointsman.catalog.scores.book.ScoreBook.rows`: nearest mode first.
        source: The provider.
    """
    rates = _measured(rows, source, lambda each: each.output_tokens_per_second)
    firsts = _measured(rows, source, lambda each: each.time_to_first_token)
    newest = rates or firsts
    if not newest:
        return None
    return Speed(
        model=newest[0].model,
        as_of=max(each.as_of for each in newest),
        output_tokens_per_second=_middle(each.output_tokens_per_second for each in rates),
        time_to_first_token=_middle(each.time_to_first_token for each in firsts),
        provider=newest[0].provider,
        creator=newest[0].creator,
        source=", ".join(sorted({each.source for each in [*rates, *firsts]})),
    )


def _measured(rows: Sequence[Found[Row]], source: Source, figure: Figure) -> list[Speed]:
    """One measurement of each source that has this figure: all of the provider's own offer, or none is."""
    measured = [
        sorted((each for each in found.entry.speeds if _usable(figure(each))), key=_newest) for found in rows
    ]
    own = _by_source(
        each for row in measured for each in row if each.provider and source.is_called(each.provider)
    )
    return own or _by_source(each for row in measured for each in row if each.provider is None)


def _usable(figure: float | None) -> bool:
    return figure is not None and isfinite(figure) and figure > 0


def _newest(each: Speed) -> float:
    return -each.as_of.timestamp()


def _by_source(speeds: Iterable[Speed]) -> list[Speed]:
    """The first of each source."""
    first: dict[str, Speed] = {}
    for each in speeds:
        first.setdefault(each.source, each)
    return list(first.values())


def _middle(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None
