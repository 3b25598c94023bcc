"""One round of asking sources: what is good is kept, what fails leaves the last good rows where they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import datetime

from attrs import field, frozen

from pointsman.catalog.feeds.conditional import Conditional
from pointsman.catalog.feeds.discovery import DEADLINE, Answer, ask_all
from pointsman.catalog.feeds.progress import Progress, shrunk
from pointsman.catalog.feeds.schedule import Trouble, troubled
from pointsman.catalog.feeds.shelf import Kept, Shelf, Store
from pointsman.catalog.feeds.sources import SourceRef
from pointsman.errors import ProviderError
from pointsman.protocols import Http

log = logging.getLogger(__name__)

Hold = MutableMapping[SourceRef, Kept | None]
"""The last good rows of every source, as they are replaced."""


@frozen
class Asking:
    """Asks sources, and keeps what they told.

    Attributes:
        http: Gives the client of a source, by its name.
        store: Remembers answers that need not be sent again.
        shelf: Where good rows are kept.
        timeout: Seconds one source may take in all.
    """

    http: Callable[[str], Http]
    store: Store = field(repr=False)
    shelf: Shelf = field(repr=False)
    timeout: float = DEADLINE

    async def ask(
        self,
        places: Sequence[SourceRef],
        kept: Hold,
        now: datetime,
        progress: Callable[[Progress], None],
    ) -> dict[SourceRef, str]:
        """Ask `places` all at once; replace their rows in `kept` and on disk where the answer is good.

        Returns:
            Why each of them gave nothing new; empty where it did.
        """
        errors: dict[SourceRef, str] = {}
        troubles = await self.shelf.troubles()

        async def answered(answer: Answer) -> None:
            place = SourceRef(answer.kind, answer.source)
            error = str(answer.error) if answer.error else shrunk(answer.rows or (), kept[place], now)
            errors[place] = error
            if error:
                log.warning("%s of %s: %s", answer.kind, answer.source.name, error)
                troubles[str(place)] = troubled(troubles.get(str(place)), now, _asked_to_wait(answer))
            else:
                kept[place] = Kept(answer.rows or (), now)
                troubles.pop(str(place), None)
                await self.shelf.keep_rows(answer.kind, answer.source, answer.rows or (), now)
            progress(_ended(answer, kept[place], error))

        for kind, source in places:
            progress(Progress(source.name, kind, "asking"))
        await ask_all(places, self._client, deadline=self.timeout, answered=answered)
        await self.shelf.keep_troubles(troubles)
        return errors

    def _client(self, name: str) -> Http:
        return Conditional(self.http(name), self.store, name)


def left_alone(place: SourceRef, troubles: Mapping[str, Trouble], now: datetime) -> bool:
    """Whether it failed so recently that it is not asked again yet."""
    trouble = troubles.get(str(place))
    return trouble is not None and now < trouble.until


def _ended(answer: Answer, rows: Kept | None, error: str) -> Progress:
    state = "done" if not error else "kept" if rows else "failed"
    count = len(rows.rows) if rows else 0
    return Progress(answer.source.name, answer.kind, state, count, answer.seconds, error)


def _asked_to_wait(answer: Answer) -> float | None:
    return answer.error.retry_after if isinstance(answer.error, ProviderError) else None
