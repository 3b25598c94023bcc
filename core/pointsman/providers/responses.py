"""A provider for OpenAI's responses dialect; model lists and embeddings are those of the chat dialect."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from pointsman.errors import ResponseError
from pointsman.protocols import Http
from pointsman.providers.openai_compatible import OpenAIEmbedder
from pointsman.providers.responses_answer import ResponsesEvents, responses_answer
from pointsman.providers.responses_request import responses_body
from pointsman.types import ChatChunk, ChatRequest, ChatResponse
from pointsman.wire.fields import as_object, json_object
from pointsman.wire.streams import events

_DONE = "[DONE]"


class OpenAIResponses(OpenAIEmbedder):
    """A provider that speaks the responses dialect."""

    dialect: ClassVar[str] = "openai-responses"
    path: ClassVar[str] = "/responses"

    def body(self, model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        """The JSON that is sent.

        Raises:
            InvalidRequestError: The request uses a parameter the dialect has no word for.
        """
        return responses_body(model, request, stream=stream)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer; also when an answer of status 200 holds an error.
            ResponseError: What it answered is no answer.
        """
        body = self.body(self.named(model), request, stream=False)
        answer = await http.request(self.post_request(self.path, model, body))
        return responses_answer(as_object(answer.json()), model)

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended before its last event.
        """
        body = self.body(self.named(model), request, stream=True)
        reader = ResponsesEvents()
        async with (
            http.stream(self.post_request(self.path, model, body)) as answer,
            aclosing(events(answer.chunks())) as found,
        ):
            async for event in found:
                if event.data == _DONE:
                    break
                piece = reader.read(json_object(event.data))
                if piece is not None:
                    yield piece
        if not reader.finished:
            raise ResponseError("the stream ended before its last event", maybe_billed=True)
