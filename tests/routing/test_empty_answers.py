"""An answer with nothing in it is none while another candidate is left, and is paid for all the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from pointsman import (
    AttemptState,
    ChatChunk,
    ChatResponse,
    FinishReason,
    Image,
    PartDelta,
    Ranked,
    Reasoning,
    ReasoningDelta,
    Step,
    ToolCall,
    ToolCallDelta,
    TransportError,
    Usage,
)
from pointsman.config import CallSettings
from pointsman.routing.acceptance import says_nothing

from tests.builders import answer, pieces
from tests.routing.bench import ONE, TWO, Bench

pytestmark = pytest.mark.anyio

USED = Usage(10, 2)
PICTURE = Image(data="QQ==", media_type="image/png")


def streamed(*chunks: ChatChunk, finish: FinishReason = FinishReason.STOP) -> list[ChatChunk]:
    """These pieces between the name of the model, the finish and the usage."""
    return [ChatChunk(model="one"), *chunks, ChatChunk(finish_reason=finish), ChatChunk(usage=USED)]


@pytest.mark.parametrize("blank", ["", " \n\t", "\u00a0"])
async def test_the_next_candidate_is_asked(blank: str) -> None:
    """Whole and streamed; nothing of it was shown, its cost is in the bill, and nobody cools down."""
    for whole in (True, False):
        nothing: Any = answer(blank, "one") if whole else streamed(ChatChunk(blank))
        bench = Bench(one=[nothing], two=[answer("at noon", "two") if whole else pieces("at noon", "two")])
        text = (await bench.chat()).text if whole else await bench.text()
        first, second = bench.ledger.last.attempts

        assert (text.replace(" ", ""), bench.asked) == ("atnoon", ["one", "two"])
        assert (first.state, first.error, first.cost.usd) == (
            AttemptState.FAILED,
            "PM-RESPONSE",
            Decimal(15 if whole else 12),
        )
        assert second.state is AttemptState.ACCEPTED
        assert bench.state.known == {}


async def test_the_last_one_is_returned_as_it_is() -> None:
    """Because nobody else is in the list, because the others failed, or no more attempts are allowed."""
    benches = [
        Bench(one=[answer(" ", "one")], alone=True),
        Bench(one=[TransportError("refused")], two=[answer(" ", "two")]),
        Bench(one=[answer(" ", "one")], settings=CallSettings(attempts=1)),
    ]
    found = [await bench.chat() for bench in benches]

    assert [each.text for each in found] == [" "] * 3
    assert [each.model for each in found] == ["one", "two", "one"]


async def test_the_last_stream_shows_its_blanks() -> None:
    """In the end, all at once."""
    bench = Bench(one=[streamed(ChatChunk(" "), ChatChunk("\n"))], alone=True)
    text, response = await bench.streamed()

    assert (text, response and response.text) == (" \n", " \n")


async def test_the_next_step_of_a_plan_is_asked() -> None:
    """Its candidates are left, too."""
    steps = (Step((Ranked(ONE, 1.0),)), Step((Ranked(TWO, 1.0),)))
    bench = Bench(one=[answer("", "one")], two=[answer("at noon", "two")], steps=steps)

    assert ((await bench.chat()).text, bench.asked) == ("at noon", ["one", "two"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"finish_reason": FinishReason.OTHER}, True),
        ({"content": Reasoning("", "signature")}, True),
        ({"content": "."}, False),
        ({"content": Reasoning("hm")}, False),
        ({"content": ToolCall("c1", "look", "{}")}, False),
        ({"content": PICTURE}, False),
        ({"finish_reason": FinishReason.LENGTH}, False),
        ({"finish_reason": FinishReason.CONTENT_FILTER}, False),
    ],
)
def test_what_says_nothing(changes: dict[str, Any], expected: bool) -> None:
    """A thought that ran into its bound is an answer; so is a tool call alone."""
    nothing = ChatResponse("", "one", FinishReason.STOP, USED)

    assert says_nothing(evolve(nothing, **changes)) is expected


@pytest.mark.parametrize(
    "chunk",
    [
        ChatChunk(ReasoningDelta("hm")),
        ChatChunk(ToolCallDelta(0, "c1", "look")),
        ChatChunk(PartDelta(PICTURE)),
    ],
)
async def test_thoughts_calls_and_pictures_are_shown_at_once(chunk: ChatChunk) -> None:
    """Nobody else is asked after them."""
    bench = Bench(one=[streamed(chunk, finish=FinishReason.LENGTH)])
    shown = [each async for each in bench.stream()]

    assert chunk in shown
    assert bench.asked == ["one"]
