"""Cohere's models, through its own API of version 2 (https://docs.cohere.com/reference/chat)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from functools import partial
from typing import Any

from attrs import frozen
from pointsman import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    EmbedRequest,
    EmbedResponse,
    Extension,
    Http,
    HttpRequest,
    Model,
    Provider,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.providers import as_object, gathered, listed_rows, read_models, streamed
from pointsman.wire.fields import string, table

from pointsman_cohere.answer import Chunks, response
from pointsman_cohere.embeddings import batches, embedded
from pointsman_cohere.listing import listing, named
from pointsman_cohere.request import body

_PAGE = "1000"  # rows; the largest page the API gives, of 20 by default
_MOST_PAGES = 100


@frozen
class Config:
    """Settings: the key, and where the endpoint is (with or without a version at its end)."""

    key: Secret = secret("CO_API_KEY", "COHERE_API_KEY")
    base_url: str = setting("COHERE_BASE_URL", "CO_API_URL", default="https://api.cohere.com")


class Cohere:
    """The provider.

    Attributes:
        base_url: Where ``/v1/models`` and ``/v2/chat`` are.
    """

    def __init__(self, config: Config) -> None:
        self.base_url = config.base_url.rstrip("/").removesuffix("/v1").removesuffix("/v2")
        self._key = config.key

    def __repr__(self) -> str:
        return f"Cohere({self.base_url!r})"

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model listed, page after page, each with what its endpoints say it is for.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found: list[Any] = []
        params = {"page_size": _PAGE}
        for _ in range(_MOST_PAGES):
            page = (await http.request(self._get("/v1/models", params))).json()
            found.extend(named(table(row)) for row in listed_rows(page))
            token = string(table(page).get("next_page_token"))
            if not token or token == params.get("page_token"):
                break
            params = {"page_size": _PAGE, "page_token": token}
        return read_models(found, listing)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: The request holds something the API cannot do; names it.
        """
        sent = body(model, request, stream=False)
        answer = await http.request(self._post("/v2/chat", sent))
        return gathered(answer, Chunks(model), partial(response, model=model), model)

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or broke the answer off.
            ResponseError: An event is malformed, or the stream ended before the answer was finished.
        """

        async def ask() -> HttpRequest:
            return self._post("/v2/chat", body(model, request, stream=True))

        return streamed(http, ask, Chunks(model), partial(response, model=model))

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per text, in their order; 96 texts go out at once.

        The API wants to know what the vectors are for. The default is ``search_document`` unless
        `EmbedRequest.extra` holds another ``input_type`` (``search_query``, ``classification`` …).

        Raises:
            ProviderError: It did not answer, or not with a vector for each text.
        """
        answers = [
            as_object((await http.request(self._post("/v2/embed", batch))).json())
            for batch in batches(model, request)
        ]
        return embedded(answers, model, len(request.inputs))

    def _get(self, path: str, params: Mapping[str, str]) -> HttpRequest:
        return HttpRequest("GET", self.base_url + path, headers=self._headers(), params=params)

    def _post(self, path: str, sent: Mapping[str, Any]) -> HttpRequest:
        return HttpRequest("POST", self.base_url + path, headers=self._headers(), json=sent)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key.reveal()}"}


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("cohere", Cohere, config=Config, summary="Models served by Cohere.")
