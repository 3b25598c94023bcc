"""Answers of ``generateContent``, whole and in pieces (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman import (
    ChatChunk,
    ChatResponse,
    ContentPolicyError,
    Delta,
    FinishReason,
    Part,
    Reasoning,
    ResponseError,
    ToolCall,
    Usage,
)
from pointsman.dialects.places import Places
from pointsman.dialects.tool_ids import distinct
from pointsman.providers import Counts, fitted, normalised, service_tier_of, stated_error, tokens
from pointsman.wire.fields import rows, string, table

from pointsman_gemini.parts import read

_FINISH = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "SAFETY": FinishReason.CONTENT_FILTER,
    "RECITATION": FinishReason.CONTENT_FILTER,
    "BLOCKLIST": FinishReason.CONTENT_FILTER,
    "PROHIBITED_CONTENT": FinishReason.CONTENT_FILTER,
    "SPII": FinishReason.CONTENT_FILTER,
    "IMAGE_SAFETY": FinishReason.CONTENT_FILTER,
    "IMAGE_PROHIBITED_CONTENT": FinishReason.CONTENT_FILTER,
    "IMAGE_RECITATION": FinishReason.CONTENT_FILTER,
}
# What the model wrote cannot be used: there is no answer, but another model may have one.
_UNUSABLE = frozenset(
    {
        "MALFORMED_FUNCTION_CALL",
        "MALFORMED_RESPONSE",
        "MISSING_THOUGHT_SIGNATURE",
        "TOO_MANY_TOOL_CALLS",
        "UNEXPECTED_TOOL_CALL",
    }
)


def usage(obj: Mapping[str, Any], searches: int = 0, *, grounded: bool = False) -> Usage:
    """Token counts: thoughts are counted beside the answer, and what tools fed back beside the prompt.

    Counts that are 0 are left out by the API; that is believed where the total bears it out. What is audio or
    an image stands in the details by modality, which count what a cache served, too. The service is reported
    as ``serviceTier``, on Vertex AI as ``trafficType`` (``ON_DEMAND_PRIORITY``).

    Args:
        obj: The ``usageMetadata``.
        searches: See `searched`.
        grounded: Likewise. So many searches of a day or month are free, and some models charge all of a
            prompt as one, which no answer states: the cost is marked estimated.
    """
    prompt, total = tokens(obj.get("promptTokenCount")), tokens(obj.get("totalTokenCount"))
    answer, thoughts = tokens(obj.get("candidatesTokenCount")), tokens(obj.get("thoughtsTokenCount"))
    if prompt is not None:
        prompt += tokens(obj.get("toolUsePromptTokenCount")) or 0
    if answer is None and (thoughts is not None or (total is not None and total == prompt)):
        answer = 0
    made = None if answer is None else answer + (thoughts or 0)
    whole = total if total and total >= (prompt or 0) + (made or 0) else None
    given, produced, estimated = fitted(prompt, made, whole, 0, 0)
    return normalised(
        given,
        produced,
        cache_read=tokens(obj.get("cachedContentTokenCount")) or 0,
        reasoning=thoughts or 0,
        input_audio=_sum(obj, "AUDIO", "promptTokensDetails", "toolUsePromptTokensDetails"),
        cache_read_audio=_sum(obj, "AUDIO", "cacheTokensDetails"),
        input_image=max(
            _sum(obj, "IMAGE", "promptTokensDetails", "toolUsePromptTokensDetails")
            - _sum(obj, "IMAGE", "cacheTokensDetails"),
            0,
        ),
        output_audio=_sum(obj, "AUDIO", "candidatesTokensDetails"),
        output_image=_sum(obj, "IMAGE", "candidatesTokensDetails"),
        service_tier=_service(obj),
        searches=searches,
        extras=("grounding",) if grounded else (),
        estimated=estimated,
    )


def searched(candidate: Mapping[str, Any]) -> tuple[int, bool]:
    """Web searches behind an answer, and whether it was grounded in anything that is paid for."""
    grounds = table(candidate.get("groundingMetadata"))
    queries = len(rows(grounds.get("webSearchQueries")))
    sources = [table(each) for each in rows(grounds.get("groundingChunks"))]
    return queries or int(any("web" in each for each in sources)), bool(queries or sources)


def _sum(obj: Mapping[str, Any], modality: str, *fields: str) -> int:
    """Tokens of one modality in these lists of details."""
    details = (table(detail) for field in fields for detail in rows(obj.get(field)))
    return sum(tokens(each.get("tokenCount")) or 0 for each in details if each.get("modality") == modality)


def _service(obj: Mapping[str, Any]) -> str:
    traffic = string(obj.get("trafficType")).lower().removeprefix("on_demand").strip("_")
    return service_tier_of(obj.get("serviceTier"), traffic)


class Counted:
    """Usage over the pieces of one answer: counts are cumulative, and a later piece may leave some out."""

    __slots__ = ("_counts", "_grounded", "_searches")

    def __init__(self) -> None:
        self._counts = Counts()
        self._searches, self._grounded = 0, False

    def add(self, obj: Mapping[str, Any]) -> Usage | None:
        """The usage so far, where this piece states one; else None."""
        searches, grounded = searched(_candidate(obj))
        self._searches, self._grounded = max(self._searches, searches), self._grounded or grounded
        stated = obj.get("usageMetadata")
        if not stated or not isinstance(stated, dict):
            return None
        return usage(self._counts.add(stated), self._searches, grounded=self._grounded)


def response(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer.

    Raises:
        ProviderError: It is an error after all.
        ContentPolicyError: The prompt was blocked.
        ResponseError: It holds no answer.
    """
    _raise_refusal(obj)
    candidate = _candidate(obj)
    if not isinstance(candidate.get("content"), dict) and not candidate.get("finishReason"):
        raise ResponseError("the answer holds no content", maybe_billed=True)
    content = tuple(distinct(each for part in _parts(candidate) for each in read(part)))
    called = any(isinstance(each, ToolCall) for each in content)
    return ChatResponse(
        content,
        model=_model(obj) or model,
        finish_reason=_finish(candidate, called=called) or FinishReason.OTHER,
        usage=Counted().add(obj) or Usage(),
        id=string(obj.get("responseId")),
    )


class Chunks:
    """Reads the pieces of one streamed answer, in order.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Never: what ends a stream is the end of its body.
    """

    __slots__ = ("_counted", "_introduced", "_places", "finished", "stopped")

    def __init__(self) -> None:
        self.finished = self.stopped = False
        self._counted = Counted()
        self._places = Places()
        self._introduced = False

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed piece adds; None where it adds nothing.

        Raises:
            ProviderError: It is an error.
            ContentPolicyError: The prompt was blocked.
            ResponseError: What the model wrote cannot be used.
        """
        _raise_refusal(obj)
        candidate = _candidate(obj)
        deltas = tuple(delta for part in _parts(candidate) for delta in self._deltas(read(part)))
        called = self._places.calls > 0
        chunk = ChatChunk(
            deltas,
            finish_reason=None if self.finished else _finish(candidate, called=called),
            usage=self._counted.add(obj),
            model="" if self._introduced else _model(obj),
            id="" if self._introduced else string(obj.get("responseId")),
        )
        self._introduced = self._introduced or bool(chunk.model)
        self.finished = self.finished or chunk.finish_reason is not None
        return None if chunk == ChatChunk() else chunk

    def _deltas(self, parts: Sequence[Part]) -> Iterator[Delta]:
        """What a part adds; one with a signature is never joined to its neighbours: it goes back as it is."""
        sealed = any(isinstance(part, Reasoning) and part.sealed for part in parts)
        if sealed:
            self._places.close()
        for part in parts:
            yield self._places.part(part)
        if sealed:
            self._places.close()


def _raise_refusal(obj: Mapping[str, Any]) -> None:
    error = stated_error(obj)
    if error is not None:
        raise error
    feedback = table(obj.get("promptFeedback"))
    reason = string(feedback.get("blockReason"))
    if reason and not obj.get("candidates"):
        why = string(feedback.get("blockReasonMessage"))
        raise ContentPolicyError(
            f"the prompt was blocked: {reason}" + (f" ({why})" if why else ""), maybe_billed=True
        )


def _candidate(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    candidates = rows(obj.get("candidates"))
    return table(candidates[0]) if candidates else {}


def _parts(candidate: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [table(part) for part in rows(table(candidate.get("content")).get("parts"))]


def _model(obj: Mapping[str, Any]) -> str:
    return string(obj.get("modelVersion")).removeprefix("models/")


def _finish(candidate: Mapping[str, Any], *, called: bool) -> FinishReason | None:
    word = candidate.get("finishReason")
    if not isinstance(word, str) or not word:
        return None
    if word in _UNUSABLE:
        why = string(candidate.get("finishMessage"))
        raise ResponseError(f"the model's answer is unusable: {word}{why and f' ({why})'}", maybe_billed=True)
    if called and _FINISH.get(word, FinishReason.STOP) is FinishReason.STOP:  # or a word for calls
        return FinishReason.TOOL_CALLS
    return _FINISH.get(word, FinishReason.OTHER)
