"""The same router for code that is not asynchronous: a thin face over one event loop in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from attrs import define, field

from pointsman.routing.router import Router

if TYPE_CHECKING:  # only named here; see `pointsman.routing.router`
    from anyio.from_thread import BlockingPortal

    from pointsman.catalog import Catalog
    from pointsman.routing.answers import ChatStream
    from pointsman.routing.request import ChatOptions, Messages
    from pointsman.types import Call, ChatChunk, ChatResponse, Decision, EmbedResponse, UsageRow


@define(eq=False)
class BlockingRouter:
    """A `Router` whose methods block. Any thread may call it::

    with BlockingRouter.open() as router:
        print(router.chat("Why is the sky blue?").text)
    """

    router: Router
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _portal: BlockingPortal | None = field(default=None, init=False)

    @classmethod
    def open(
        cls, config: Mapping[str, Any] | None = None, *, env: Mapping[str, str] | None = None
    ) -> BlockingRouter:
        """As `Router.open`."""
        return cls(Router.open(config, env=env))

    def __enter__(self) -> Self:
        from anyio.from_thread import start_blocking_portal

        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(self._portal.wrap_async_context_manager(self.router))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self._portal = None

    def chat(self, messages: Messages, **options: Unpack[ChatOptions]) -> ChatResponse:
        """As `Router.chat`."""
        return self._open().call(partial(self.router.chat, messages, **options))

    def stream(self, messages: Messages, **options: Unpack[ChatOptions]) -> Iterator[ChatChunk]:
        """As `Router.stream`; leaving the loop early settles what was streamed."""
        portal = self._open()
        stream = self.router.stream(messages, **options)
        try:
            while (chunk := portal.call(_next, stream)) is not None:
                yield chunk
        finally:
            portal.call(stream.aclose)

    def decide(self, messages: Messages, **options: Unpack[ChatOptions]) -> Decision:
        """As `Router.decide`."""
        return self._open().call(partial(self.router.decide, messages, **options))

    def embed(
        self, inputs: str | Sequence[str], *, model: str, dimensions: int | None = None, tag: str = ""
    ) -> EmbedResponse:
        """As `Router.embed`."""
        embed = partial(self.router.embed, inputs, model=model, dimensions=dimensions, tag=tag)
        embedded: EmbedResponse = self._open().call(embed)
        return embedded

    def catalog(self) -> Catalog:
        """As `Router.catalog`."""
        return self._open().call(self.router.catalog)

    def refresh(self) -> Catalog:
        """As `Router.refresh`."""
        refreshed: Catalog = self._open().call(self.router.refresh)
        return refreshed

    def usage(self, by: Sequence[str] = ("day",), *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """As `Router.usage`."""
        return self._open().call(partial(self.router.usage, by, since=since, until=until))

    def calls(self, limit: int = 50) -> Sequence[Call]:
        """As `Router.calls`."""
        return self._open().call(self.router.calls, limit)

    def call(self, id: str) -> Call | None:  # noqa: A002 (what a call's id is called everywhere)
        """As `Router.call`."""
        return self._open().call(self.router.call, id)

    def _open(self) -> BlockingPortal:
        if self._portal is None:
            raise RuntimeError("the router is not open; use it as: with BlockingRouter.open() as router")
        return self._portal


async def _next(stream: ChatStream) -> ChatChunk | None:
    return await anext(stream, None)
