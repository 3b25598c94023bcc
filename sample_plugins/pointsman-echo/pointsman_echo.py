"""A provider without a network: it answers with what it was asked, one token per word."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable

from attrs import frozen
from pointsman import (
    Audio,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Document,
    Extension,
    FinishReason,
    Http,
    Image,
    Kind,
    Model,
    Provider,
    ToolCall,
    ToolResult,
    Usage,
    hookimpl,
    setting,
)
from pointsman.dialects.refusals import refuse, refuse_parts


@frozen
class Config:
    """There is no default, so the provider is off until somebody says it."""

    on: bool = setting("ECHO_ENABLED")


@frozen
class Echo:
    """Answers with the last message."""

    config: Config

    async def models(self, http: Http) -> Iterable[Model]:
        return [Model("echo", kind=Kind.CHAT, local=True)] if self.config.on else []

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        words, finish, usage = answer(request)
        return ChatResponse("".join(words), model, finish, usage)

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        words, finish, usage = answer(request)
        for word in words:
            yield ChatChunk(word, model=model)
        yield ChatChunk(finish_reason=finish, usage=usage)


def answer(request: ChatRequest) -> tuple[list[str], FinishReason, Usage]:
    """The words to say, why they end, and the tokens used; what an echo cannot do is refused, not dropped."""
    refuse(request, ("tools", "response_format"))
    refuse_parts(request.messages, Image, Document, Audio, ToolCall, ToolResult, by="an echo")
    asked = [re.findall(r"\s*\S+\s*", message.text) for message in request.messages]
    said = asked[-1][: request.max_output_tokens]
    finish = FinishReason.STOP if said == asked[-1] else FinishReason.LENGTH
    return said, finish, Usage(input_tokens=sum(map(len, asked)), output_tokens=len(said))


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("echo", Echo, config=Config, summary="Answers with what it was asked.")
