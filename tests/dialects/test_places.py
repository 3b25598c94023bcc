"""Where the parts of a stream stand, and what arguments become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.gathered import Gathered
from pointsman.dialects.places import Places
from pointsman.types import (
    Audio,
    CachePoint,
    ChatChunk,
    Document,
    Image,
    Part,
    PartDelta,
    Reasoning,
    Text,
    TextDelta,
    ToolCall,
)

PARTS = (
    st.builds(Text, st.text(min_size=1))
    | st.builds(Reasoning, st.text(), st.text(), st.text(), st.text(), st.none() | st.just({"a": 1}))
    | st.builds(ToolCall, st.text(min_size=1), st.text(), st.text(min_size=1))
    | st.builds(Image, st.text())
    | st.builds(Audio, st.text())
    | st.builds(Document, st.text())
)


@given(st.lists(PARTS, unique_by=lambda part: part.id if isinstance(part, ToolCall) else object()))
def test_parts_that_come_whole_stay_apart(parts: list[Part]) -> None:
    """What they add up to is what they were, in order."""
    places, answer = Places(), Gathered()
    for part in parts:
        places.close()
        answer.add(ChatChunk(places.part(part)))

    assert answer.response("m").content == tuple(parts)


def test_texts_around_a_file_are_two() -> None:
    """And neighbours of one kind are one, as long as nobody closes it."""
    places, picture = Places(), Image("https://a.example/b.png")
    given_parts: list[Part] = [Text("a"), Text("b"), picture, Text("c")]

    assert [places.part(part) for part in given_parts] == [
        TextDelta("a", 0),
        TextDelta("b", 0),
        PartDelta(picture, 0),
        TextDelta("c", 1),
    ]


def test_what_no_answer_holds() -> None:
    """It is the reader's mistake."""
    with pytest.raises(TypeError, match="CachePoint"):
        Places().part(CachePoint())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"x": [1]}, '{"x":[1]}'),
        ('{"x": 1}', '{"x": 1}'),
        ('{"cut', '{"cut'),
        ("", "{}"),
        (None, "{}"),
        ([1], "{}"),
    ],
)
def test_arguments_in_either_form(written: object, expected: str) -> None:
    """As an object or as its text; text stays as the model wrote it."""
    assert arguments_text(written) == expected
