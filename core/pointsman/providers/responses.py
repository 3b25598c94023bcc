"""A provider for OpenAI's responses dialect; model lists and embeddings are those of the chat dialect."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial
from typing import Any, ClassVar

from pointsman.dialects.openai_responses import NAME, ResponsesEvents, read_answer, write_request
from pointsman.protocols import Http
from pointsman.providers.openai_compatible import OpenAIEmbedder
from pointsman.providers.streamed import streamed
from pointsman.types import ChatChunk, ChatRequest, ChatResponse, HttpRequest
from pointsman.wire.fields import as_object


class OpenAIResponses(OpenAIEmbedder):
    """A provider that speaks the responses dialect."""

    dialect: ClassVar[str] = NAME
    path: ClassVar[str] = "/responses"

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
        answer = await http.request(self.post_request(self.path, model, body))
        return read_answer(as_object(answer.json()), model)

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended before the answer was finished.
        """

        async def ask() -> HttpRequest:
            return self.post_request(self.path, model, self.body(self.named(model), request, stream=True))

        return streamed(http, ask, ResponsesEvents(), partial(read_answer, model=model))
