"""Sealed thoughts go back to who had them, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from pointsman.errors import TransportError
from pointsman.routing.thoughts import for_provider, signed, signed_piece
from pointsman.types import (
    ChatChunk,
    ChatRequest,
    Message,
    Reasoning,
    ReasoningDelta,
    Role,
    Text,
    TextDelta,
    ToolCall,
)

from tests.builders import answer, pieces
from tests.routing.bench import Bench

SEALED = Reasoning("hm", "c2VhbA==", format="some-dialect", provider="one")
OPEN = Reasoning("aloud", provider="one")


def turns(*parts: Any) -> ChatRequest:
    """A conversation whose second turn holds these parts."""
    return ChatRequest([Message(Role.USER, "hi"), Message(Role.ASSISTANT, parts), Message(Role.USER, "so?")])


@pytest.mark.parametrize(
    ("provider", "kept"),
    [
        ("one", (SEALED, Text("a"), OPEN, ToolCall("c", "look", "{}"))),
        ("two", (Text("a"), OPEN, ToolCall("c", "look", "{}"))),
    ],
)
def test_who_sees_them_again(provider: str, kept: tuple[Any, ...]) -> None:
    """Everything else stays where it is."""
    found = for_provider(turns(SEALED, Text("a"), OPEN, ToolCall("c", "look", "{}")), provider)

    assert found == turns(*kept)


def test_those_nobody_is_named_for_are_left_to_the_dialect() -> None:
    """A caller that stored a conversation of its own may not know; the writer looks at the format."""
    request = turns(evolve(SEALED, provider=""))

    assert for_provider(request, "two") is request


def test_an_answer_says_who_thought() -> None:
    """Its other parts are as they were."""
    response = evolve(answer(), content=[evolve(SEALED, provider=""), Text("a")])

    assert tuple(signed(response, "one")) == (SEALED, Text("a"))


@pytest.mark.parametrize(
    ("piece", "provider"),
    [
        (ReasoningDelta(signature="c2VhbA=="), "one"),
        (ReasoningDelta(details={"a": 1}), "one"),
        (ReasoningDelta("hm"), ""),
    ],
)
def test_a_piece_says_it_with_the_seal(piece: ReasoningDelta, provider: str) -> None:
    """Pieces of text, which are most, pass as they are."""
    chunk = ChatChunk((TextDelta("a"), piece))

    assert signed_piece(chunk, "one") == evolve(
        chunk, deltas=(TextDelta("a"), evolve(piece, provider=provider))
    )
    assert signed_piece(plain := ChatChunk("a"), "one") is plain


@pytest.mark.anyio
async def test_a_second_turn_goes_on_elsewhere() -> None:
    """Who thought gets the answer back as it was; when that fails, the next provider gets it without."""
    thinking = evolve(answer(), content=[evolve(SEALED, provider=""), Text("a")])
    bench = Bench(one=[thinking, TransportError("reset")], two=[answer()])
    first = await bench.chat()
    asked = turns(*first.message.content)
    await bench.chat(asked)
    seen = [bench.providers[name].requests[-1].messages[1].content for name in ("a", "b")]

    assert seen == [(evolve(SEALED, provider="a"), Text("a")), (Text("a"),)]


@pytest.mark.anyio
async def test_the_answer_of_a_stream_says_who_thought() -> None:
    """Its `message` goes on like that of a whole answer."""
    thought = ReasoningDelta("hm", "c2VhbA==", format="some-dialect")
    bench = Bench(one=[[ChatChunk(thought), *pieces("good day", "one")]])
    _, response = await bench.streamed()

    assert response is not None
    assert response.message.reasoning == (evolve(SEALED, provider="a"),)
