"""What a folder of recorded exchanges must be read as, and through which provider.

One module per provider holds ``EXPECTED``, a tuple of `Expectations`; ``test_recordings.py`` finds them
all and asserts every one. Figures are read off the recordings by hand, never taken from what a provider made
of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen
from pointsman.errors import ProviderError
from pointsman.protocols import PricingSource, Provider
from pointsman.types import FinishReason, Model, Rates, Secret, Usage

ASKED = "asked"
"""Id of the model that every replayed question names; a part of the path in some dialects."""


@frozen
class Config:
    """What a provider is made from: enough for every config class that asks for a key and an address."""

    base_url: str
    key: Secret = Secret("recorded-key")


@frozen
class ExpectedAnswer:
    """What a recorded answer says.

    Attributes:
        start, size: How its text begins, and its length in characters.
        usage: Tokens; None where a stream states none.
        model: Who answered.
        reason: Why it ended.
        tools: Names and arguments of the tools asked for.
        thought: Length of the thoughts.
    """

    start: str
    size: int
    usage: Usage | None
    model: str
    reason: FinishReason = FinishReason.STOP
    tools: tuple[tuple[str, str], ...] = ()
    thought: int = 0


@frozen
class Broken:
    """A stream that held an error.

    Attributes:
        error: Its class.
        usage: What was reported before it; None where nothing was.
    """

    error: type[ProviderError]
    usage: Usage | None = None


@frozen
class Listed:
    """What a recorded model list says.

    Attributes:
        count: How many models it holds.
        sample: One of them, whole.
        path: Where it is served, when not at the folder's `list_path`.
        beside: Further files that the provider asks for on the way, by path; they count as asserted on.
    """

    count: int
    sample: Model
    path: str = ""
    beside: Mapping[str, str] = field(factory=dict)


@frozen
class Priced:
    """What a recorded list says of prices.

    Attributes:
        count: How many quotes it holds.
        model: The id of one of them.
        rates: Its prices.
        path: As for `Listed`.
        provider: Whose offer of it is meant, where the list tells several.
    """

    count: int
    model: str
    rates: Rates
    path: str = ""
    provider: str = ""


@frozen
class Expectations:
    """A folder of recordings, or those of its files that one provider reads.

    Every mapping is by file name; a file may be both a list and a price list, and none is left unsaid.

    Attributes:
        folder: Name under ``recorded/``; several may share one.
        create: Makes the provider from a `Config`.
        pricing: Makes the pricing source, where `prices` holds any.
        base: Added to the replaying server's address to make the provider's base address.
        chat_path: Where whole answers are asked for, with `base`; the model asked for is `ASKED`.
        stream_path: Where streams are asked for; empty for the same place.
        list_path: Where models are listed, with `base`.
        embed_path: Where embeddings are asked for, with `base`.
        answers, streams: Answers, whole and in pieces.
        broken: Streams with an error inside.
        refusals: Errors in place of an answer, streamed or not.
        refused_lists, refused_embeddings: Errors in place of a model list, of embeddings.
        lists: Model lists.
        prices: Lists that tell prices.
        unused: Files that are no exchange with this provider, each with the reason.
    """

    folder: str
    create: Callable[[Any], Provider]
    pricing: Callable[[Any], PricingSource] | None = None
    base: str = ""
    chat_path: str = "/chat/completions"
    stream_path: str = ""
    list_path: str = "/models"
    embed_path: str = "/embeddings"
    answers: Mapping[str, ExpectedAnswer] = field(factory=dict)
    streams: Mapping[str, ExpectedAnswer] = field(factory=dict)
    broken: Mapping[str, Broken] = field(factory=dict)
    refusals: Mapping[str, type[ProviderError]] = field(factory=dict)
    refused_lists: Mapping[str, type[ProviderError]] = field(factory=dict)
    refused_embeddings: Mapping[str, type[ProviderError]] = field(factory=dict)
    lists: Mapping[str, Listed] = field(factory=dict)
    prices: Mapping[str, Priced] = field(factory=dict)
    unused: Mapping[str, str] = field(factory=dict)

    @property
    def streams_at(self) -> str:
        """Where streams are asked for."""
        return self.stream_path or self.chat_path

    def asserted(self) -> Iterator[str]:
        """Names, with the folder, of the files something is asserted on."""
        tables: tuple[Mapping[str, Any], ...] = (
            self.answers,
            self.streams,
            self.broken,
            self.refusals,
            self.refused_lists,
            self.refused_embeddings,
            self.lists,
            self.prices,
            {name: None for listed in self.lists.values() for name in listed.beside.values()},
        )
        return (f"{self.folder}/{name}" for table in tables for name in table)

    def excused(self) -> Iterator[str]:
        """Names, with the folder, of the files that are said not to be exchanges with a provider."""
        return (f"{self.folder}/{name}" for name in self.unused)


def usd(amount: str) -> Decimal:
    """An exact amount; keeps the tables short."""
    return Decimal(amount)
