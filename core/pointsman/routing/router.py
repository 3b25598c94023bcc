"""The face applications see: open, chat, stream, embed, forward, decide, refresh, usage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from attrs import define, field

from pointsman.types import LIBRARY

if TYPE_CHECKING:  # only named here: a router's parts, their libraries and the plugins load when it opens
    from pointsman.catalog import Catalog
    from pointsman.host import Host
    from pointsman.routing.answers import ChatStream, ForwardStream
    from pointsman.routing.opening import Parts
    from pointsman.routing.request import ChatOptions, Messages
    from pointsman.types import (
        Call,
        ChatRequest,
        ChatResponse,
        Criteria,
        Decision,
        EmbedResponse,
        ForwardRequest,
        Principal,
        UsageRow,
    )


@define(eq=False)
class Router:
    """Sends each call to the best model that is allowed, that works, and that can be paid for.

    Use it as an asynchronous context manager::

        async with Router.open() as router:
            reply = await router.chat("Why is the sky blue?", task="fast", max_cost="0.01")

    One router serves any number of concurrent calls on one event loop.
    """

    host: Host
    _parts: Parts | None = field(default=None, init=False)
    _closing: AsyncExitStack = field(factory=AsyncExitStack, init=False)

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
        from pointsman.host import Host

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
            LedgerError, SharedStateError: It cannot be used.
            ConfigError: The catalog is locked to a file that cannot be used.
        """
        from pointsman.routing.opening import open_parts

        self._parts = await open_parts(self.host, self._closing)

    async def aclose(self) -> None:
        """Settle streams still open, write what is pending, close every connection. Safe to call twice."""
        await self._closing.aclose()
        self._parts = None

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
        return await self._open().calls.chat(messages, options)

    def stream(self, messages: Messages, **options: Unpack[ChatOptions]) -> ChatStream:
        """Ask, and get the answer in pieces. Same arguments and errors as `chat`, raised while iterating.

        Iterate it; use it as an asynchronous context manager when you may stop early::

            async with router.stream("Tell me a story.") as stream:
                async for chunk in stream:
                    print(chunk.text, end="")
            print(stream.response.usd)
        """
        return self._open().calls.stream(messages, options)

    async def ask(
        self,
        request: ChatRequest,
        criteria: Criteria | None = None,
        principal: Principal = LIBRARY,
        *,
        tags: Sequence[str] = (),
        timeout: float | None = None,  # noqa: ASYNC109 (of the call, fallbacks included)
        drop_unsupported: bool = False,
    ) -> ChatResponse:
        """What `chat` does, for callers that hold values: a gateway, or a program of its own.

        Args:
            request: What is asked.
            criteria: What is wanted of the model; those of a task are in `host.task`.
            principal: Who asks; their limits and permissions hold.
            tags: Labels in the ledger.
            timeout: Seconds for the whole call; None for the configured deadline.
            drop_unsupported: Leave out parameters the provider does not take.

        Raises:
            BudgetError: A limit of the principal is reached; and what `chat` raises.
        """
        return await self._open().calls.ask(
            request,
            criteria,
            principal=principal,
            tags=tags,
            timeout=timeout,
            drop_unsupported=drop_unsupported,
        )

    def ask_stream(
        self,
        request: ChatRequest,
        criteria: Criteria | None = None,
        principal: Principal = LIBRARY,
        *,
        tags: Sequence[str] = (),
        timeout: float | None = None,
        drop_unsupported: bool = False,
    ) -> ChatStream:
        """As `ask`, with the answer in pieces."""
        return self._open().calls.ask_stream(
            request,
            criteria,
            principal=principal,
            tags=tags,
            timeout=timeout,
            drop_unsupported=drop_unsupported,
        )

    def forward(
        self,
        request: ForwardRequest,
        criteria: Criteria | None = None,
        principal: Principal = LIBRARY,
        *,
        tags: Sequence[str] = (),
        timeout: float | None = None,
    ) -> ForwardStream:
        """Pass a caller's own bytes on to a provider that speaks their dialect; the answer's bytes come back.

        The call is chosen, limited, recorded and billed like every other. Until the first byte of an answer,
        failures fall back without a trace; after it, they are raised. Arguments and errors as of `ask`.
        """
        return self._open().calls.forward(request, criteria, principal=principal, tags=tags, timeout=timeout)

    async def decide(self, messages: Messages, **options: Unpack[ChatOptions]) -> Decision:
        """What `chat` would decide, without asking anybody; an empty ranking is an answer too."""
        return await self._open().calls.decide(messages, options)

    async def embed(
        self,
        inputs: str | Sequence[str],
        *,
        model: str,
        dimensions: int | None = None,
        principal: Principal = LIBRARY,
        tag: str = "",
        timeout: float | None = None,  # noqa: ASYNC109 (as above)
    ) -> EmbedResponse:
        """One vector per text. Only offers of the model that is named are asked: others' cannot be compared.

        Raises:
            RequestError: There is nothing to embed, or no provider of the model embeds.
            UnknownNameError: No embedding model is called that.
            ProviderError: The only attempt failed; AttemptsFailedError when there were several.
        """
        tags = (tag,) if tag else ()
        return await self._open().calls.embed(
            inputs, model, dimensions, principal=principal, tags=tags, timeout=timeout
        )

    async def catalog(self) -> Catalog:
        """Today's catalog: from memory, from disk, or fetched."""
        return await self._open().catalogs.current()

    async def refresh(self, progress: Callable[[Any], None] | None = None) -> Catalog:
        """Fetch every list, price and score again, in a process of its own. It may be cancelled.

        Args:
            progress: Called with one value per source and state; see `pointsman.catalog.Progress`.

        Raises:
            RefreshError: The process failed; the last catalog stays.
        """
        return await self._open().catalogs.refresh(progress=progress)

    async def wait_for_refresh(self, patience: float) -> None:
        """Wait `patience` seconds at most for a refresh that is under way; nothing has to."""
        await self._open().catalogs.wait_for_refresh(patience)

    async def usage(
        self, by: Sequence[str] = ("day",), *, since: str = "", until: str = ""
    ) -> Sequence[UsageRow]:
        """What was used and spent, summed by ``day``, ``month``, ``provider``, ``model``, ``task`` …"""
        return await self._open().ledger.usage(by, since=since, until=until)

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest calls of the ledger with their attempts, newest first."""
        return await self._open().ledger.calls(limit)

    async def call(self, id: str) -> Call | None:  # noqa: A002 (what a call's id is called everywhere)
        """One call of the ledger with its attempts; None when there is none of this id."""
        return await self._open().ledger.call(id)

    def _open(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the router is not open; use it as: async with Router.open() as router")
        return self._parts
