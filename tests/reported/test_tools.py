"""Reported cases of tool calls: what real users met elsewhere, and what is right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from pointsman import (
    ChatRequest,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.openai_chat import read_request
from pointsman.errors import Advice
from pointsman.testing.questions import ask, texts

from tests.reported.desk import PROVIDERS, SPEAKERS, asked, delta, read, sent, sse, whole

pytestmark = [pytest.mark.anyio, pytest.mark.shared]
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
TOOLED = tuple(name for name in SPEAKERS if name != "perplexity")  # which takes no tools
END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}


def conversation(case: Any) -> ChatRequest:
    """A history in OpenAI's form, as a request."""
    return read_request({"model": "m", "messages": case["history"], "tools": case.get("tools", [])}).chat


@pytest.mark.parametrize("name", TOOLED)
async def test_a_new_id_begins_a_new_call(shared_data: Path, name: str) -> None:
    """01: whatever the index says."""
    case = read(shared_data, "01")
    request = ask(tools=[Tool("tide"), Tool("ferry")])
    for kind, events in case["streams"].items():
        got = await asked(name, request, sse(*events), stream=True)
        assert [[each.id, each.name, orjson.loads(each.arguments)] for each in got.tool_calls] == case[
            "want"
        ], kind


@WAYS
@pytest.mark.parametrize("name", PROVIDERS)
async def test_ids_are_written_as_the_next_provider_accepts_them(
    shared_data: Path, name: str, *, stream: bool
) -> None:
    """02: pairs are kept."""
    case = read(shared_data, "02")
    body = await sent(name, conversation(case), stream=stream)
    ids = list(_named(body, "id", "tool_call_id", "tool_use_id", "toolUseId", "call_id"))

    if isinstance(body, InvalidRequestError):
        assert body.advice is Advice.NEXT_CANDIDATE
        return
    assert ids == ids[:2] * 2
    assert len(set(ids)) == len(ids) / 2
    if name in {"anthropic", "bedrock"}:
        assert [each for each in ids if not re.fullmatch(case["pattern"], each)] == []
        assert len(ids) == 4


def _named(value: Any, *names: str) -> Any:
    if isinstance(value, dict):
        yield from (each for name, each in value.items() if name in names and isinstance(each, str))
        for each in value.values():
            yield from _named(each, *names)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, *names)


@WAYS
async def test_bedrock_gets_tools_with_their_history(shared_data: Path, *, stream: bool) -> None:
    """11: blocks of tools need the tools."""
    body = await sent("bedrock", conversation(read(shared_data, "11")), stream=stream)
    named = [each["toolSpec"]["name"] for each in body.get("toolConfig", {}).get("tools", ())]

    assert named == ["ferry"] or "toolUse" not in str(body)
    assert "12 minutes late" in list(texts(body))


@WAYS
@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_picture_in_a_result_stands_where_it_is_taken(
    shared_data: Path, name: str, *, stream: bool
) -> None:
    """12: moved to a turn of the user's, or refused by name so that the next is asked."""
    png = read(shared_data, "12")["png"]
    request = ChatRequest(
        [
            Message(Role.USER, "Look."),
            Message(Role.ASSISTANT, ToolCall("c1", "screenshot", "{}")),
            Message(Role.TOOL, ToolResult("c1", [Text("done"), Image(data=png, media_type="image/png")])),
        ],
        tools=[Tool("screenshot")],
    )
    body = await sent(name, request, stream=stream)
    if isinstance(body, InvalidRequestError):
        assert body.advice is Advice.NEXT_CANDIDATE
        return
    assert any(png in each for each in texts(body))
    assert (
        not [each for each in body.get("messages", ()) if each.get("role") == "tool" and png in str(each)]
        or name == "ollama"
    )


@WAYS
@pytest.mark.parametrize("name", TOOLED)
async def test_arguments_may_be_an_object(shared_data: Path, name: str, *, stream: bool) -> None:
    """15: they are kept, as their JSON text."""
    arguments = read(shared_data, "15")["arguments"]
    calls = [{"id": "c", "index": 0, "function": {"name": "tide", "arguments": arguments}}]
    answer: Any = sse(delta(tool_calls=calls), END) if stream else whole(content=None, tool_calls=calls)
    got = await asked(name, ask(tools=[Tool("tide")]), answer, stream=stream)

    assert [orjson.loads(each.arguments) for each in got.tool_calls] == [arguments]


@WAYS
@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_bare_object_has_properties(shared_data: Path, name: str, *, stream: bool) -> None:
    """18: or the parameters are left out."""
    for schema in read(shared_data, "18")["schemas"].values():
        body = await sent(name, ask(tools=[Tool("wind", "Wind now.", schema)]), stream=stream)
        found = _schema(body)
        assert found is None or found.get("properties") == {} or name in {"anthropic", "bedrock", "ollama"}


def _schema(value: Any) -> Any:
    """What declares the tool's parameters, under whichever name."""
    if isinstance(value, dict):
        for name in ("parameters", "input_schema", "inputSchema", "parametersJsonSchema"):
            if isinstance(value.get(name), dict):
                return value[name].get("json", value[name])
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for each in inner if (found := _schema(each)) is not None), None)


@WAYS
@pytest.mark.parametrize("name", TOOLED)
async def test_every_call_has_an_id(shared_data: Path, name: str, *, stream: bool) -> None:
    """23: one each, and each result goes back with its call, to Gemini too."""
    case = read(shared_data, "23")
    calls = [{**call, "index": number} for number, call in enumerate(case["calls"])]
    answer: Any = sse(delta(tool_calls=calls), END) if stream else whole(content=None, tool_calls=calls)
    tools = [Tool("tide"), Tool("wind")]
    got = await asked(name, ask(tools=tools), answer, stream=stream)
    results = [ToolResult(each.id, case["results"][each.name]) for each in got.tool_calls]
    turns = [*ask().messages, got.message, Message(Role.TOOL, results)]
    body = await sent("gemini", ChatRequest(turns, tools=tools), stream=stream)
    named = {
        part["functionResponse"]["name"]: list(texts(part["functionResponse"]["response"]))
        for turn in body["contents"]
        for part in turn["parts"]
        if "functionResponse" in part
    }

    assert len({each.id for each in got.tool_calls if each.id}) == 2
    assert named == {name: [said] for name, said in case["results"].items()}


@WAYS
@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_strict_schema_is_closed(shared_data: Path, name: str, *, stream: bool) -> None:
    """26: where it must be, every object is."""
    schema = read(shared_data, "26")["schema"]
    body = await sent(name, ask(response_format=JsonSchema(schema, strict=True)), stream=stream)
    if isinstance(body, InvalidRequestError):
        assert body.advice is Advice.NEXT_CANDIDATE
        return
    objects = [each for each in _objects(body) if "properties" in each]
    assert len(objects) == 2
    if name in {"anthropic", "openai", "openai (responses)", "azure", "openrouter", "groq", "cerebras"}:
        assert [each.get("additionalProperties") for each in objects] == [False, False]


def _objects(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)
