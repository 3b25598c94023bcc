"""The usage object of one streamed answer, as its events add to it.

Counts of a stream are cumulative: a later event may leave out, or repeat as 0, what an earlier one has
stated, and some servers state them with every event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from pointsman.dialects.usage import anthropic_usage, openai_usage, service_tier_of
from pointsman.types import Usage
from pointsman.wire.fields import rows, table

UsageReader = Callable[[Mapping[str, Any]], Usage]
"""What a usage object says."""


class Counts:
    """What the events so far say together.

    Attributes:
        known: The object, as if the last event had stated everything.
    """

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def add(self, obj: Mapping[str, Any]) -> Mapping[str, Any]:
        """`known`, with what one more event states."""
        _merge(self.known, obj)
        return self.known


class AnthropicCounts:
    """`Usage` over the events of one stream of Anthropic's dialect."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = Counts()

    def add(self, obj: Mapping[str, Any]) -> Usage:
        """The usage so far, with that of one more event."""
        return anthropic_usage(self._counts.add(obj))


class OpenAICounts:
    """`Usage` over the events of one stream of OpenAI's chat dialect, or of a whole answer as the only one.

    The object stands at the top, in the last chunk or in one of its own; in Groq's streams under ``x_groq``,
    in Moonshot's in the choice. Beside it stand the service, and signs of what is paid for apart: a text that
    cites pages was searched for at least once, and ``executed_tools`` (Groq) were run.
    """

    __slots__ = ("_counts", "_extras", "_service", "_usage")

    def __init__(self, usage: UsageReader = openai_usage) -> None:
        """Count nothing yet; `usage` reads the object."""
        self._usage = usage
        self._counts = Counts()
        self._service = ""
        self._extras: dict[str, None] = {}

    def add(self, obj: Mapping[str, Any]) -> Usage | None:
        """The usage so far, where this event states one; else None."""
        self._service = service_tier_of(obj.get("service_tier")) or self._service
        choices = rows(obj.get("choices"))
        choice = table(choices[0]) if choices else {}
        said = table(choice.get("message") or choice.get("delta"))
        if said.get("annotations") or said.get("executed_tools"):
            self._note(said)
        news = False
        for place in (choice, table(obj.get("x_groq")), obj):
            stated = place.get("usage")
            if stated and isinstance(stated, dict):
                self._counts.add(stated)
                news = True
        if not news:
            return None
        used = self._usage(self._counts.known)
        if self._service or self._extras:
            searched = _SEARCHED in self._extras and not used.searches
            used = evolve(
                used,
                service_tier=self._service or used.service_tier,
                searches=1 if searched else used.searches,
                extras=dict.fromkeys((*used.extras, *self._extras)),
            )
        return used

    def _note(self, said: Mapping[str, Any]) -> None:
        cited = [table(each).get("type") for each in rows(said.get("annotations"))]
        if "url_citation" in cited:
            self._extras[_SEARCHED] = None
        if said.get("executed_tools"):
            self._extras["executed_tools"] = None


_SEARCHED = "web_search"


def _merge(known: dict[str, Any], later: Mapping[str, Any]) -> None:
    for name, value in later.items():
        before = known.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            _merge(before, value)
        elif isinstance(value, dict):
            known[name] = {}
            _merge(known[name], value)
        elif value or before is None:
            known[name] = value
