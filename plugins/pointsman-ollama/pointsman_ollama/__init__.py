"""Models on your own machine, through Ollama's native API (https://docs.ollama.com/api)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

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
    ProviderError,
    ResponseError,
    Secret,
    hookimpl,
    setting,
)
from pointsman.providers import as_object, drained, listed_rows, objects, read_models
from pointsman.wire.fields import identifier, table

from pointsman_ollama.address import own_machine, server
from pointsman_ollama.answer import Chunks, embeddings, response
from pointsman_ollama.listing import listing
from pointsman_ollama.request import body

if TYPE_CHECKING:
    import asyncio

_AT_ONCE = 4  # models asked about at the same time: the server reads a file for each


@frozen
class Config:
    """Settings; none is needed for a server on this machine.

    Attributes:
        base_url: Where the server is, in any form its own ``OLLAMA_HOST`` takes.
        key: For servers that want one, such as Ollama's cloud.
    """

    base_url: str = setting("OLLAMA_HOST", "OLLAMA_BASE_URL", default="http://localhost:11434")
    key: Secret | None = setting("OLLAMA_API_KEY", default=None)


class Ollama:
    """The provider.

    Attributes:
        base_url: The server.
    """

    def __init__(self, config: Config) -> None:
        self.base_url = server(config.base_url)
        self._key = config.key
        self._own = own_machine(self.base_url)

    def __repr__(self) -> str:
        return f"Ollama({self.base_url!r})"

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model on the server, with what it tells of each.

        Raises:
            TransportError: No server is running there.
            ProviderError: It did not answer, or not with a list.
        """
        import asyncio

        tags = HttpRequest("GET", f"{self.base_url}/api/tags", headers=self._headers())
        document = (await http.request(tags)).json()
        found = [table(row) for row in listed_rows(document)]
        gate = asyncio.Semaphore(_AT_ONCE)
        described = await asyncio.gather(*(self._described(row, http, gate) for row in found))
        return read_models(described, lambda row: listing(row, own=self._own))

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: The request holds something the server cannot do; names it.
        """
        sent = body(model, request, stream=False)
        answer = await http.request(self._post("/api/chat", sent))
        return response(as_object(answer.json()), model)

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or a line holds an error.
            ResponseError: A line is malformed, or the stream ended before it was done.
        """
        sent = body(model, request, stream=True)
        reader = Chunks()
        async with (
            http.stream(self._post("/api/chat", sent)) as answer,
            aclosing(objects(answer.chunks())) as found,
        ):
            async for obj in found:
                piece = reader.read(obj)
                if piece is not None:
                    yield piece
                if reader.finished:
                    await drained(found)
                    break
        if not reader.finished:
            raise ResponseError("the stream ended before it was done", maybe_billed=True)

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per input, in their order (https://docs.ollama.com/api/embed).

        Raises:
            ProviderError: It did not answer.
            ResponseError: What it answered is not one vector per input.
        """
        sent: dict[str, Any] = {"dimensions": request.dimensions} if request.dimensions else {}
        sent = {**sent, **request.extra, "model": model, "input": list(request.inputs)}
        answer = await http.request(self._post("/api/embed", sent))
        return embeddings(as_object(answer.json()), model, len(request.inputs))

    def _post(self, path: str, sent: Mapping[str, Any]) -> HttpRequest:
        return HttpRequest("POST", self.base_url + path, headers=self._headers(), json=sent)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._key.reveal()}"} if self._key else {}

    async def _described(
        self, row: Mapping[str, Any], http: Http, gate: asyncio.Semaphore
    ) -> Mapping[str, Any]:
        """A row with its id and with what the server tells of the model; only the row where it does not."""
        model = row.get("model") or row.get("name")
        named = {**row, "id": model}
        if identifier(model) is None:
            return named
        async with gate:
            try:
                answer = await http.request(self._post("/api/show", {"model": model}))
                return {**named, **as_object(answer.json()), "id": model}
            except ProviderError:
                return named


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("ollama", Ollama, config=Config, summary="Models on your own machine, through Ollama.")
