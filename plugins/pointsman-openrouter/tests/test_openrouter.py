"""OpenRouter's models, as its list tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
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
    Usage,
)
from pointsman.testing import (
    FakeHttp,
    FakeModel,
    OpenAIUpstream,
    ProviderTests,
    Reply,
    SpeakerTests,
    Upstream,
)
from pointsman_openrouter import Config, OpenRouter, pointsman_providers

PROVIDER = OpenRouter(Config(Secret("sk-or-0123456789")))
LIST = "https://openrouter.ai/api/v1/models"
ROW: dict[str, Any] = {
    "id": "acme/big",
    "canonical_slug": "acme/big-20260101",
    "name": "Acme: Big",
    "created": 1747930371,
    "context_length": 1_000_000,
    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.000003", "completion": "0.000015"},
    "top_provider": {"context_length": 200_000, "max_completion_tokens": 64_000},
    "supported_parameters": ["tools", "reasoning"],
    "expiration_date": "2026-12-31",
}


DETAILS: list[dict[str, Any]] = [
    {"type": "reasoning.text", "text": "Wind first.", "signature": "c2lnbmVk", "format": "a-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "aGlkZGVu", "id": "r1", "format": "a-v1", "index": 1},
]
SAID = {"content": "Go.", "reasoning": "Wind first."}
THOUGHTS = (
    Reasoning("Wind first.", "c2lnbmVk", "", "openai-chat", DETAILS[0]),
    Reasoning("", "", "aGlkZGVu", "openai-chat", DETAILS[1]),
)


def halves() -> list[dict[str, Any]]:
    """The thoughts in pieces, as OpenRouter streams them, then the text."""
    first, second = DETAILS
    pieces = [
        {"reasoning": "Wind ", "reasoning_details": [{**first, "text": "Wind ", "signature": None}]},
        {"reasoning": "first.", "reasoning_details": [{**first, "text": "first.", "signature": None}]},
        {"reasoning_details": [{**first, "text": ""}]},
        {"reasoning_details": [second]},
        {"content": "Go."},
    ]
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": piece}]} for piece in pieces]
    return [*chunks, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]


class TestOpenRouter(ProviderTests, SpeakerTests):
    """The provider passes the kit."""

    supports_documents = supports_audio = True
    thoughts = THOUGHTS

    def thinking(self) -> tuple[Reply, Reply]:
        message = {"role": "assistant", **SAID, "reasoning_details": DETAILS}
        whole = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return Reply.json(whole), Reply.sse(halves())

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        listing = {name: value for name, value in ROW.items() if name != "id"}
        async with OpenAIUpstream([FakeModel("acme/big", listing=listing)], key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> OpenRouter:
        return OpenRouter(Config(Secret(str(self.key)), upstream.base_url))


async def listed(**fields: object) -> Model:
    """The one model of a list whose row has these fields."""
    (model,) = await PROVIDER.models(FakeHttp({"data": [ROW | fields]}))
    return model


def test_is_registered() -> None:
    """The plugin contributes a provider under its name."""
    assert [("openrouter", OpenRouter, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_a_row() -> None:
    """Windows are those of the host that serves it; what its list leaves out is denied."""
    assert (
        Model(
            "acme/big",
            name="Acme: Big",
            kind=Kind.CHAT,
            creator="acme",
            context_window=200_000,
            max_output_tokens=64_000,
            can={Capability.TOOLS, Capability.REASONING, Capability.VISION},
            cannot={Capability.JSON_SCHEMA, Capability.AUDIO_INPUT, Capability.DOCUMENT_INPUT},
            aliases=("acme/big-20260101",),
            created=date(2025, 5, 22),
            retires=date(2026, 12, 31),
        )
        == await listed()
    )


@pytest.mark.anyio
async def test_a_bare_row() -> None:
    """What is not there is not said."""
    (model,) = await PROVIDER.models(FakeHttp({"data": [{"id": "acme/small:free"}]}))

    assert Model("acme/small:free", creator="acme") == model


@pytest.mark.anyio
async def test_a_variant_does_not_share_its_models_dated_id() -> None:
    """Asking for the dated id would be asking for the paid offer."""
    assert (await listed(id="acme/big:free")).aliases == ()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("outputs", "kind"),
    [
        (["text"], Kind.CHAT),
        (["image", "text"], Kind.IMAGE),
        (["image"], Kind.IMAGE),
        (["audio"], Kind.AUDIO),
        (["embeddings"], Kind.EMBEDDING),
        (["smell"], Kind.OTHER),
        ([], None),
        (None, None),
    ],
)
async def test_kinds(outputs: object, kind: Kind | None) -> None:
    """Who gives text, and nothing else, is for chat."""
    model = await listed(architecture={"output_modalities": outputs})

    assert kind == model.kind


@pytest.mark.anyio
async def test_the_list_goes_on() -> None:
    """Links are followed, but never to another host."""
    more = {"data": [ROW], "links": {"next": "/api/v1/models?offset=1"}}
    last = {"data": [{"id": "acme/other"}], "links": {"next": "https://evil.example/models"}}
    http = FakeHttp(more, last)
    models = await PROVIDER.models(http)

    assert [model.id for model in models] == ["acme/big", "acme/other"]
    assert [LIST, f"{LIST}?offset=1"] == [sent.url for sent in http.sent]


@pytest.mark.parametrize(
    ("stated", "cost"),
    [
        ({"cost": 5e-05}, Decimal("0.00005")),
        (
            {"cost": 5e-05, "is_byok": False, "cost_details": {"upstream_inference_cost": 1}},
            Decimal("0.00005"),
        ),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, Decimal("0.21")),
        ({"is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, None),
    ],
)
def test_stated_costs(stated: dict[str, Any], cost: Decimal | None) -> None:
    """With a key of one's own upstream, the upstream's bill comes on top of the fee."""
    assert Usage(1, 2, cost=cost) == PROVIDER.usage({"prompt_tokens": 1, "completion_tokens": 2, **stated})


def test_a_fee_without_the_bill_of_the_upstream_is_no_cost() -> None:
    """Computed then, and marked."""
    stated = {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0, "is_byok": True}

    assert PROVIDER.usage(stated) == Usage(1, 2, estimated=True)


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """The dialect, and thoughts go back with the message they led to."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), Image(url="https://a.example/b.png"))),
            Message(Role.ASSISTANT, [Reasoning("hm"), Text("Well."), ToolCall("c1", "look", "{}")]),
            Message(Role.TOOL, ToolResult("c1", "a cat")),
        ],
        tools=(Tool("look"),),
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=5,
    )
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await PROVIDER.chat("acme/big", request, http)

    assert http.sent[0].json == {
        "model": "acme/big",
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
                "content": "Well.",
                "reasoning": "hm",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
                ],
            },
            {"role": "tool", "content": "a cat", "tool_call_id": "c1"},
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
    }
