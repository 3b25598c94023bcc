"""What is written in OpenAI's chat dialect is read back as it was."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects import openai_chat
from pointsman.types import (
    Audio,
    ChatRequest,
    ChatResponse,
    Document,
    FinishReason,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

from tests.dialects.conversations import ARGUMENTS, FINISHES, IDS, IMAGES, TEXTS, USAGES, WORDS, streamed

FILES = st.builds(
    Document, data=st.just("QQ=="), media_type=st.just("application/pdf"), name=st.just("a.pdf")
)
SOUNDS = st.builds(Audio, data=st.just("QQ=="), media_type=st.sampled_from(["audio/wav", "audio/mpeg"]))
SEALED = st.builds(Reasoning, WORDS, WORDS, format=st.just("anthropic-messages")) | st.builds(
    lambda data: Reasoning(redacted=data, format="anthropic-messages"), WORDS
)
CALLS = st.lists(st.tuples(IDS, WORDS, ARGUMENTS), max_size=3, unique_by=lambda call: call[0])


def assistant(
    thoughts: Sequence[Part], text: str, calls: Sequence[tuple[str, str, dict[str, int]]]
) -> list[Part]:
    """The parts of an assistant, in the order in which the dialect can write them."""
    import orjson

    asked = [ToolCall(identity, name, orjson.dumps(said).decode()) for identity, name, said in calls]
    return [*thoughts, *([Text(text)] if text else []), *asked]


ASSISTANT = st.builds(assistant, st.lists(SEALED, max_size=2), WORDS | st.just(""), CALLS)
ANSWERS = st.builds(ChatResponse, ASSISTANT.filter(bool), WORDS, FINISHES, USAGES, id=IDS).map(
    lambda answer: evolve(answer, finish_reason=FinishReason.TOOL_CALLS) if answer.tool_calls else answer
)


@given(st.lists(TEXTS | IMAGES | FILES | SOUNDS, min_size=1, max_size=4), WORDS, CALLS, WORDS)
def test_conversations(
    user: list[Part], system: str, calls: list[tuple[str, str, dict[str, int]]], name: str
) -> None:
    """Every part of every role comes back, in order, with calls and results in pairs."""
    asked = assistant([], "well", calls)
    results = [ToolResult(part.id, "so", part.name) for part in asked if isinstance(part, ToolCall)]
    request = ChatRequest(
        [
            Message(Role.SYSTEM, system),
            Message(Role.USER, user, name),
            Message(Role.ASSISTANT, asked),
            *(Message(Role.TOOL, result) for result in results),
        ],
        tools=(Tool("f", "finds", {"type": "object", "properties": {}}),),
        tool_choice="f",
        response_format=JsonSchema({"type": "object", "additionalProperties": False}, "shape"),
        max_output_tokens=9,
        temperature=0.5,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )

    received = openai_chat.read_request(openai_chat.write_request("m", request, stream=True))

    assert received.chat == request
    assert (received.model, received.stream, received.usage, received.rest) == ("m", True, True, {})


@given(ANSWERS)
def test_answers(response: ChatResponse) -> None:
    """Whole answers keep every part, sealed thoughts unmodified."""
    written = openai_chat.write_answer(response)

    assert openai_chat.read_answer(written, "m") == response


@given(ANSWERS, st.lists(st.integers(0, 4000), max_size=9))
def test_streams(response: ChatResponse, cuts: list[int]) -> None:
    """A stream, wherever it is cut, gives the same answer."""
    read = streamed(response, openai_chat.stream_writer("m"), openai_chat.stream_reader(), cuts)

    assert evolve(read, usage=response.usage) == response
    assert (read.usage.input_tokens, read.usage.output_tokens) == (
        response.usage.input_tokens,
        response.usage.output_tokens,
    )
