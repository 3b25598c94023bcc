"""A provider for OpenAI's responses dialect; model lists and embeddings are those of the chat dialect."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, ClassVar

from attrs import evolve, frozen

from pointsman.dialects.openai_responses import (
    ENCRYPTED,
    NAME,
    ResponsesEvents,
    read_answer,
    write_request,
)
from pointsman.errors import ProviderError
from pointsman.protocols import Http, HttpAnswer, HttpStream
from pointsman.providers.openai_compatible import Endpoint, OpenAIEmbedder
from pointsman.providers.streamed import gathered, streamed
from pointsman.types import ChatChunk, ChatRequest, ChatResponse, HttpRequest
from pointsman.wire.fields import rows, string, table

log = logging.getLogger("pointsman.providers")


class OpenAIResponses(OpenAIEmbedder):
    """A provider that speaks the responses dialect."""

    dialect: ClassVar[str] = NAME
    path: ClassVar[str] = "/responses"

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._open: set[str] = set()  # models that refuse to encrypt their thoughts, mostly for want of any

    def body(self, model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        """The JSON that is sent.

        Raises:
            InvalidRequestError: The request holds something the dialect has no form for.
        """
        return write_request(model, request, stream=stream)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer; also when an answer of status 200 holds an error.
            ResponseError: What it answered is no answer.
        """
        body = self.body(self.named(model), request, stream=False)
        answer = await _Asking(http, self._open).request(self.post_request(self.path, model, body))
        return gathered(answer, ResponsesEvents(), partial(read_answer, model=model), model)

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended before the answer was finished.
        """

        async def ask() -> HttpRequest:
            return self.post_request(self.path, model, self.body(self.named(model), request, stream=True))

        asking = _Asking(http, self._open)
        return streamed(asking, ask, ResponsesEvents(), partial(read_answer, model=model))


@frozen
class _Asking:
    """Asks once more where thoughts are refused that were never asked for by the caller.

    Some models encrypt none, and no list says which ones; what one organisation's key was given cannot be
    decrypted for another's.

    Attributes:
        http: The client.
        refusing: Models that are known to; grows.
    """

    http: Http
    refusing: set[str]

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """The whole answer."""
        request = self._known(request)
        try:
            return await self.http.request(request)
        except ProviderError as error:
            return await self.http.request(self._again(request, error))

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[HttpStream]:
        """The answer as it arrives."""
        request = self._known(request)
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(self.http.stream(request))
            except ProviderError as error:
                answer = await stack.enter_async_context(self.http.stream(self._again(request, error)))
            yield answer

    def _known(self, request: HttpRequest) -> HttpRequest:
        body = table(request.json)
        return _without(request) if string(body.get("model")) in self.refusing else request

    def _again(self, request: HttpRequest, error: ProviderError) -> HttpRequest:
        """The request without what was refused.

        Raises:
            ProviderError: Something else was refused.
        """
        body, said = table(request.json), error.detail.casefold()
        if "encrypted content" not in said:
            raise error
        if "could not be" in said:
            return _thoughtless(request, error)
        if ENCRYPTED not in rows(body.get("include")):
            raise error
        model = string(body.get("model"))
        log.info("%s encrypts no thoughts: they are not asked for from now on", model)
        self.refusing.add(model)
        return _without(request)


def _thoughtless(request: HttpRequest, error: ProviderError) -> HttpRequest:
    body = table(request.json)
    items = rows(body.get("input"))
    left = [item for item in items if table(item).get("type") != "reasoning"]
    if len(left) == len(items):
        raise error
    log.info("%s cannot read earlier thoughts any more: they are left out", string(body.get("model")))
    return evolve(request, json={**body, "input": left})


def _without(request: HttpRequest) -> HttpRequest:
    body = dict(table(request.json))
    included = [each for each in rows(body.pop("include", None)) if each != ENCRYPTED]
    return evolve(request, json={**body, **({"include": included} if included else {})})
