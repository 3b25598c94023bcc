"""What a provider must be able to do, and what it may offer in addition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from pointsman.protocols.http import Http, HttpStream
from pointsman.types import ChatChunk, ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, Model


@runtime_checkable
class Provider(Protocol):
    """Something that serves models."""

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model the provider lists today, from its own endpoint."""
        ...

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer of `model` (an id from `models`).

        Raises:
            ProviderError: It did not answer; the class, scope and advice say why and what to do.
            InvalidRequestError: The request holds something this provider cannot do; names it.
        """
        ...

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        """The same answer in pieces; the last pieces carry finish reason and usage.

        Raises:
            ResponseError: The stream ended without a finish reason.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """A provider that also turns texts into vectors."""

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per input, in their order.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...


@runtime_checkable
class TokenCounter(Protocol):
    """A provider that counts the tokens of a request without answering it."""

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens this request would use.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...


@runtime_checkable
class Regional(Protocol):
    """A provider whose address says where it stands: some charge more for that, and no answer tells.

    Attributes:
        region: As price lists call it (``eu``, ``us``); empty where the address does not say.
    """

    @property
    def region(self) -> str: ...


@runtime_checkable
class Forwarder(Protocol):
    """A provider that passes a request in its own dialect through, changing only the model and the key.

    Fields that the plugin does not know survive both ways. The answer is the provider's own, byte by byte.

    Attributes:
        dialect: ``openai-chat``, ``openai-responses``, ``anthropic-messages`` …
    """

    @property
    def dialect(self) -> str: ...

    def forward(self, model: str, body: bytes, http: Http) -> AbstractAsyncContextManager[HttpStream]:
        """Send `body` for `model`; the answer streams or not as the body asks.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...
