"""Mistral's models: capabilities from the list, aliases folded, the few words it says differently."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from pointsman import (
    Capability,
    ChatRequest,
    Image,
    JsonSchema,
    Kind,
    Message,
    Model,
    Reasoning,
    Role,
    Secret,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.testing import (
    FakeHttp,
    FakeModel,
    OpenAIUpstream,
    ProviderTests,
    Received,
    Reply,
    SpeakerTests,
    Upstream,
)
from pointsman_mistral import Config, Mistral, pointsman_providers

PROVIDER = Mistral(Config(Secret("mistral-0123456789")))
CHAT = {"completion_chat": True, "function_calling": True, "vision": False, "audio": False}


class StreamsUsageUnasked(OpenAIUpstream):
    """Mistral's own way: usage comes with every stream, and fields it does not know are refused."""

    def missing(self, request: Received) -> Reply:
        body = request.json() or {}
        if "stream_options" in body or "user" in body:
            return Reply.json({"detail": [{"type": "extra_forbidden"}]}, 422)
        if body.get("stream"):
            asked = request.json() | {"stream_options": {"include_usage": True}}
            return super().missing(with_body(request, asked))
        return super().missing(request)


def with_body(request: Received, body: dict[str, Any]) -> Received:
    """The same request with another body."""
    from attrs import evolve
    from orjson import dumps

    return evolve(request, body=dumps(body))


class TestMistral(ProviderTests, SpeakerTests):
    """The provider passes the kit."""

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        rows = [
            FakeModel("small-2506", listing={"name": "small-2506", "capabilities": CHAT}),
            FakeModel("small-latest", listing={"name": "small-2506", "capabilities": CHAT}),
        ]
        async with StreamsUsageUnasked(rows, key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Mistral:
        return Mistral(Config(Secret(str(self.key)), upstream.base_url))


def row(model: str, name: str, aliases: list[str], **fields: object) -> dict[str, object]:
    """One row of the list."""
    stated = {"capabilities": CHAT, "created": 1770716728, "owned_by": "mistralai", "max_context_length": 8}
    return {"id": model, "name": name, "aliases": aliases, **stated, **fields}


async def listed(*rows: dict[str, object]) -> dict[str, Model]:
    """The models of a list, by id."""
    models = await PROVIDER.models(FakeHttp({"data": list(rows)}))
    return {model.id: model for model in models}


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("mistral", Mistral, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_aliases_are_folded() -> None:
    """Rows of one name are one model; when the list was asked is not when the model was made."""
    models = await listed(
        row("small-latest", "small-2506", ["small-2506"]),
        row("small-2506", "small-2506", ["small-latest", "small"], deprecation="2026-11-30T12:00:00Z"),
    )

    assert {
        "small-2506": Model(
            "small-2506",
            name="small-2506",
            kind=Kind.CHAT,
            creator="mistralai",
            context_window=8,
            can={Capability.TOOLS},
            cannot={Capability.VISION, Capability.AUDIO_INPUT},
            aliases=("small-latest", "small"),
            retires=date(2026, 11, 30),
        )
    } == models


@pytest.mark.anyio
async def test_an_id_of_its_own_is_nobodys_alias() -> None:
    """One model claims another's id as an alias: the id stays with the model that is called so."""
    models = await listed(
        row("mini", "mini", ["mini-latest"]), row("mini-transcribe", "mini-transcribe", ["mini"])
    )

    assert {name: model.aliases for name, model in models.items()} == {
        "mini": ("mini-latest",),
        "mini-transcribe": (),
    }


@pytest.mark.anyio
async def test_a_name_without_a_row_of_its_own() -> None:
    """The first row that bears the name stands for it."""
    models = await listed(row("a-latest", "a-2506", []), row("a", "a-2506", []))

    assert {name: model.aliases for name, model in models.items()} == {"a-latest": ("a",)}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        (CHAT, Kind.CHAT),
        ({"completion_chat": False, "moderation": True}, Kind.MODERATION),
        ({"completion_chat": False, "audio_transcription": True}, Kind.AUDIO),
        ({"completion_chat": False, "completion_fim": True}, Kind.COMPLETION),
        ({"completion_chat": False, "ocr": True}, Kind.OTHER),
        ({"completion_chat": False, "ocr": False, "moderation": False}, Kind.EMBEDDING),
        ({}, None),
        (None, None),
    ],
)
async def test_kinds(flags: object, kind: Kind | None) -> None:
    """A model is for what the list grants it, for embedding where that is nothing; else unknown."""
    models = await listed(row("a", "a", [], capabilities=flags))

    assert kind == models["a"].kind


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """The dialect, but for thoughts as parts, a seed of another name, and no `user`."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), Image(url="https://a.example/b.png"))),
            Message(Role.ASSISTANT, [Reasoning("hm"), Text("Well."), ToolCall("abcdefgh1", "look", "{}")]),
            Message(Role.TOOL, ToolResult("abcdefgh1", "a cat")),
        ],
        tools=(Tool("look"),),
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=5,
        seed=7,
        user="u1",
    )
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await PROVIDER.chat("m", request, http)

    assert http.sent[0].json == {
        "model": "m",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What?"},
                    {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "Well."},
                ],
                "tool_calls": [
                    {"id": "abcdefgh1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
                ],
            },
            {"role": "tool", "content": "a cat", "tool_call_id": "abcdefgh1"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
            }
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": {"type": "object", "additionalProperties": False},
                "strict": True,
            },
        },
        "max_tokens": 5,
        "random_seed": 7,
    }
