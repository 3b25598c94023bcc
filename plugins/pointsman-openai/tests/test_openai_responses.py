"""The provider of the responses dialect: the kit, and what is a provider's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import orjson
import pytest
from pointsman import ChatRequest, InvalidRequestError, Message, Reasoning, Role, Secret, ServerError, Text
from pointsman.providers import OpenAIResponses
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman.wire.fields import table
from pointsman_openai import Api, Config, OpenAI, create

USAGE = {"input_tokens": 12, "output_tokens": 7}
BEGUN: Mapping[str, Mapping[str, Any]] = {
    "function_call": {"arguments": ""},
    "message": {"content": []},
    "reasoning": {"summary": [], "encrypted_content": "only a begin"},
}
CUTS = (slice(3), slice(3, None))


def thought(identity: str, sealed: str, *texts: str) -> Reasoning:
    """One of the dialect's."""
    summary = [{"type": "summary_text", "text": text} for text in texts]
    details = {"type": "reasoning", "id": identity, "summary": summary, "encrypted_content": sealed}
    return Reasoning("".join(texts), format="openai-responses", details=details)


THOUGHTS = (thought("rs_7", "c2VhbC1vbmU=", "The wind first."), thought("rs_8", "c2VhbC10d28="))


class ResponsesUpstream(Upstream):
    """Lists one model; answers with a text, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/models":
            return Reply.json({"data": [{"id": "small", "object": "model", "created": 1700000000}]})
        body = request.json()
        last = body["input"][-1]
        asked = body.get("tools") and last.get("type") != "function_call_output"
        item: dict[str, Any] = {"type": "message", "content": [{"type": "output_text", "text": "heard it"}]}
        if (body.get("text") or {}).get("format", {}).get("type") == "json_schema":
            item["content"][0]["text"] = '{"answer": "x"}'
        if asked:
            item = {
                "type": "function_call",
                "call_id": "c1",
                "name": body["tools"][0]["name"],
                "arguments": '{"a": 1}',
            }
        response = {
            "id": "r1",
            "model": body["model"],
            "status": "completed",
            "output": [item],
            "usage": USAGE,
        }
        return Reply.sse(events_of(response)) if body["stream"] else Reply.json(response)


def events_of(response: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events that lead to a response."""
    yield {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}}
    for place, item in enumerate(response["output"]):
        where = {"output_index": place}
        yield {"type": "response.output_item.added", **where, "item": {**item, **BEGUN[item["type"]]}}
        name, text = said_in(item)
        yield from ({"type": f"response.{name}.delta", **where, "delta": text[cut]} for cut in CUTS if text)
        yield {"type": "response.output_item.done", **where, "item": item}
    yield {"type": "response.completed", "response": response}


def said_in(item: Mapping[str, Any]) -> tuple[str, str]:
    """What an item says, and the name of the event that says it."""
    if item["type"] == "function_call":
        return "function_call_arguments", item["arguments"]
    if item["type"] == "reasoning":
        return "reasoning_summary_text", "".join(part["text"] for part in item["summary"])
    return "output_text", item["content"][0]["text"]


class TestResponses(ProviderTests):
    """The provider passes the kit."""

    supports_documents = True
    thoughts = THOUGHTS

    def thinking(self) -> tuple[Reply, Reply]:
        """Several thoughts, one of them without a text."""
        items = [thought.details for thought in THOUGHTS]
        said = {"type": "message", "content": [{"type": "output_text", "text": "So."}]}
        whole = {
            "id": "r2",
            "model": "small",
            "status": "completed",
            "output": [*items, said],
            "usage": USAGE,
        }
        return Reply.json(whole), Reply.sse(events_of(whole))

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with ResponsesUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> OpenAIResponses:
        return OpenAIResponses(Config(Secret(str(self.key)), upstream.url))


def test_the_setting_chooses_the_dialect() -> None:
    """Chat unless responses are asked for."""
    key = Secret("k-0123456789")

    assert [type(create(Config(key))), type(create(Config(key, api=Api.RESPONSES)))] == [
        OpenAI,
        OpenAIResponses,
    ]


@pytest.mark.anyio
async def test_a_whole_answer_that_failed_is_an_error() -> None:
    """Status 200 or not."""
    provider = OpenAIResponses(Config(Secret("k-0123456789")))
    failed = {"status": "failed", "error": {"code": "server_error", "message": "Oops."}, "output": []}
    with pytest.raises(ServerError):
        await provider.chat("small", ChatRequest([Message(Role.USER, "hi")]), FakeHttp(failed))


@pytest.mark.anyio
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "streamed"])
async def test_a_model_that_encrypts_no_thoughts(*, whole: bool) -> None:
    """It is asked without, and so from then on; any other refusal is one."""
    said = {"type": "message", "content": [{"type": "output_text", "text": "So."}]}
    answer = orjson.dumps({"status": "completed", "output": [said]})
    message = "Encrypted content is not supported with this model."
    refused = {"error": {"message": message, "type": "invalid_request_error", "param": "include"}}
    other = {"error": {"message": "Unknown parameter: 'x'.", "param": "x"}}
    http = FakeHttp(refusal(refused), answer, answer, refusal(other))
    provider = OpenAIResponses(Config(Secret("k-0123456789")))
    extra = {"include": ["message.input_image.image_url"]}
    request = ChatRequest([Message(Role.USER, "hi")], extra=extra)

    async def text(model: str) -> str:
        if whole:
            return (await provider.chat(model, request, http)).text
        return "".join([chunk.text async for chunk in provider.stream(model, request, http)])

    assert [await text("small"), await text("small")] == ["So."] * 2
    with pytest.raises(InvalidRequestError, match="x"):
        await text("large")

    assert [table(sent.json)["include"][1:] for sent in http.sent] == [
        ["reasoning.encrypted_content"],
        [],
        [],
        ["reasoning.encrypted_content"],
    ]


@pytest.mark.anyio
async def test_thoughts_that_cannot_be_read_any_more() -> None:
    """The key is another organisation's, or they are too old: the question is asked without them."""
    said = {"type": "message", "content": [{"type": "output_text", "text": "So."}]}
    answer = orjson.dumps({"status": "completed", "output": [said]})
    message = "The encrypted content for item rs_7 could not be verified."
    http = FakeHttp(refusal({"error": {"message": message}}), answer)
    turns = [Message(Role.USER, "hi"), Message(Role.ASSISTANT, [*THOUGHTS, Text("Hm.")])]
    provider = OpenAIResponses(Config(Secret("k-0123456789")))
    found = await provider.chat("small", ChatRequest(turns), http)
    kinds = [[item.get("type", item.get("role")) for item in table(sent.json)["input"]] for sent in http.sent]

    assert (found.text, kinds) == (
        "So.",
        [["user", "reasoning", "reasoning", "assistant"], ["user", "assistant"]],
    )


def refusal(error: Mapping[str, Any]) -> Pieces:
    """Status 400."""
    return Pieces([orjson.dumps(error)], 400)
