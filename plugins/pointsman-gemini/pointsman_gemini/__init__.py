"""Google's Gemini models, through the API's own dialect (https://ai.google.dev/api/generate-content)."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from functools import partial
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    EmbedRequest,
    EmbedResponse,
    Extension,
    Http,
    HttpRequest,
    InvalidRequestError,
    Model,
    Provider,
    ProviderError,
    ResponseError,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.providers import as_object, read_models, streamed
from pointsman.wire.fields import count, string, table

from pointsman_gemini.answer import Chunks, response
from pointsman_gemini.embeddings import batches, embedded
from pointsman_gemini.listing import listing, named, rows_of, thinkers
from pointsman_gemini.pieces import pieces
from pointsman_gemini.request import body, holds_files
from pointsman_gemini.thinking import Thinker

_PAGE = "1000"  # rows; the largest page the API gives, of 50 by default
_MOST_PAGES = 100
_NO_FILES = re.compile(r"function.?responses?\b.*not support|not support.*function.?response")
"""Of models that take no files in the results of tools, as they refuse them."""


@frozen
class Config:
    """Settings: the key, and where the endpoint is (an address without a path gets ``/v1beta``)."""

    key: Secret = secret("GEMINI_API_KEY", "GOOGLE_API_KEY")
    base_url: str = setting(
        "GEMINI_BASE_URL",
        "GOOGLE_GEMINI_BASE_URL",
        default="https://generativelanguage.googleapis.com/v1beta",
    )


class Gemini:
    """The provider. It remembers how each model thinks and takes files, because requests depend on it.

    Attributes:
        base_url: Where ``/models`` is.
    """

    def __init__(self, config: Config) -> None:
        from urllib.parse import urlsplit

        url = config.base_url.rstrip("/")
        self.base_url = url if urlsplit(url).path else f"{url}/v1beta"
        self._key = config.key
        self._thinks: Mapping[str, bool] | None = None
        self._counted: frozenset[str] = frozenset()
        self._flat: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Gemini({self.base_url!r})"

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model listed, page after page; ids are without their ``models/``.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found: list[Mapping[str, Any]] = []
        url, params = f"{self.base_url}/models", {"pageSize": _PAGE}
        for _ in range(_MOST_PAGES):
            sent = HttpRequest("GET", url, headers=self._headers(), params=params)
            page = (await http.request(sent)).json()
            if found and not page:
                break  # a page without rows is written without its list
            found.extend(named(table(row)) for row in rows_of(page))
            token = string(table(page).get("nextPageToken"))
            if not token or token == params.get("pageToken"):
                break
            params = {"pageSize": _PAGE, "pageToken": token}
        self._thinks = thinkers(found)
        return read_models(found, partial(listing, thinks=self._thinks))

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer.
            ContentPolicyError: The prompt was blocked.
            InvalidRequestError: The request holds something the API or this model cannot do; names it.
        """
        while True:
            try:
                sent = await self._body(model, request, http)
                return response(await self._ask(model, "generateContent", sent, http), model)
            except InvalidRequestError as error:
                if not self._learnt(model, request, error):
                    raise

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or an event holds an error.
            ResponseError: An event is malformed, or the stream ended without a finish reason.
        """
        begun = False
        while True:
            try:
                async with aclosing(self._stream(model, request, http)) as found:
                    async for piece in found:
                        begun = True
                        yield piece
            except InvalidRequestError as error:
                if begun or not self._learnt(model, request, error):
                    raise
            else:
                return

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per text, in their order; a hundred texts go out at once.

        `EmbedRequest.extra` (``taskType``, ``title``) goes along with each text.

        Raises:
            ProviderError: It did not answer, or not with a vector for each text.
        """
        answers = [
            await self._ask(model, "batchEmbedContents", batch, http) for batch in batches(model, request)
        ]
        return embedded(answers, model, len(request.inputs))

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens of this request, counted by the API: https://ai.google.dev/api/tokens.

        Raises:
            ProviderError: It did not answer, or not with a count.
        """
        # How hard it is to think about changes no count.
        asked = await self._body(model, evolve(request, reasoning_effort=None), http)
        sent = {"generateContentRequest": {**asked, "model": f"models/{_bare(model)}"}}
        counted = count((await self._ask(model, "countTokens", sent, http)).get("totalTokens"))
        if counted is None:
            raise ResponseError("the answer holds no count of tokens")
        return counted

    async def _body(self, model: str, request: ChatRequest, http: Http) -> dict[str, Any]:
        thinker = await self._thinker(model, request, http)
        return body(request, self._files, thinker, nested=_bare(model) not in self._flat)

    def _stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        async def ask() -> HttpRequest:
            sent = await self._body(model, request, http)
            return self._post(model, "streamGenerateContent", sent, {"alt": "sse"})

        return streamed(http, ask, Chunks(), partial(response, model=model), pieces)

    async def _ask(self, model: str, method: str, sent: object, http: Http) -> Mapping[str, Any]:
        return as_object((await http.request(self._post(model, method, sent))).json())

    def _post(
        self, model: str, method: str, sent: object, params: Mapping[str, str] = MappingProxyType({})
    ) -> HttpRequest:
        from urllib.parse import quote

        url = f"{self.base_url}/models/{quote(_bare(model), safe='@')}:{method}"
        return HttpRequest("POST", url, headers=self._headers(), params=params, json=sent)

    def _headers(self) -> dict[str, str]:
        # Never as ``?key=``: addresses end up in logs.
        return {"x-goog-api-key": self._key.reveal()}

    @property
    def _files(self) -> str:
        return f"{self.base_url}/files/"

    async def _thinker(self, model: str, request: ChatRequest, http: Http) -> Thinker:
        """How `model` thinks; asks for the list when that matters and nobody has yet."""
        if self._thinks is None and request.reasoning_effort is not None:
            try:
                await self.models(http)
            except ProviderError:
                self._thinks = {}  # the call itself will tell what is wrong
        bare = _bare(model)
        return Thinker((self._thinks or {}).get(bare), counted=bare in self._counted)

    def _learnt(self, model: str, request: ChatRequest, error: InvalidRequestError) -> bool:
        """Whether to ask again, because the refusal says what the list of models does not.

        Models up to some generation take a budget of thoughts in tokens and refuse a level, later ones the
        reverse; those up to some generation take no files in the results of tools. Any other refusal of
        thoughts is one that another model may not share.
        """
        why, bare = error.detail.lower(), _bare(model)
        if bare not in self._flat and _NO_FILES.search(why) and holds_files(request):
            self._flat |= {bare}
            return True
        if request.reasoning_effort is None or "thinking" not in why:
            return False
        if bare not in self._counted and "thinking level" in why:
            self._counted |= {bare}
            return True
        error.parameter = "reasoning_effort"
        return False


def _bare(model: str) -> str:
    return model.removeprefix("models/")


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("gemini", Gemini, config=Config, summary="Gemini models served by Google.")
