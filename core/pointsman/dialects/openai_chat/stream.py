"""Streamed answers of the dialect (https://platform.openai.com/docs/api-reference/chat-streaming), read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.dialects.counts import OpenAICounts, UsageReader
from pointsman.dialects.errors import stated_error
from pointsman.dialects.openai_chat.answer import content, files, finish_reason
from pointsman.dialects.openai_chat.calls import Calls
from pointsman.dialects.openai_chat.reading import are_own, continued, detailed, join, thought_text
from pointsman.dialects.places import Places
from pointsman.dialects.usage import openai_usage
from pointsman.types import ChatChunk, Delta, FinishReason, PartDelta, Reasoning, ReasoningDelta, Text
from pointsman.wire.fields import rows, string, table


class ChatEvents:
    """Reads the events of one streamed answer, in order; every fact is given once.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Never: the dialect's streams end with a mark.
    """

    __slots__ = (
        "_calls",
        "_choice",
        "_counts",
        "_details",
        "_files",
        "_introduced",
        "_places",
        "finished",
        "stopped",
    )

    def __init__(self, usage: UsageReader = openai_usage) -> None:
        self._counts = OpenAICounts(usage)
        self._introduced = False
        self._choice: object = None
        self._places = Places()
        self._calls = Calls()
        self._details: list[dict[str, Any]] = []
        self._files = 0
        self.finished = False
        self.stopped = False

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing. Ask `stated_error` for the error it holds.

        Raises:
            ResponseError: The provider broke the answer off with an error, and does not say with which.
        """
        choices = rows(obj.get("choices"))
        choice = self._of_one(table(choices[0])) if choices else {}
        delta = table(choice.get("delta"))
        said = delta.get("content")
        # Nearly every event is a piece of text and nothing else; some servers repeat whose.
        found: tuple[Delta, ...]
        alone = len(delta) == 1 or (len(delta) == len(("role", "content")) and "role" in delta)
        if alone and isinstance(said, str) and said:
            found = (self._places.text(said),)
        else:
            found = tuple(self._deltas(delta))
        # OpenRouter repeats the finish reason on the event that carries the usage.
        word = choice.get("finish_reason")
        reason = self._reason(word, obj) if word and not self.finished else None
        if reason and self._details:
            found = (*found, *self._detailed())
        used = self._counts.add(obj)
        model = "" if self._introduced else string(obj.get("model"))
        if not (found or reason or used or model):
            return None
        self._introduced = self._introduced or bool(model)
        return ChatChunk(found, reason, used, model, string(obj.get("id")) if model else "")

    def _of_one(self, choice: Mapping[str, Any]) -> Mapping[str, Any]:
        """The choice, if it is the one that came first: several answers are not joined to one."""
        index = choice.get("index")
        if index is not None and self._choice is None:
            self._choice = index
        return choice if index is None or index == self._choice else {}

    def _reason(self, word: object, obj: Mapping[str, Any]) -> FinishReason | None:
        if word == "error" and stated_error(obj):
            return None
        reason = finish_reason(word, calls=self._calls.begun)
        self.finished = reason is not None
        return reason

    def _deltas(self, delta: Mapping[str, Any]) -> Iterator[Delta]:
        details = [each for each in map(table, rows(delta.get("reasoning_details"))) if each]
        for each in details:
            yield self._detail(each)
        if not details and (text := thought_text(delta)):
            yield self._places.thought(text)
        wrote = False
        for part in content(delta.get("content")):
            if isinstance(part, Text):
                wrote = True
                yield self._places.text(part.text)
            elif isinstance(part, Reasoning):
                yield self._places.thought(part.text)
        if not wrote and (refusal := string(delta.get("refusal"))):
            yield self._places.text(refusal)
        for file in files(delta):
            yield PartDelta(file, self._files)
            self._files += 1
        for call in self._calls.read(delta):
            self._places.close()
            yield call

    def _detail(self, piece: Mapping[str, Any]) -> ReasoningDelta:
        """A piece of one of OpenRouter's objects; the whole object comes with the finish reason."""
        place = continued(self._details, piece)
        if place is None:
            place = len(self._details)
            self._details.append({})
        join(self._details[place], piece)
        text = string(piece.get("text")) or string(piece.get("summary"))
        return ReasoningDelta(text, index=place)

    def _detailed(self) -> Iterator[ReasoningDelta]:
        """What only their maker can read of the thoughts; a bare text is nothing of that kind."""
        for place, part in enumerate(map(detailed, self._details, are_own(self._details))):
            if part.sealed:
                yield ReasoningDelta("", part.signature, part.redacted, part.format, part.details, place)
        self._details = []
