"""One conversation through one provider: what arrived there, what was refused by name, what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from attrs import evolve, frozen
from pointsman.dialects import dialect
from pointsman.dialects.tool_ids import paired
from pointsman.errors import Advice, InvalidRequestError
from pointsman.protocols import Http, Provider
from pointsman.routing.thoughts import for_provider, signed
from pointsman.testing.fake_models import pieces
from pointsman.testing.questions import PIXEL, chat, drain, gathered, pairs, texts, unit
from pointsman.types import (
    ChatRequest,
    ChatResponse,
    FinishReason,
    Image,
    Message,
    Role,
    ToolCall,
    ToolResult,
)

from tests.dialects.matrix import clients, upstreams
from tests.dialects.matrix.clients import Client
from tests.dialects.matrix.providers import Shipped
from tests.dialects.matrix.upstreams import COUNTS

ASKED: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "system": lambda sent: clients.SYSTEM in sent,
    "question": lambda sent: clients.QUESTION in sent,
    "picture": lambda sent: any(PIXEL.data in each for each in sent),
    "tool": lambda sent: clients.ABOUT in sent,
    "text": lambda sent: clients.SAID in sent,
    "calls": lambda sent: all(any(city in each for each in sent) for city in clients.CITIES),
    "results": lambda sent: all(any(result in each for each in sent) for result in clients.RESULTS),
    "second question": lambda sent: clients.FOLLOWING in sent,
    "signed thoughts": lambda sent: any(clients.SEAL in each for each in sent),
}
"""What the client wrote, each with whether it is among the texts that were sent."""


@frozen
class Passage:
    """What became of the conversation.

    Attributes:
        arrived: Of `ASKED`, by name.
        refused: What the provider refused by name; the rest was then asked without it.
        pairs: Whether each result went with its call; None where there were none.
        came: What the client got of the answer, by name.
        returned: Whether the answer's sealed thoughts were sent to their maker in the next turn, unmodified
            and in their place; None where it has none.
    """

    arrived: frozenset[str]
    refused: tuple[str, ...]
    pairs: bool | None
    came: frozenset[str]
    returned: bool | None


async def passage(client: Client, shipped: Shipped, http: Http, *, stream: bool) -> Passage:
    """Ask, answer, and ask again."""
    async with shipped.upstream() as upstream:
        provider = shipped.provider(upstream)
        home = dialect(client.dialect)
        received = home.read_request({**client.body, "stream": stream})
        request, refused, response = await _asked(provider, shipped, received.chat, http, stream=stream)
        sent = upstream.requests[-1].json()
        written = list(texts(sent))
        answer = evolve(response, content=signed(response, shipped.name))
        body = _written(client, answer, stream=stream)
        got = home.read_answer(body, "m")
        ids = [call.id for call in got.tool_calls]
        again = home.read_request(client.goes_on({**client.body, "stream": stream}, body, ids))
        returned = None
        if shipped.format:
            await _asked(provider, shipped, again.chat, http, stream=stream)
            returned = _returned(upstream.requests[-1].json(), shipped.beside)
    tools = any(message.tool_results for message in request.messages)
    return Passage(
        frozenset(name for name, arrived in ASKED.items() if arrived(written)),
        tuple(refused),
        pairs(sent, clients.CITIES, clients.RESULTS) if tools else None,
        frozenset(_came(got, ids)),
        returned,
    )


async def _asked(
    provider: Provider, shipped: Shipped, request: ChatRequest, http: Http, *, stream: bool
) -> tuple[ChatRequest, list[str], ChatResponse]:
    """The answer, as a router asks for it; what is refused by name is left out and asked again."""
    refused: list[str] = []
    request = evolve(request, messages=paired(request.messages))
    while True:
        asked = for_provider(request, shipped.name)
        try:
            if stream:
                return asked, refused, gathered(await drain(provider, "m", asked, http))
            return asked, refused, await chat(provider, "m", asked, http)
        except InvalidRequestError as error:
            if error.advice is not Advice.NEXT_CANDIDATE:
                raise
            named = next(name for name in _WITHOUT if name in str(error).lower() and name not in refused)
            refused.append(named)
            request = _WITHOUT[named](request)


def _returned(sent: object, beside: str) -> bool:
    """Whether the sealed thoughts of the answer are sent, beside what they were beside."""
    others = {upstreams.SAID, *clients.CITIES} - {beside}
    written = unit(sent, upstreams.SEAL, *others)
    return upstreams.SEAL in written and any(beside in each for each in written)


def _no_images(request: ChatRequest) -> ChatRequest:
    return evolve(
        request,
        messages=(
            evolve(turn, content=[part for part in turn.content if not isinstance(part, Image)])
            for turn in request.messages
        ),
    )


def _no_tools(request: ChatRequest) -> ChatRequest:
    def kept(turn: Message) -> Message:
        return evolve(turn, content=[p for p in turn.content if not isinstance(p, ToolCall | ToolResult)])

    turns = [kept(turn) for turn in request.messages if turn.role is not Role.TOOL]
    return evolve(request, messages=turns, tools=(), tool_choice=None)


_WITHOUT: Mapping[str, Callable[[ChatRequest], ChatRequest]] = {"image": _no_images, "tool": _no_tools}


def _written(client: Client, answer: ChatResponse, *, stream: bool) -> Mapping[str, Any]:
    """The answer as the client gets it; a streamed one as its pieces add up."""
    home = dialect(client.dialect)
    if not stream:
        whole: Mapping[str, Any] = orjson.loads(orjson.dumps(home.write_answer(answer), default=dict))
        return whole
    writer = home.stream_writer(answer.model)
    events = [event for piece in pieces(answer) for event in writer.write(piece)]
    objects = [orjson.loads(each.data) for each in (*events, *writer.end()) if each.data != "[DONE]"]
    return client.collected(objects)


def _came(got: ChatResponse, ids: Sequence[str]) -> Iterable[str]:
    """What of the answer the client reads."""
    given = [orjson.loads(call.arguments) for call in got.tool_calls]
    if upstreams.SAID in got.text:
        yield "text"
    if given == upstreams.INPUTS and len(set(ids)) == len(ids) and all(ids):
        yield "calls"
    if upstreams.THOUGHT in "".join(part.text for part in got.reasoning):
        yield "thoughts"
    if got.finish_reason is FinishReason.TOOL_CALLS:
        yield "finish"
    if got.usage.input_tokens and got.usage.output_tokens:
        yield "usage"
    if (got.usage.input_tokens, got.usage.output_tokens) == COUNTS:
        yield "exact usage"
