"""A provider for every endpoint that speaks the OpenAI dialect.

A new provider of this dialect is a subclass that says what is different::

    @frozen
    class Config:
        key: Secret = secret("ACME_API_KEY")
        base_url: str = setting("ACME_BASE_URL", default="https://api.acme.example/v1")

    class Acme(OpenAICompatible):
        max_tokens_field = "max_completion_tokens"

    @hookimpl
    def pointsman_providers() -> Iterable[Extension[Provider]]:
        yield Extension("acme", Acme, config=Config, summary="Models served by Acme.")
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ClassVar, Protocol
from urllib.parse import urlsplit

from pointsman.dialects.openai_chat import (
    NAME,
    OPENAI,
    ChatEvents,
    Form,
    read_answer,
    write_messages,
    write_parameters,
)
from pointsman.dialects.refusals import refuse
from pointsman.dialects.usage import openai_usage
from pointsman.protocols import Http, HttpStream
from pointsman.providers.embeddings import openai_embed_body, openai_embed_response
from pointsman.providers.forwarding import with_model
from pointsman.providers.listing import listed_rows, openai_listing, read_models
from pointsman.providers.streamed import gathered, streamed
from pointsman.types import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    EmbedRequest,
    EmbedResponse,
    HttpRequest,
    Model,
    Secret,
    Usage,
)
from pointsman.wire.fields import as_object

_MOST_PAGES = 100


class Endpoint(Protocol):
    """What a provider of this dialect is made from; any config class with these two fields will do."""

    @property
    def base_url(self) -> str: ...
    @property
    def key(self) -> Secret | None: ...


class OpenAICompatible:
    """A provider that speaks the OpenAI dialect. Override the small methods, not the calls.

    Attributes:
        base_url: Where ``/models`` and ``/chat/completions`` are, without a slash at the end.
        region: Where that address says that it stands (``eu`` of ``eu.api.acme.example``); mostly empty.
        max_tokens_field: Name of the field that bounds the answer's length.
        form: How conversations are written where that is not as OpenAI does: see `Form`.
        usage_on_request: Whether a stream reports usage only when ``stream_options`` asks for it.
        refused: Fields of `ChatRequest` the provider cannot take.
        dialect: What `forward` takes.
        path: Where questions go, below `base_url`.
    """

    max_tokens_field: ClassVar[str] = "max_tokens"
    form: ClassVar[Form] = OPENAI
    usage_on_request: ClassVar[bool] = True
    refused: ClassVar[tuple[str, ...]] = ()
    dialect: ClassVar[str] = NAME
    path: ClassVar[str] = "/chat/completions"

    def __init__(self, endpoint: Endpoint) -> None:
        self.base_url = endpoint.base_url.rstrip("/")
        self.region = region_of(self.base_url)
        self._key = endpoint.key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    def headers(self) -> dict[str, str]:
        """Headers of every request; without a key there is no ``authorization``."""
        return {"authorization": f"Bearer {self._key.reveal()}"} if self._key else {}

    def url(self, path: str, model: str = "") -> str:
        """Where something is asked for.

        Args:
            path: ``/models``, ``/chat/completions`` or ``/embeddings``.
            model: The model asked for, for endpoints whose address names it.
        """
        del model
        return self.base_url + path

    def post_request(self, path: str, model: str, body: Mapping[str, Any]) -> HttpRequest:
        """What is sent to ask `model` something.

        Args:
            path: As for `url`.
            model: The model asked for.
            body: Sent as JSON.
        """
        return HttpRequest("POST", self.url(path, model), headers=self.headers(), json=body)

    def named(self, model: str) -> str:
        """The model's name as it is sent, for endpoints that know it under another."""
        return model

    def listing(self, row: Mapping[str, Any]) -> Model | None:
        """One row of the model list, which has a usable ``id``; None to leave it out."""
        return openai_listing(row)

    def next_page(self, document: Any) -> str | None:
        """Where the model list goes on; None when it is whole, as it mostly is in this dialect."""
        del document
        return None

    def messages(self, request: ChatRequest) -> list[dict[str, Any]]:
        """The conversation as it is sent."""
        return write_messages(request.messages, self.form)

    def parameters(self, request: ChatRequest) -> dict[str, Any]:
        """Everything else a request says, but for the length, as it is sent."""
        return write_parameters(request)

    def body(self, model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
        """The JSON that is sent. `extra` adds to it and wins, but never over model, messages and stream.

        Raises:
            InvalidRequestError: The request uses a parameter the provider cannot take.
        """
        refuse(request, self.refused)
        written = self.parameters(request)
        if request.max_output_tokens is not None:
            written[self.max_tokens_field] = request.max_output_tokens
        if stream and self.usage_on_request:
            written["stream_options"] = {"include_usage": True}
        written.update(request.extra)
        written.update(model=model, messages=self.messages(request), stream=stream)
        return written

    def usage(self, obj: Mapping[str, Any]) -> Usage:
        """The `usage` object of an answer."""
        return openai_usage(obj)

    async def rows(self, http: Http, *, exact: bool = False) -> list[Any]:
        """The rows of the model list, page after page, as they came.

        Args:
            http: The client.
            exact: Read numbers with a fraction as `Decimal`, for prices.

        Raises:
            ProviderError: It did not answer.
            ResponseError: What it answered holds no list.
        """
        found: list[Any] = []
        url: str | None = self.url("/models")
        for _ in range(_MOST_PAGES):
            if url is None:
                break
            document = (await http.request(HttpRequest("GET", url, headers=self.headers()))).json(exact=exact)
            found.extend(listed_rows(document))
            url = self.next_page(document)
        return found

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model the endpoint lists; rows with a hostile id are dropped with a warning.

        Raises:
            ProviderError: As for `rows`.
        """
        return read_models(await self.rows(http), self.listing)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer; also when an answer of status 200 holds an error.
            ResponseError: What it answered is no answer.
        """
        model = self.named(model)
        body = self.body(model, request, stream=False)
        answer = await http.request(self.post_request(self.path, model, body))
        whole = partial(read_answer, model=model, usage=self.usage)
        return gathered(answer, ChatEvents(self.usage), whole, model)

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended before the answer was finished.
        """
        named = self.named(model)

        async def ask() -> HttpRequest:
            return self.post_request(self.path, named, self.body(named, request, stream=True))

        whole = partial(read_answer, model=named, usage=self.usage)
        return streamed(http, ask, ChatEvents(self.usage), whole)

    @asynccontextmanager
    async def forward(self, model: str, body: bytes, http: Http) -> AsyncIterator[HttpStream]:
        """The caller's own bytes, with this provider's key and `model` in them; the answer as it comes.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: `body` is no JSON object.
        """
        model = self.named(model)
        headers = {**self.headers(), "content-type": "application/json"}
        url = self.url(self.path, model)
        sent = HttpRequest("POST", url, headers=headers, body=with_model(body, model))
        async with http.stream(sent) as answer:
            yield answer


def region_of(url: str) -> str:
    """The region an address begins with, in two letters before ``api``; empty where it names none."""
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:  # whoever sends something there says what is wrong with it
        return ""
    regional = labels[1:2] == ["api"] and len(labels[0]) == len("eu") and labels[0].isalpha()
    return labels[0] if regional else ""


class OpenAIEmbedder(OpenAICompatible):
    """The same, where the provider also offers embeddings in this dialect.

    Attributes:
        dimensions_field: Name of the field for the length of the vectors; empty where there is none.
    """

    dimensions_field: ClassVar[str] = "dimensions"

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per input, in their order.

        Raises:
            ProviderError: It did not answer; also when an answer of status 200 holds an error.
            InvalidRequestError: A length is asked for that the dialect has no field for.
            ResponseError: What it answered is not one vector per input.
        """
        model = self.named(model)
        body = openai_embed_body(model, request, self.dimensions_field)
        answer = await http.request(self.post_request("/embeddings", model, body))
        return openai_embed_response(as_object(answer.json()), model, len(request.inputs))
