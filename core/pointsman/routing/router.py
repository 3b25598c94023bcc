"""The face applications see: open, chat, stream, decide, refresh, usage."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from attrs import define, evolve, field

from pointsman.cache import Cache
from pointsman.catalog import Catalog
from pointsman.catalog.opening import CatalogSource, open_catalog
from pointsman.errors import LedgerError, NoCandidateError
from pointsman.failures import exhausted
from pointsman.host import Host
from pointsman.http import Client
from pointsman.protocols import Http, Learner, Ledger
from pointsman.routing.calls import Caller
from pointsman.routing.chat_stream import ChatStream
from pointsman.routing.embedding import EmbeddingCaller
from pointsman.routing.health import Health
from pointsman.routing.request import AUTO, TASK, ChatOptions, Messages, build_criteria, build_request
from pointsman.routing.row import Audience
from pointsman.routing.run import Order
from pointsman.routing.select import Selector, why_nobody
from pointsman.types import (
    Call,
    Capability,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Criteria,
    Decision,
    EmbedRequest,
    EmbedResponse,
    UsageRow,
)

T = TypeVar("T")

_PATIENCE = 5.0


@define(eq=False)
class Router:
    """Sends each call to the best model that is allowed, that works, and that can be paid for.

    Use it as an asynchronous context manager::

        async with Router.open() as router:
            reply = await router.chat("Why is the sky blue?", task="fast", max_cost="0.01")

    One router serves any number of concurrent calls on one event loop.
    """

    host: Host
    _clients: dict[str, Client] = field(factory=dict, init=False)
    _cache: Cache | None = field(default=None, init=False)
    _ledger: Ledger | None = field(default=None, init=False)
    _manager: CatalogSource | None = field(default=None, init=False)
    _health: Health = field(factory=Health, init=False)
    _selector: Selector | None = field(default=None, init=False)
    _caller: Caller | None = field(default=None, init=False)
    _streams: weakref.WeakSet[ChatStream] = field(factory=weakref.WeakSet, init=False)
    _unsettled: set[asyncio.Future[None]] = field(factory=set, init=False)

    @classmethod
    def open(cls, config: Mapping[str, Any] | None = None, *, env: Mapping[str, str] | None = None) -> Router:
        """A router for this configuration; it starts when its ``async with`` block is entered.

        Args:
            config: A table as it would stand in ``pointsman.toml``; wins over files and environment.
            env: Instead of the process's own environment variables.

        Raises:
            ConfigError: With every problem at once.
            PluginError: The configuration names a plugin that is broken.
        """
        return cls(Host.load(env, config))

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.aclose()  # what was opened before it failed
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Open the ledger and get ready; the catalog is read, or fetched, on first use.

        Raises:
            LedgerError: The ledger cannot be used.
            ConfigError: The catalog is locked to a file that cannot be used.
        """
        host = self.host
        ledgers = host.on("ledgers")
        if host.ledger not in ledgers:
            raise LedgerError(
                f"no ledger named {host.ledger!r} is on; installed: {', '.join(ledgers) or 'none'}"
            )
        ledger: Ledger = ledgers[host.ledger].object
        await ledger.open()
        self._ledger = ledger
        settings = host.settings
        self._cache = await asyncio.to_thread(Cache, host.folders.cache)
        self._manager = await asyncio.to_thread(
            open_catalog, host, self._http, self._cache
        )  # may read a lock
        providers = host.on("providers")
        self._health = health = Health(keys={name: len(each.objects) for name, each in providers.items()})
        strategies = {name: each.object for name, each in host.on("strategies").items()}
        self._selector = Selector(strategies, host.strategy, dict(host.env), health)
        self._caller = Caller(
            {name: each.objects for name, each in providers.items()},
            self._http,
            Audience(
                ledger,
                [each for each in strategies.values() if isinstance(each, Learner)],
                [each.object for each in host.on("observers").values()],
            ),
            health,
            settings.calls,
        )

    async def aclose(self) -> None:
        """Settle streams still open, write what is pending, close every connection. Safe to call twice."""
        for stream in list(self._streams):
            await stream.aclose()
        if self._unsettled:  # dropped without being closed: the event loop is closing them
            await asyncio.wait(self._unsettled, timeout=_PATIENCE)
        if self._manager is not None:
            await self._manager.aclose()
        if self._ledger is not None:
            await self._ledger.close()
        for client in self._clients.values():
            await client.aclose()
        if self._cache is not None:
            await asyncio.to_thread(self._cache.close)
        self._manager = self._ledger = self._cache = self._selector = self._caller = None
        self._clients.clear()

    async def chat(self, messages: Messages, **options: Unpack[ChatOptions]) -> ChatResponse:
        """Ask, and get the whole answer.

        Args:
            messages: A prompt, or a conversation; OpenAI-style dicts are understood.
            **options: See `ChatOptions`: ``task``, ``model``, ``tag``, and every field of `ChatRequest` and
                `Criteria`.

        Raises:
            RequestError: The request is wrong.
            UnknownNameError: A task, model or strategy nobody knows.
            NoCandidateError: No model may be chosen; its ``decision`` says why.
            ProviderError: The only attempt failed.
            AttemptsFailedError: Every attempt failed.
            LedgerError: The call could not be recorded.
        """
        caller = self._ready(self._caller)
        return await caller.chat(await self._order(messages, options))

    def stream(self, messages: Messages, **options: Unpack[ChatOptions]) -> ChatStream:
        """Ask, and get the answer in pieces. Same arguments and errors as `chat`, raised while iterating.

        Iterate it; use it as an asynchronous context manager when you may stop early::

            async with router.stream("Tell me a story.") as stream:
                async for chunk in stream:
                    print(chunk.text, end="")
            print(stream.response.usd)
        """
        caller = self._ready(self._caller)

        async def chunks() -> AsyncGenerator[ChatChunk]:
            order = await self._order(messages, options, streamed=True)
            settled = asyncio.get_running_loop().create_future()
            self._unsettled.add(settled)
            try:
                async with aclosing(caller.stream(order)) as pieces:
                    async for chunk in pieces:
                        yield chunk
            finally:
                self._unsettled.discard(settled)
                settled.set_result(None)

        stream = ChatStream(chunks())
        self._streams.add(stream)
        return stream

    async def decide(self, messages: Messages, **options: Unpack[ChatOptions]) -> Decision:
        """What `chat` would decide, without asking anybody; an empty ranking is an answer too."""
        return await self._decide(build_request(messages, options), options)

    async def embed(
        self, inputs: str | Sequence[str], *, model: str, dimensions: int | None = None, tag: str = ""
    ) -> EmbedResponse:
        """One vector per text. The model is always named: vectors of different models cannot be compared.

        Raises:
            RequestError: There is nothing to embed, or no engine of the model's provider embeds.
            UnknownNameError: No embedding model is called that.
            ProviderError: The only attempt failed; AttemptsFailedError when there were several.
        """
        texts = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        caller = EmbeddingCaller(self._ready(self._caller))
        return await caller.embed(await self.catalog(), model, EmbedRequest(texts, dimensions), tag)

    async def catalog(self) -> Catalog:
        """Today's catalog: from memory, from disk, or fetched."""
        return await self._ready(self._manager).current()

    async def refresh(self, progress: Callable[[Any], None] | None = None) -> Catalog:
        """Fetch every list, price and score again, in a process of its own. It may be cancelled.

        Args:
            progress: Called with one value per source and state; see `pointsman.catalog.Progress`.

        Raises:
            RefreshError: The process failed; the last catalog stays.
        """
        return await self._ready(self._manager).refresh(progress=progress)

    async def wait_for_refresh(self, patience: float) -> None:
        """Wait for a background refresh of the catalog, if one is under way, for `patience` seconds at most.

        Nothing has to: it runs in a process of its own, which goes on when the router is closed.
        """
        await self._ready(self._manager).wait_for_refresh(patience)

    async def usage(
        self, by: Sequence[str] = ("day",), *, since: str = "", until: str = ""
    ) -> Sequence[UsageRow]:
        """What was used and spent, summed by ``day``, ``month``, ``provider``, ``model``, ``task`` …"""
        return await self._ready(self._ledger).usage(by, since=since, until=until)

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest calls of the ledger, newest first."""
        return await self._ready(self._ledger).calls(limit)

    async def _order(self, messages: Messages, options: ChatOptions, *, streamed: bool = False) -> Order:
        request = build_request(messages, options)
        decision = await self._decide(request, options, streamed=streamed)
        if not decision.ranking:
            raise NoCandidateError(why_nobody(decision), decision)
        drop = options.get("drop_unsupported", False)
        return Order(await self.catalog(), decision, request, options.get("tag", ""), drop)

    async def _decide(
        self, request: ChatRequest, options: ChatOptions, *, streamed: bool = False
    ) -> Decision:
        task, model = options.get("task", ""), options.get("model", "") or AUTO
        if model.startswith(TASK):
            task, model = model.removeprefix(TASK), AUTO
        base = self.host.task(task) if task else options.get("criteria") or Criteria()
        wanted = build_criteria(base, options)
        named = model != AUTO
        if named:
            wanted = evolve(wanted, models=(model,))
        if streamed:
            wanted = evolve(wanted, needs=wanted.needs | {Capability.STREAMING})
        catalog = await self.catalog()
        return await self._ready(self._selector).decide(catalog, request, wanted, named=named)

    def _http(self, name: str) -> Http:
        client = self._clients.get(name)
        if client is None:
            calls, proxy = self.host.settings.calls, self.host.env.get("POINTSMAN_PROXY", "")
            client = self._clients[name] = Client(
                name,
                connect=calls.connect,
                read=calls.first_token,
                proxy=proxy,
                on_answer=partial(self._note_limits, name),
            )
        return client

    def _note_limits(self, name: str, headers: Mapping[str, str]) -> None:
        if (seconds := exhausted(headers)) is not None:
            self._health.exhausted(name, seconds)

    @staticmethod
    def _ready(part: T | None) -> T:
        if part is None:
            raise RuntimeError("the router is not open; use it as: async with Router.open() as router")
        return part
