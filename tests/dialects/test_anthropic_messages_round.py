"""What is written in Anthropic's dialect is read back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import orjson
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects import Dialect
from pointsman.dialects import anthropic_messages as dialect
from pointsman.dialects.gathered import Gathered
from pointsman.providers.streamed import as_deltas
from pointsman.types import (
    CachePoint,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Delta,
    Document,
    FinishReason,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    TextDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)
from pointsman.wire.fields import json_object

from tests.dialects.conversations import ARGUMENTS, FINISHES, IDS, IMAGES, TEXTS, USAGES, WORDS, streamed

HOME: Dialect = dialect
"""For the type checker: the package satisfies the protocol."""
SAID = TEXTS.filter(lambda part: not part.text.isspace())
NOTES = st.builds(
    Document, data=st.just("bm90ZXM="), media_type=st.just("text/plain"), name=WORDS | st.just("")
)
FILES = st.builds(Document, data=st.just("QQ=="), media_type=st.just("application/pdf"), name=WORDS) | NOTES
OWN = st.builds(Reasoning, WORDS | st.just(""), WORDS, format=st.just(dialect.NAME)) | st.builds(
    lambda data: Reasoning(redacted=data, format=dialect.NAME), WORDS
)
OTHERS = st.builds(
    Reasoning,
    WORDS | st.just(""),
    WORDS,
    WORDS,
    st.just("openai-responses"),
    st.none() | st.dictionaries(WORDS, st.lists(WORDS, max_size=2), min_size=1, max_size=2),
    st.sampled_from(["", "one"]),
)
THOUGHTS = st.lists(OWN | OTHERS | st.builds(Reasoning, WORDS), max_size=2)
CALLS = st.lists(st.tuples(IDS, IDS, ARGUMENTS), max_size=3, unique_by=lambda call: call[0])
USED = Usage(2, 3)
POINTS = st.builds(CachePoint, st.sampled_from(["", "5m", "1h"]))


def calls(stated: Sequence[tuple[str, str, dict[str, int]]]) -> list[ToolCall]:
    """Calls with arguments as the dialect's objects are written."""
    return [ToolCall(identity, name, orjson.dumps(said).decode()) for identity, name, said in stated]


def turn(
    thoughts: Sequence[Part], said: Sequence[Part], asked: Sequence[tuple[str, str, dict[str, int]]]
) -> list[Part]:
    """Parts with thoughts between them, as models write them."""
    return [*thoughts[:1], *said, *thoughts[1:], *calls(asked)]


ANSWERS = st.builds(
    ChatResponse,
    st.builds(turn, THOUGHTS, st.lists(SAID, max_size=2), CALLS).filter(bool),
    WORDS,
    FINISHES,
    USAGES,
    id=IDS,
).map(lambda answer: evolve(answer, finish_reason=FinishReason.TOOL_CALLS) if answer.tool_calls else answer)


@given(
    st.lists(SAID | IMAGES | FILES, min_size=1, max_size=4),
    st.lists(OWN, max_size=2),
    CALLS,
    st.lists(st.lists(SAID | IMAGES | FILES, max_size=2), min_size=3, max_size=3),
    st.lists(POINTS, min_size=3, max_size=3),
)
def test_conversations(
    user: list[Part],
    thoughts: list[Part],
    asked: list[tuple[str, str, dict[str, int]]],
    results: list[list[Part]],
    points: list[CachePoint],
) -> None:
    """Every part of every role comes back, in order, with calls and results in pairs and marks in place."""
    tools = calls(asked)
    answered: list[Part] = [
        ToolResult(call.id, content, call.name, failed=place == 1)
        for place, (call, content) in enumerate(zip(tools, results, strict=False))
    ]
    shape = {"type": "object", "properties": {}, "additionalProperties": False}
    request = ChatRequest(
        [
            Message(Role.SYSTEM, [Text("be brief"), points[0]]),
            Message(Role.USER, [*user, points[1]]),
            Message(Role.ASSISTANT, [*thoughts[:1], Text("well"), *thoughts[1:], *tools]),
            *([Message(Role.TOOL, [*answered, points[2]])] if answered else []),
        ],
        tools=(Tool("f", "finds", shape, strict=True, cache=CachePoint("1h")), Tool("g", "", shape)),
        tool_choice="f",
        response_format=JsonSchema(shape),
        max_output_tokens=9,
        temperature=0.5,
        top_p=0.25,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )

    received = dialect.read_request(dialect.write_request("m", request, stream=True))

    assert received.chat == request
    assert (received.model, received.stream, received.usage, received.rest) == ("m", True, True, {})


@given(st.lists(OWN | OTHERS, max_size=3), CALLS)
def test_answers_come_back_as_turns(
    thoughts: list[Part], asked: list[tuple[str, str, dict[str, int]]]
) -> None:
    """A client that gives back what it was given gives back everybody's sealed thoughts."""
    said = turn(thoughts, [Text("well")], asked)
    written = dialect.write_answer(ChatResponse(said, "m", FinishReason.STOP, USED))
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": written["content"]}]
    received = dialect.read_request({"model": "m", "messages": turns})

    assert list(received.chat.messages[1].content) == said


@given(ANSWERS)
def test_answers(response: ChatResponse) -> None:
    """Whole answers keep every part, sealed thoughts unmodified."""
    assert dialect.read_answer(dialect.write_answer(response), "m") == response


@given(ANSWERS, st.lists(st.integers(0, 4000), max_size=9))
def test_streams(response: ChatResponse, cuts: list[int]) -> None:
    """A stream, wherever it is cut, gives the same answer."""
    read = streamed(response, dialect.stream_writer("m"), dialect.stream_reader(), cuts)

    assert read == response


@given(st.lists(IMAGES | FILES, min_size=1, max_size=3))
def test_files_in_answers(files: list[Part]) -> None:
    """The dialect's own answers hold none: they are written as a request writes them, and read."""
    response = ChatResponse(files, "m", FinishReason.STOP, USED, "msg_1")

    assert dialect.read_answer(dialect.write_answer(response), "m") == response
    assert streamed(response, dialect.stream_writer("m"), dialect.stream_reader(), []) == response


def pieces(place: int, part: Part, size: int) -> list[Delta]:
    """A part in pieces of so many characters."""
    if isinstance(part, ToolCall):
        texts = [part.arguments[at : at + size] for at in range(0, len(part.arguments), size)]
        begun: Delta = ToolCallDelta(place, part.id, part.name)
        return [begun, *(ToolCallDelta(place, arguments=text) for text in texts)]
    if isinstance(part, Text):
        return [TextDelta(part.text[at : at + size], place) for at in range(0, len(part.text), size)]
    (whole,) = as_deltas([part])
    return [evolve(whole, index=place)]


@given(st.builds(turn, THOUGHTS, st.lists(SAID, max_size=2), CALLS), st.integers(1, 9), st.randoms())
def test_pieces_in_any_order(content: list[Part], size: int, random: Random) -> None:
    """Calls that begin in order, whose pieces come by turns: every part arrives whole and in its place."""
    rows = [(part, pieces(at, part, size)) for at, part in enumerate(content)]
    said = [piece for part, row in rows if not isinstance(part, ToolCall) for piece in row]
    waiting = [row for part, row in rows if isinstance(part, ToolCall)]
    begun: list[list[Delta]] = []
    while waiting or begun:
        if waiting and (not begun or random.random() < 0.5):
            begun.append(waiting.pop(0))
            row = begun[-1]
        else:
            row = random.choice(begun)
        said.append(row.pop(0))
        begun = [each for each in begun if each]
    writer, reader, answer = dialect.stream_writer("m"), dialect.stream_reader(), Gathered()
    events = [event for delta in said for event in writer.write(ChatChunk(delta))]
    for event in (*events, *writer.end()):
        if (chunk := reader.read(json_object(event.data))) is not None:
            answer.add(chunk)

    assert list(answer.response("m").content) == content
