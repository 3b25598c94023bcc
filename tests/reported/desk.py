"""Where a reported case is tried: every provider with scripted answers, and a router over two servers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from pointsman import ChatRequest, ChatResponse, Provider, ProviderError, Router
from pointsman.testing import (
    AnthropicUpstream,
    FakeHttp,
    OpenAIUpstream,
    Pieces,
    ResponsesUpstream,
    Upstream,
)
from pointsman.testing.dialect_upstream import DialectUpstream
from pointsman.testing.questions import drain, gathered

from tests.dialects.matrix.providers import SHIPPED
from tests.providers.dialects import frame

PROVIDERS = {each.name: each for each in SHIPPED}
OTHERS = ("anthropic", "bedrock", "cohere", "gemini", "ollama", "openai (responses)")
SPEAKERS = tuple(name for name in PROVIDERS if name not in OTHERS)
"""Those of OpenAI's chat dialect."""
KEY = "qx-5518-0047-ttrv"
COUNTS = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}


def provider(name: str) -> Provider:
    """A shipped provider, which will be given its answers."""
    return PROVIDERS[name].provider(Upstream())


async def asked(name: str, request: ChatRequest, answer: Any, *, stream: bool) -> ChatResponse:
    """What comes of one scripted answer."""
    http = _scripted(answer)
    if stream:
        return gathered(await drain(provider(name), "m", request, http))
    return await provider(name).chat("m", request, http)


async def refused(name: str, request: ChatRequest, answer: Any, *, stream: bool) -> ProviderError:
    """The error that comes of one scripted answer."""
    try:
        got = await asked(name, request, answer, stream=stream)
    except ProviderError as error:
        return error
    raise AssertionError(f"{name} answered: {got}")


async def sent(name: str, request: ChatRequest, *, stream: bool) -> Any:
    """The body that goes out, or the error that refuses the request by name."""
    http = _scripted(Pieces((b"{}",), 500))
    try:
        if stream:
            await drain(provider(name), "m", request, http)
        else:
            await provider(name).chat("m", request, http)
    except ProviderError as error:
        last = http.sent[-1] if http.sent and http.sent[-1].method == "POST" else None
        return error if last is None else last.json or orjson.loads(last.body or b"")
    raise AssertionError


def _scripted(answer: Any) -> FakeHttp:
    """The answer to a question; who lists its models before it asks is given a list."""
    takes = {"structured_outputs": {"supported": True}}
    listed = {"data": [{"id": "m", "max_tokens": 1000, "capabilities": takes}], "has_more": False}
    return FakeHttp(*[lambda request: listed if request.method == "GET" else answer] * 3)


def whole(**message: Any) -> dict[str, Any]:
    """An answer of OpenAI's chat dialect."""
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    return {"id": "x", "model": "m", "choices": [choice], "usage": COUNTS}


def delta(**fields: Any) -> dict[str, Any]:
    """An event of its streams."""
    return {"id": "x", "model": "m", "choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def sse(*events: object, done: bool = True) -> Pieces:
    """A stream of events."""
    lines = [b"data: " + orjson.dumps(event) + b"\n\n" for event in events]
    return Pieces((*lines, b"data: [DONE]\n\n") if done else lines)


def frames(*events: tuple[str, object]) -> Pieces:
    """A stream of binary messages of Bedrock's, each of a kind."""
    return Pieces(frame(orjson.dumps(event).decode(), kind) for kind, event in events)


SERVERS: Mapping[str, tuple[type[DialectUpstream], str, Mapping[str, Any]]] = {
    "openai": (OpenAIUpstream, "/v1", {}),
    "responses": (ResponsesUpstream, "/v1", {"api": "responses"}),
    "anthropic": (AnthropicUpstream, "/v1", {}),
    "groq": (OpenAIUpstream, "/v1", {}),
    "openrouter": (OpenAIUpstream, "/v1", {}),
    "mistral": (OpenAIUpstream, "/v1", {}),
    "openai-compatible": (OpenAIUpstream, "/v1", {}),
}


def _extension(name: str) -> str:
    return "openai" if name == "responses" else name


class Desk:
    """A router over servers of its own, each with one model.

    Attributes:
        router: Open.
        models: By provider.
        servers: By provider.
    """

    def __init__(self, router: Router, servers: Mapping[str, DialectUpstream]) -> None:
        self.router = router
        self.servers = servers
        self.models = {name: next(iter(each.models.values())) for name, each in servers.items()}

    async def ask(self, messages: Any, *, stream: bool = False, **options: Any) -> ChatResponse:
        """The answer of the first that gives one, in the order of the servers."""
        pinned = [f"{_extension(name)}/{name}-m" for name in self.servers]
        if not stream:
            return await self.router.chat(messages, models=pinned, **options)
        async with self.router.stream(messages, models=pinned, **options) as chunks:
            async for _ in chunks:
                pass
        assert chunks.response is not None
        return chunks.response

    @property
    def asked(self) -> dict[str, int]:
        """How many times each was asked."""
        return {name: model.asked for name, model in self.models.items()}

    def bodies(self, name: str) -> list[Any]:
        """What one was asked, oldest first."""
        return [each.json() for each in self.servers[name].requests if each.method == "POST"]


@asynccontextmanager
async def desk(
    home: Path, *names: str, prices: Mapping[str, Any] | None = None, key: str = KEY
) -> AsyncIterator[Desk]:
    """Providers by the names of `SERVERS`, in the order in which they are to be asked."""
    async with AsyncExitStack() as stack:
        servers = {}
        tables: dict[str, Any] = {}
        for name in names:
            kind, path, settings = SERVERS[name]
            made = kind([f"{name}-m"])
            servers[name] = await stack.enter_async_context(made)
            tables[_extension(name)] = {"base_url": made.url + path, **settings}
        env = {
            "POINTSMAN_HOME": str(home),
            "POINTSMAN_ONLY": ",".join([*tables, "strategies", "price-list"]),
            "POINTSMAN_CATALOG_REFRESH_IN": "thread",
        }
        env |= {f"{each.upper().replace('-', '_')}_API_KEY": key for each in tables}
        plain = {f"{_extension(name)}/{name}-m": {"input": 1, "output": 1} for name in names}
        config = {
            "providers": tables,
            "pricing_sources": {"contract": {"prices": plain | {**(prices or {})}}},
        }
        router = await stack.enter_async_context(Router.open(config, env=env))
        yield Desk(router, servers)


def read(shared_data: Path, number: str) -> Any:
    """A case by its number."""
    (path,) = (shared_data / "cases").glob(f"{number}-*.json")
    return orjson.loads(path.read_bytes())
