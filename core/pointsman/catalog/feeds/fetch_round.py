"""One round of asking sources: what is good is kept, what fails leaves the last good rows where they are."""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping, Sequence
from datetime import datetime, timedelta

from attrs import field, frozen

from pointsman.catalog.feeds.cache import CachedRows, FeedCache, KeyValueCache
from pointsman.catalog.feeds.conditional import Conditional
from pointsman.catalog.feeds.fetch import DEADLINE, Fetched, fetch_all
from pointsman.catalog.feeds.schedule import Backoff
from pointsman.catalog.feeds.sources import SourceRef
from pointsman.errors import ProviderError
from pointsman.kinds import SourceKind
from pointsman.protocols import Http

log = logging.getLogger(__name__)

SHRUNK = 0.5
"""A feed with less than this share of its last good rows is taken for a broken one …"""
GIVE_IN = timedelta(days=7)
"""… until the last good rows are this old."""


@frozen
class Progress:
    """One step of a refresh.

    Attributes:
        name: Of the source.
        kind: What its rows are about.
        state: ``asking``, ``done``, ``kept`` (it failed or shrank; last good rows stay) or ``failed`` (no
            rows).
        rows: In use now.
        seconds: Since it was asked.
        error: Why it was not ``done``.
    """

    name: str
    kind: SourceKind
    state: str
    rows: int = 0
    seconds: float = 0.0
    error: str = ""


@frozen
class FetchRound:
    """Asks sources, and keeps what they answer.

    Attributes:
        http: Gives the client of a source, by its name.
        answers: Remembers answers that need not be sent again.
        cache: Where good rows are kept.
        timeout: Seconds one source may take in all.
    """

    http: Callable[[str], Http]
    answers: KeyValueCache = field(repr=False)
    cache: FeedCache = field(repr=False)
    timeout: float = DEADLINE

    async def run(
        self,
        refs: Sequence[SourceRef],
        cached: MutableMapping[SourceRef, CachedRows | None],
        now: datetime,
        progress: Callable[[Progress], None],
    ) -> dict[SourceRef, str]:
        """Ask `refs` all at once; replace their rows in `cached` and on disk where the answer is good.

        Returns:
            Why each of them gave nothing new; empty where it did.
        """
        errors: dict[SourceRef, str] = {}
        backoffs = await self.cache.backoffs()

        async def fetched(answer: Fetched) -> None:
            ref = answer.ref
            error = str(answer.error) if answer.error else shrinkage(answer.rows or (), cached[ref], now)
            errors[ref] = error
            if error:
                log.warning("%s of %s: %s", ref.kind, ref.source.name, error)
                backoffs[ref.backoff] = Backoff.after(backoffs.get(ref.backoff), now, _asked_to_wait(answer))
            else:
                cached[ref] = CachedRows(answer.rows or (), now)
                backoffs.pop(ref.backoff, None)
                await self.cache.keep_rows(ref, answer.rows or (), now)
            progress(_step(answer, cached[ref], error))

        for kind, source in refs:
            progress(Progress(source.name, kind, "asking"))
        await fetch_all(refs, self._client, deadline=self.timeout, fetched=fetched)
        await self.cache.keep_backoffs(backoffs)
        return errors

    def _client(self, name: str) -> Http:
        return Conditional(self.http(name), self.answers, name)


def shrinkage(rows: Sequence[object], before: CachedRows | None, now: datetime) -> str:
    """Why these rows are taken for a broken feed; empty when they are not."""
    if before is None or not before.rows or now - before.at >= GIVE_IN:
        return ""
    if len(rows) < SHRUNK * len(before.rows):
        return f"only {len(rows)} rows where there were {len(before.rows)}; the last good ones stay"
    return ""


def _step(answer: Fetched, rows: CachedRows | None, error: str) -> Progress:
    state = "done" if not error else "kept" if rows else "failed"
    count = len(rows.rows) if rows else 0
    return Progress(answer.ref.source.name, answer.ref.kind, state, count, answer.seconds, error)


def _asked_to_wait(answer: Fetched) -> float | None:
    return answer.error.retry_after if isinstance(answer.error, ProviderError) else None
