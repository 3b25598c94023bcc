"""Cache marks for dialects that take only a few of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import evolve

from pointsman.types import CachePoint, ChatRequest, Message, Part, Role, Tool, ToolResult


def fewer_marks(request: ChatRequest, most: int) -> ChatRequest:
    """The request with its last `most` cache marks: a mark holds everything before it.

    The order is that in which these dialects read a request: tools, system prompts, conversation.
    """
    marked = sum(tool.cache is not None for tool in request.tools)
    excess = marked + sum(map(_marks, request.messages)) - most
    if excess <= 0:
        return request
    left = iter(range(excess))

    def spare() -> bool:
        return next(left, None) is None

    tools = [_unmarked(tool) if tool.cache and not spare() else tool for tool in request.tools]
    places = sorted(range(len(request.messages)), key=lambda at: request.messages[at].role is not Role.SYSTEM)
    written = {at: _thinned(request.messages[at], spare) for at in places}
    return evolve(request, tools=tools, messages=[written[at] for at in range(len(places))])


def _unmarked(tool: Tool) -> Tool:
    return evolve(tool, cache=None)


def _thinned(message: Message, keep: Callable[[], bool]) -> Message:
    return evolve(message, content=_kept(message.content, keep)) if _marks(message) else message


def _kept(parts: Iterable[Part], keep: Callable[[], bool]) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        if isinstance(part, ToolResult):
            kept.append(evolve(part, content=_kept(part.content, keep)))
        elif not isinstance(part, CachePoint) or keep():
            kept.append(part)
    return kept


def _marks(holder: Message | ToolResult) -> int:
    inner = (_marks(part) for part in holder.content if isinstance(part, ToolResult))
    return sum(isinstance(part, CachePoint) for part in holder.content) + sum(inner)
