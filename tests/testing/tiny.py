"""The smallest provider, price source, benchmark source and strategy that pass the kits.

The provider's flaws can be switched on one by one, to show that the kit finds each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from attrs import frozen
from pointsman.dialects.refusals import not_taken, refuse_parts
from pointsman.errors import FeedError, InvalidRequestError, ProviderError, ResponseError
from pointsman.protocols import Http
from pointsman.types import (
    Audio,
    Candidate,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Criteria,
    Document,
    FinishReason,
    HttpRequest,
    Image,
    Message,
    Model,
    Part,
    Plan,
    Quote,
    Ranked,
    Rates,
    Role,
    Score,
    Secret,
    Speed,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)

BEGAN = datetime(2024, 5, 31, tzinfo=UTC)


@frozen
class TinyProvider:
    """Speaks the most common dialect, text and tools only.

    Attributes:
        base_url, key: Where, and with which key.
        flaw: Which mistake to make; empty for none.
    """

    base_url: str
    key: Secret
    flaw: str = ""

    def __repr__(self) -> str:
        return f"TinyProvider({self.key.reveal() if self.flaw == 'shows its key' else self.base_url})"

    async def models(self, http: Http) -> Iterable[Model]:
        """What the endpoint lists."""
        if self.flaw == "remembers models":
            return [Model("small")]
        answer = await http.request(HttpRequest("GET", self.base_url + "/models", headers=self._headers()))
        rows = _member(answer.json(), "data")
        return [Model(row["id"]) for row in rows] * (2 if self.flaw == "lists twice" else 1)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One answer."""
        body = self._body(model, request)
        try:
            answer = await http.request(HttpRequest("POST", self._url, headers=self._headers(), json=body))
        except ProviderError as error:
            if self.flaw == "renames errors":
                raise ResponseError(error.detail) from error
            raise
        parsed = answer.json()
        if self.flaw == "believes anything" and not (isinstance(parsed, dict) and parsed.get("choices")):
            return ChatResponse("", model, FinishReason.STOP, Usage())
        choice = _member(parsed, "choices")[0]
        calls = choice["message"].get("tool_calls") or []
        usage = Usage() if self.flaw == "forgets usage" else _usage(parsed["usage"])
        content: list[Part] = [Text(choice["message"]["content"])] if choice["message"]["content"] else []
        content += [ToolCall(call["id"], **call["function"]) for call in calls]
        return ChatResponse(content, parsed["model"], FinishReason(choice["finish_reason"]), usage)

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        """The same in pieces."""
        body = {**self._body(model, request), "stream": True, "stream_options": {"include_usage": True}}
        finished = False
        async with http.stream(HttpRequest("POST", self._url, headers=self._headers(), json=body)) as stream:
            async for event in _events(stream.chunks()):
                if event.get("usage"):
                    yield ChatChunk(usage=_usage(event["usage"]), model=event["model"])
                for choice in event["choices"]:
                    finished = finished or bool(choice["finish_reason"])
                    yield _chunk(choice, event["model"])
        if not finished and self.flaw != "believes a cut stream":
            raise ResponseError("the stream ended without a finish reason")

    @property
    def _url(self) -> str:
        return self.base_url + "/chat/completions"

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key.reveal()}"}

    def _body(self, model: str, request: ChatRequest) -> dict[str, Any]:
        if request.response_format is not None and self.flaw == "ends the call":
            raise InvalidRequestError("response_format is not supported")
        if request.response_format is not None:
            raise not_taken("response_format", "not supported")
        refuse_parts(request.messages, Image, Document, Audio)
        messages = [message for turn in request.messages for message in _written(turn, self.flaw)]
        tools = [
            {"type": "function", "function": {"name": tool.name, "parameters": tool.parameters}}
            for tool in request.tools
        ]
        if self.flaw == "drops tools":
            tools = []
        return {"model": model, "messages": messages, **({"tools": tools} if tools else {}), **request.extra}


def _written(turn: Message, flaw: str) -> Iterator[dict[str, Any]]:
    for result in turn.tool_results:
        identity = turn.tool_results[0].id if flaw == "mixes results up" else result.id
        yield {"role": "tool", "content": result.text, "tool_call_id": identity}
    if turn.role is Role.TOOL:
        return
    calls = [
        {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
        for call in turn.tool_calls
    ]
    text = "".join(
        part.text
        for part in turn.content[:: -1 if flaw == "turns parts round" else 1]
        if isinstance(part, Text)
    )
    thoughts = [part.signature for part in turn.reasoning] if flaw == "sends thoughts to anybody" else []
    yield {"role": turn.role, "content": text, "tool_calls": calls, "thoughts": thoughts}


def _member(parsed: object, name: str) -> list[Any]:
    if not isinstance(parsed, dict) or not isinstance(parsed.get(name), list) or not parsed[name]:
        raise ResponseError(f"the answer has no {name}")
    return list(parsed[name])


def _usage(usage: Mapping[str, int]) -> Usage:
    return Usage(input_tokens=usage["prompt_tokens"], output_tokens=usage["completion_tokens"])


def _chunk(choice: Mapping[str, Any], model: str) -> ChatChunk:
    delta, reason = choice["delta"], choice["finish_reason"]
    calls = tuple(
        ToolCallDelta(
            call["index"],
            call.get("id", ""),
            call["function"].get("name", ""),
            call["function"].get("arguments", ""),
        )
        for call in delta.get("tool_calls", ())
    )
    finish = FinishReason(reason) if reason else None
    text = (TextDelta(delta["content"]),) if delta.get("content") else ()
    return ChatChunk([*text, *calls], finish_reason=finish, model=model)


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    buffer = b""
    async for chunk in chunks:
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield orjson.loads(line[6:])


@frozen
class TinySource:
    """One model per row of a JSON list; says prices and scores alike."""

    as_float: bool = False

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """A price per row."""
        number: Any = float if self.as_float else Decimal
        rows = await self._rows(http)
        return [Quote(name, Rates(input=number(rate), output=number(rate)), BEGAN) for name, rate in rows]

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """A score and a speed per row."""
        rows = await self._rows(http)
        scores = [Score(name, "kit", "general", float(value), BEGAN) for name, value in rows]
        return [*scores, *(Speed(name, BEGAN, 10.0) for name, _ in rows)]

    async def _rows(self, http: Http) -> list[tuple[str, Decimal]]:
        parsed = (await http.request(HttpRequest("GET", "http://127.0.0.1/feed"))).json(exact=True)
        if not isinstance(parsed, list) or not parsed:
            raise FeedError("tiny", "the feed is no list")
        return [(str(name), Decimal(value)) for name, value in parsed]


@frozen
class TinyStrategy:
    """Ranks by name."""

    flaw: str = ""

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Sequence[Candidate]) -> Plan:
        """The first in the alphabet is the best."""
        del request, criteria
        names = sorted(candidates, key=lambda each: each.key)
        score = float("nan") if self.flaw == "not a number" else 1.0
        places = [Ranked(each, score / (position + 1)) for position, each in enumerate(names)]
        return Plan(places[:1] * 2 + places[1:] if self.flaw == "ranks twice" else places)
