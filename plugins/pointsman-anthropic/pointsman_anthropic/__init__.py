"""Anthropic's models, through its own messages API (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen
from pointsman import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Extension,
    Http,
    HttpRequest,
    Model,
    Provider,
    ProviderError,
    ResponseError,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.anthropic_messages import NAME, read_answer, stream_reader
from pointsman.providers import gathered, listed_rows, read_models, streamed
from pointsman.providers.forwarding import with_model
from pointsman.wire.fields import count, string, table

from pointsman_anthropic.listing import Limits, limits, listing
from pointsman_anthropic.request import body

if TYPE_CHECKING:
    from pointsman.protocols import HttpStream

_VERSION = "2023-06-01"  # of the wire format; every model is served under it
_PAGE = "1000"  # rows; the largest page the API gives
_MOST_PAGES = 100
# The counting endpoint refuses every other field of a request.
_COUNTED = frozenset({"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"})


@frozen
class Config:
    """Settings: the key, and where the endpoint is (with or without ``/v1`` at its end)."""

    key: Secret = secret("ANTHROPIC_API_KEY")
    base_url: str = setting("ANTHROPIC_BASE_URL", default="https://api.anthropic.com/v1")


class Anthropic:
    """The provider. It remembers what the list says of each model, because requests depend on it.

    Attributes:
        base_url: Where ``/messages`` and ``/models`` are.
        dialect: What `forward` takes.
    """

    dialect: ClassVar[str] = NAME

    def __init__(self, config: Config) -> None:
        self.base_url = config.base_url.rstrip("/").removesuffix("/v1") + "/v1"
        self._key = config.key
        self._limits: dict[str, Limits] | None = None

    def __repr__(self) -> str:
        return f"Anthropic({self.base_url!r})"

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model listed, page after page.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found: list[Any] = []
        params = {"limit": _PAGE}
        for _ in range(_MOST_PAGES):
            page = (await http.request(self._get("/models", params))).json()
            found.extend(listed_rows(page))
            last = string(table(page).get("last_id"))
            if table(page).get("has_more") is not True or not last:
                break
            params = {"limit": _PAGE, "after_id": last}
        self._limits = {string(row.get("id")): limits(row) for row in map(table, found)}
        return read_models(found, listing)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: The request holds something the API or this model cannot do; names it.
        """
        sent = body(model, request, await self._limits_of(model, request, http), stream=False)
        answer = await http.request(self._post("/messages", sent))
        return gathered(answer, stream_reader(), partial(read_answer, model=model), model)

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended before the answer was finished.
        """

        async def ask() -> HttpRequest:
            sent = body(model, request, await self._limits_of(model, request, http), stream=True)
            return self._post("/messages", sent)

        return streamed(http, ask, stream_reader(), partial(read_answer, model=model))

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens this request would use; free of charge.

        Raises:
            ProviderError: It did not answer.
            ResponseError: What it answered is no count.
        """
        whole = body(model, request, await self._limits_of(model, request, http), stream=False)
        sent = {name: value for name, value in whole.items() if name in _COUNTED}
        answer = (await http.request(self._post("/messages/count_tokens", sent))).json()
        tokens = count(table(answer).get("input_tokens"))
        if tokens is None:
            raise ResponseError("the answer holds no count")
        return tokens

    @asynccontextmanager
    async def forward(self, model: str, body: bytes, http: Http) -> AsyncIterator[HttpStream]:
        """The caller's own bytes, with this provider's key and `model` in them; the answer as it comes.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: `body` is no JSON object.
        """
        headers = {**self._headers(), "content-type": "application/json"}
        sent = HttpRequest("POST", f"{self.base_url}/messages", headers=headers, body=with_model(body, model))
        async with http.stream(sent) as answer:
            yield answer

    def _get(self, path: str, params: Mapping[str, str]) -> HttpRequest:
        return HttpRequest("GET", self.base_url + path, headers=self._headers(), params=params)

    def _post(self, path: str, sent: Mapping[str, Any]) -> HttpRequest:
        return HttpRequest("POST", self.base_url + path, headers=self._headers(), json=sent)

    def _headers(self) -> dict[str, str]:
        return {"x-api-key": self._key.reveal(), "anthropic-version": _VERSION}

    async def _limits_of(self, model: str, request: ChatRequest, http: Http) -> Limits:
        """What the list says of `model`; asks for the list when it matters and nobody has yet.

        A catalog kept on disk spares the listing, but not what this provider needs from it.
        """
        matters = request.max_output_tokens is None or request.response_format or request.reasoning_effort
        if self._limits is None and matters:
            try:
                await self.models(http)
            except ProviderError:
                self._limits = {}  # the call itself will tell what is wrong
        return (self._limits or {}).get(model, Limits())


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("anthropic", Anthropic, config=Config, summary="Models served by Anthropic.")
