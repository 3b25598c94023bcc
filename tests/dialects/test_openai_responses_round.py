"""What is written in OpenAI's responses dialect is read back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import orjson
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects import openai_responses
from pointsman.providers.streamed import as_deltas
from pointsman.types import (
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Document,
    FinishReason,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)

from tests.dialects.conversations import (
    ARGUMENTS,
    FINISHES,
    IDS,
    IMAGES,
    TEXTS,
    USAGES,
    WORDS,
    streamed,
    turn_of_tools,
)

FILES = st.builds(
    Document, data=st.just("QQ=="), media_type=st.just("application/pdf"), name=st.just("a.pdf")
) | st.builds(Document, st.just("https://a.example/b.pdf"))
DRAWN = st.builds(Image, data=st.just("QQ=="), media_type=st.sampled_from(["image/png", "image/webp"]))


def item(summary: Sequence[str], encrypted: str) -> Reasoning:
    """Thoughts of this dialect."""
    parts = [{"type": "summary_text", "text": text} for text in summary]
    details = {"id": f"rs_{encrypted}", "type": "reasoning", "summary": parts, "encrypted_content": encrypted}
    return Reasoning("\n\n".join(summary), format=openai_responses.NAME, details=details)


OWN = st.builds(item, st.lists(WORDS, max_size=2), IDS)
PHASES = st.builds(
    lambda phase: Reasoning(format=openai_responses.NAME, details={"phase": phase}),
    st.sampled_from(["commentary", "final_answer"]),
)
SEARCHED = st.builds(
    lambda identity: Reasoning(
        format=openai_responses.NAME, details={"type": "web_search_call", "id": identity}
    ),
    IDS,
)
FOREIGN = (
    st.builds(Reasoning, WORDS, WORDS, format=st.just("anthropic-messages"), provider=IDS)
    | st.builds(Reasoning, redacted=WORDS, format=st.just("bedrock-converse"))
    | st.builds(Reasoning, details=st.just({"a": [{"b": 1}]}), format=st.just("openai-chat"))
    | st.builds(Reasoning, WORDS)
)
CALLS = st.builds(
    lambda identity, name, said: ToolCall(identity, name, orjson.dumps(said).decode()), IDS, WORDS, ARGUMENTS
)


def said(parts: Iterable[Part]) -> list[Part]:
    """Parts of a turn as a model could have made them: a phase belongs to a text, ids are unique."""
    found: list[Part] = []
    for place, part in enumerate(parts):
        if isinstance(part, Reasoning) and part.details and "phase" in part.details:
            found += [part, Text("so")]
        else:
            found.append(evolve(part, id=f"{part.id}{place}") if isinstance(part, ToolCall) else part)
    return found


ASSISTANT = st.lists(TEXTS | CALLS | OWN | PHASES | SEARCHED | DRAWN, min_size=1, max_size=6).map(said)
ANSWERS = st.builds(ChatResponse, ASSISTANT, WORDS, FINISHES, USAGES, id=IDS)
SIGNED = st.builds(lambda part, provider: evolve(part, provider=provider), OWN, IDS)
FOR_CLIENTS = st.lists(TEXTS | CALLS | OWN | SIGNED | PHASES | FOREIGN | DRAWN, min_size=1, max_size=6).map(
    said
)


def same(messages: Sequence[Message]) -> list[tuple[Role, list[Part]]]:
    """A conversation in which neighbouring turns of the assistant, or of tools, are one."""
    turns = groupby(enumerate(messages), key=lambda each: _turn(*each))
    return [(role, [part for _, turn in run for part in turn.content]) for (role, _), run in turns]


def _turn(place: int, message: Message) -> tuple[Role, int]:
    joined = message.role in {Role.ASSISTANT, Role.TOOL}
    return message.role, -1 if joined else place


@given(
    WORDS,
    st.lists(TEXTS | IMAGES | FILES, min_size=1, max_size=4),
    ASSISTANT,
    st.lists(st.tuples(IDS, WORDS), max_size=3),
    st.lists(st.lists(TEXTS | IMAGES | FILES, max_size=3), min_size=3, max_size=3),
)
def test_conversations(
    system: str,
    user: list[Part],
    assistant: list[Part],
    calls: list[tuple[str, str]],
    results: list[list[Part]],
) -> None:
    """Every part of every role comes back, in order, with calls and results in pairs."""
    open_calls = [ToolResult(part.id, "ok", part.name) for part in assistant if isinstance(part, ToolCall)]
    request = ChatRequest(
        [
            Message(Role.SYSTEM, system),
            Message(Role.USER, user),
            Message(Role.ASSISTANT, assistant),
            *([Message(Role.TOOL, open_calls)] if open_calls else []),
            Message(Role.USER, "and?"),
            *turn_of_tools(calls, results),
        ],
        tools=(Tool("f", "finds", {"type": "object", "properties": {}}, strict=False),),
        tool_choice="f",
        response_format=JsonSchema(
            {"type": "object", "properties": {}, "additionalProperties": False, "required": []}, "shape"
        ),
        max_output_tokens=9,
        temperature=0.5,
        top_p=0.9,
        reasoning_effort="low",
        user="u1",
        extra={"service_tier": "flex", "text": {"verbosity": "low"}, "reasoning": {"summary": "auto"}},
    )

    received = openai_responses.read_request(openai_responses.write_request("m", request, stream=True))

    assert same(received.chat.messages) == same(request.messages)
    assert evolve(received.chat, messages=request.messages, extra=received.rest) == request
    assert (received.model, received.stream) == ("m", True)


@given(ANSWERS)
def test_answers(response: ChatResponse) -> None:
    """Whole answers keep every part."""
    written = openai_responses.write_answer(response)
    found = openai_responses.read_answer(written, "m")

    assert evolve(found, finish_reason=response.finish_reason, usage=response.usage) == response


@given(ANSWERS, st.lists(st.integers(0, 8000), max_size=9))
def test_streams(response: ChatResponse, cuts: list[int]) -> None:
    """A stream, wherever it is cut, gives the same answer as the whole one."""
    read = streamed(response, openai_responses.stream_writer("m"), openai_responses.stream_reader(), cuts)

    assert read == openai_responses.read_answer(openai_responses.write_answer(response), "m")


@given(FOR_CLIENTS)
def test_a_client_returns_what_it_was_given(content: list[Part]) -> None:
    """Thoughts of any dialect, and whose they are, come back as they were, whole or streamed."""
    answer = ChatResponse(content, "m", FinishReason.STOP, Usage(1, 1))
    whole = openai_responses.write_answer(answer)["output"]
    *_, last = written(answer)

    assert returned(whole) == content
    assert returned(last["response"]["output"]) == content


@given(FOR_CLIENTS)
def test_events_are_numbered_and_name_their_item(content: list[Part]) -> None:
    """Numbers rise by one; items begin in order, end once, and are those of the finished response."""
    events = written(ChatResponse(content, "m", FinishReason.STOP, Usage(1, 1)))
    begun = [each for each in events if each["type"] == "response.output_item.added"]
    ended = {
        each["output_index"]: each["item"] for each in events if each["type"] == "response.output_item.done"
    }
    ids = {each["output_index"]: each["item"].get("id") for each in begun}

    assert [each["sequence_number"] for each in events] == list(range(len(events)))
    assert [each["output_index"] for each in begun] == list(range(len(begun)))
    assert [item for _, item in sorted(ended.items())] == events[-1]["response"]["output"]
    assert {place: item.get("id") for place, item in ended.items()} == ids
    assert all(ids[each["output_index"]] == each["item_id"] for each in events if "item_id" in each)


def returned(output: list[dict[str, Any]]) -> list[Part]:
    """The parts of an assistant's turn that consists of these items."""
    received = openai_responses.read_request({"model": "m", "input": output})
    return [part for message in received.chat.messages for part in message.content]


def written(answer: ChatResponse) -> list[dict[str, Any]]:
    """The events of an answer's stream."""
    writer = openai_responses.stream_writer("m")
    pieces = [ChatChunk(delta) for delta in as_deltas(answer.content)]
    last = ChatChunk((), answer.finish_reason, answer.usage)
    events = [event for piece in (*pieces, last) for event in writer.write(piece)]
    return [orjson.loads(event.data) for event in (*events, *writer.end())]
