"""Who is asked, and how that went."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from attrs import define, field, frozen

from pointsman.catalog.spelling import plain
from pointsman.errors import PluginError
from pointsman.kinds import SourceKind
from pointsman.types import Model


class State(StrEnum):
    """How fresh the rows of a source are."""

    FRESH = "fresh"
    STALE = "stale"
    FAILED = "failed"
    OFF = "off"


@define(frozen=True, eq=False, slots=False)
class Source:
    """One configured instance of an extension.

    Attributes:
        name: Of the instance.
        extension: Name of what it is an instance of.
        create: Gives what the extension created: a `Provider`, a `PricingSource` or a `BenchmarkSource`.
            Called only where it is asked for rows or its address counts, which reading a catalog needs not.
        fingerprint: Of its keys; empty where it has none.
    """

    name: str
    extension: str
    create: Callable[[], object] = field(repr=False)
    fingerprint: str = ""

    @cached_property
    def object(self) -> object:
        """What the extension created; raises what creating it raises."""
        return self.create()

    @cached_property
    def names(self) -> frozenset[str]:
        """Plain names under which others may name it."""
        return frozenset(name for name in (plain(self.name), plain(self.extension)) if name)

    @cached_property
    def host(self) -> str:
        """Host of the base URL, where the object has one (itself or in its ``config``)."""
        try:
            asked = self.object
        except PluginError:
            return ""
        for holder in (asked, getattr(asked, "config", None)):
            url = getattr(holder, "base_url", None)
            if isinstance(url, str) and url:
                return (urlsplit(url).hostname or "").lower()
        return ""

    def is_called(self, name: str) -> bool:
        """Whether a source that writes `name` means this provider: its name, its extension's, or a
        part of its host.

        ``x-ai`` is ``api.x.ai``; of several parts the one nearest the end of the host counts, so an OpenAI
        model at ``….openai.azure.com`` is not OpenAI's offer.
        """
        return plain(name) in self._called

    @cached_property
    def _called(self) -> frozenset[str]:
        parts = self.host.split(".")
        hosted = {plain(parts[-2]), plain("".join(parts[-2:]))} if len(parts) > 1 else set[str]()
        return frozenset(name for name in self.names | hosted if name)


@frozen
class Listing:
    """What one provider lists.

    Attributes:
        source: Which provider.
        models: As listed.
    """

    source: Source
    models: tuple[Model, ...]


@frozen
class SourceStatus:
    """How the last fetch of one source went.

    Attributes:
        name: Of the instance.
        kind: What its rows are about.
        state: ``stale`` is last-good data older than wished, ``failed`` no data at all.
        rows: How many rows are in use.
        fetched_at: When the rows in use were fetched; None when there are none.
        error: Why the last fetch did not succeed; empty when it did.
        quarantined: How many of its rows are held back as unbelievable.
    """

    name: str
    kind: SourceKind
    state: State
    rows: int = 0
    fetched_at: datetime | None = None
    error: str = ""
    quarantined: int = 0


class SourceRef(NamedTuple):
    """A source, and what it is asked for."""

    kind: SourceKind
    source: Source

    def __str__(self) -> str:
        """``prices litellm-prices``."""
        return f"{self.kind} {self.source.name}"

    @property
    def backoff(self) -> str:
        """Under which its failures are kept: with another key it has not failed yet."""
        return f"{self} {self.source.fingerprint}"


def signature(refs: Sequence[SourceRef], priority: Sequence[str]) -> str:
    """Names the set of sources: with another one the catalog on disk is another catalog."""
    lines = sorted(f"{kind} {source.extension} {source.name}" for kind, source in refs)
    return hashlib.sha256("\n".join([*lines, *priority]).encode()).hexdigest()
