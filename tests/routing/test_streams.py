"""The whole that the pieces of a streamed answer add up to."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.gathered import Gathered
from pointsman.types import (
    Audio,
    ChatChunk,
    Delta,
    FinishReason,
    Image,
    Part,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)

WORDS = st.text(min_size=1, max_size=6)
PARTS = st.lists(
    st.one_of(
        WORDS.map(Text),
        st.builds(ToolCall, WORDS, WORDS, WORDS),
        st.builds(Reasoning, WORDS, WORDS, st.just(""), st.just("some-dialect")),
        st.builds(Reasoning, st.just(""), st.just(""), WORDS, st.just("some-dialect")),
        WORDS.map(lambda url: Image(url=url)),
        WORDS.map(lambda data: Audio(data=data)),
    ),
    max_size=8,
)


def whole(*deltas: Delta) -> tuple[Part, ...]:
    """What these pieces add up to, each in a chunk of its own."""
    answer = Gathered()
    for delta in deltas:
        answer.add(ChatChunk(delta))
    return answer.response("m").content


def cut(number: int, part: Part) -> Iterator[Delta]:
    """A part as pieces of one character."""
    match part:
        case Text(text):
            yield from (TextDelta(each, number) for each in text)
        case ToolCall(identity, name, arguments):
            yield ToolCallDelta(number, identity, name)
            yield from (ToolCallDelta(number, arguments=each) for each in arguments)
        case Reasoning(text, signature, redacted, form):
            yield from (ReasoningDelta(each, index=number) for each in text)
            yield from (ReasoningDelta(signature=each, format=form, index=number) for each in signature)
            yield from (ReasoningDelta(redacted=each, format=form, index=number) for each in redacted)
        case Image() | Audio():
            yield PartDelta(part, number)


@given(parts=PARTS)
def test_pieces_add_up_to_the_parts_in_order(parts: list[Part]) -> None:
    """Wherever they were cut."""
    assert whole(*(delta for number, part in enumerate(parts) for delta in cut(number, part))) == tuple(parts)


@given(parts=PARTS, chance=st.randoms(use_true_random=False))
def test_parts_that_come_at_once_stay_apart(parts: list[Part], chance: object) -> None:
    """Two calls, or two thoughts, whose pieces are mixed: kind and index say whose each is."""
    pieces = [list(cut(number, part)) for number, part in enumerate(parts)]
    mixed = [each.pop(0) for each in pieces]  # parts stand in the order in which they began
    while waiting := [each for each in pieces if each]:
        mixed.append(chance.choice(waiting).pop(0))  # type: ignore[attr-defined]  # a random.Random

    assert whole(*mixed) == tuple(parts)


def test_several_thoughts_keep_their_own_signatures() -> None:
    """A redacted one between two that are open wipes nothing out."""
    found = whole(
        ReasoningDelta("one", index=0),
        ReasoningDelta(signature="s1", format="a", index=0),
        ReasoningDelta(redacted="hidden", format="a", index=1),
        ReasoningDelta("two", index=2),
        ReasoningDelta(signature="s2", format="a", index=2),
    )

    assert found == (
        Reasoning("one", "s1", format="a"),
        Reasoning(redacted="hidden", format="a"),
        Reasoning("two", "s2", format="a"),
    )


def test_details_come_whole() -> None:
    """The last ones count."""
    found = whole(
        ReasoningDelta("hm", details={"n": 1}, format="a"), ReasoningDelta(details={"n": 2}, format="a")
    )

    assert found == (Reasoning("hm", format="a", details={"n": 2}),)


def test_a_call_without_arguments_has_an_empty_object() -> None:
    """And a text that never came is no part."""
    assert whole(TextDelta(""), ToolCallDelta(0, "c", "now")) == (ToolCall("c", "now", "{}"),)


def test_the_facts_about_an_answer() -> None:
    """The last usage counts; who was asked stands in for who answers."""
    answer = Gathered()
    for chunk in (
        ChatChunk("hi", usage=Usage(1, 0)),
        ChatChunk(id="a", finish_reason=FinishReason.STOP),
        ChatChunk(usage=Usage(1, 2)),
    ):
        answer.add(chunk)
    response = answer.response("asked")

    assert (response.text, response.usage, response.model, response.id, response.finish_reason) == (
        "hi",
        Usage(1, 2),
        "asked",
        "a",
        FinishReason.STOP,
    )
