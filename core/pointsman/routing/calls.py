"""The calls of one open router: what callers hand in is understood, decided, and made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from attrs import define, field

from pointsman.routing.answers import ChatStream, ForwardStream, OpenStreams
from pointsman.routing.call_spec import CallSpec
from pointsman.routing.dispatch import Dispatcher
from pointsman.routing.exchanges import ChatExchange, EmbedExchange, Exchange, ForwardExchange, StreamExchange
from pointsman.routing.preparation import Preparation, Terms
from pointsman.routing.request import ChatOptions, Messages, base_criteria, build_criteria, build_request
from pointsman.types import (
    ChatRequest,
    ChatResponse,
    Criteria,
    Decision,
    EmbedRequest,
    EmbedResponse,
    ForwardRequest,
)

Begin = Callable[[], Awaitable[tuple[CallSpec, Exchange]]]


@define(eq=False)
class Calls:
    """Makes calls; arguments and errors are those of `Router`.

    Keywords of `ask`, `ask_stream`, `forward` and `embed` are the fields of `Terms`.

    Attributes:
        task: The criteria of a task.
        prepare: Decides.
        dispatcher: Asks.
    """

    task: Callable[[str], Criteria]
    prepare: Preparation
    dispatcher: Dispatcher
    _streams: OpenStreams = field(factory=OpenStreams, init=False)

    async def chat(self, messages: Messages, options: ChatOptions) -> ChatResponse:
        """A whole answer."""
        return await self._chat(*self._understood(messages, options), Terms.of(options, _now()))

    def stream(self, messages: Messages, options: ChatOptions) -> ChatStream:
        """An answer in pieces."""

        async def begin() -> tuple[CallSpec, Exchange]:
            terms = Terms.of(options, _now(), stream=True)
            return await self._streamed(*self._understood(messages, options), terms)

        return self._streams.add(ChatStream(self._pieces(begin)))

    async def ask(self, request: ChatRequest, criteria: Criteria | None, **terms: Any) -> ChatResponse:
        """As `chat`, of values."""
        return await self._chat(request, criteria or Criteria(), Terms(_now(), **terms))

    def ask_stream(self, request: ChatRequest, criteria: Criteria | None, **terms: Any) -> ChatStream:
        """As `stream`, of values."""

        async def begin() -> tuple[CallSpec, Exchange]:
            return await self._streamed(request, criteria or Criteria(), Terms(_now(), **terms, stream=True))

        return self._streams.add(ChatStream(self._pieces(begin)))

    def forward(self, request: ForwardRequest, criteria: Criteria | None, **terms: Any) -> ForwardStream:
        """The bytes of an answer to a caller's own bytes."""

        async def begin() -> tuple[CallSpec, Exchange]:
            made = Terms(_now(), **terms, stream=request.stream)
            spec = await self.prepare.forward(request, criteria or Criteria(), made)
            return spec, ForwardExchange(request, spec.expected)

        return self._streams.add(ForwardStream(self._pieces(begin)))

    async def decide(self, messages: Messages, options: ChatOptions) -> Decision:
        """What `chat` would decide."""
        return await self.prepare.decide(*self._understood(messages, options))

    async def embed(
        self, inputs: str | Sequence[str], model: str, dimensions: int | None, **terms: Any
    ) -> EmbedResponse:
        """One vector per text."""
        texts = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        request = EmbedRequest(texts, dimensions)
        spec = await self.prepare.embed(request, model, Terms(_now(), **terms))
        answer: EmbedResponse = await self.dispatcher.whole(spec, EmbedExchange(request, spec.expected[0]))
        return answer

    async def aclose(self) -> None:
        """Settle streams that are still open."""
        await self._streams.aclose()

    def _understood(self, messages: Messages, options: ChatOptions) -> tuple[ChatRequest, Criteria]:
        base = base_criteria(options, self.task)
        return build_request(messages, options), build_criteria(base, options)

    async def _chat(self, request: ChatRequest, criteria: Criteria, terms: Terms) -> ChatResponse:
        spec = await self.prepare.chat(request, criteria, terms)
        exchange = ChatExchange(spec.chat, drop=terms.drop_unsupported)
        answer: ChatResponse = await self.dispatcher.whole(spec, exchange)
        return answer

    async def _streamed(
        self, request: ChatRequest, criteria: Criteria, terms: Terms
    ) -> tuple[CallSpec, Exchange]:
        spec = await self.prepare.chat(request, criteria, terms)
        return spec, StreamExchange(spec.chat, drop=terms.drop_unsupported)

    async def _pieces(self, begin: Begin) -> AsyncGenerator[Any]:
        """The pieces of a call that begins when the first one is asked for."""
        spec, exchange = await begin()
        async with self._streams.settling(), aclosing(self.dispatcher.run(spec, exchange)) as run:
            async for piece in run:
                yield piece


def _now() -> float:
    return asyncio.get_running_loop().time()
