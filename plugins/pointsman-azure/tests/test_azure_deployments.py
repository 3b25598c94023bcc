"""Deployments: named by the user, explained by the region's list."""

from __future__ import annotations

from datetime import date

import pytest
from pointsman import ChatRequest, EmbedRequest, Kind, Message, Model, Role, Secret, Text
from pointsman.testing import FakeHttp
from pointsman_azure import Azure, Config

KEY = Secret("key-0123456789")
HOME = "https://acme.openai.azure.com"
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])
ANSWER = {"choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}]}
REGION = {
    "data": [
        {
            "id": "big-2024-08-06",
            "capabilities": {"inference": True, "chat_completion": True, "embeddings": False},
            "deprecation": {"inference": 1790812800},
            "created_at": 1722902400,
        },
        {"id": "embed", "capabilities": {"inference": True, "embeddings": True}},
        {"id": "not-deployed", "capabilities": {"chat_completion": True}},
    ]
}


def azure(*deployments: str, version: str = "", home: str = HOME) -> Azure:
    """A provider with these deployments."""
    return Azure(Config(KEY, home, deployments, version))


@pytest.mark.anyio
async def test_only_deployments_are_models() -> None:
    """With what the list tells of the model behind each; one it does not know is taken to chat."""
    models = await azure("prod=big-2024-08-06", "embed", "mystery").models(FakeHttp(REGION))

    assert [
        Model(
            "prod",
            "big-2024-08-06",
            Kind.CHAT,
            aliases=("big-2024-08-06",),
            created=date(2024, 8, 6),
            retires=date(2026, 10, 1),
        ),
        Model("embed", kind=Kind.EMBEDDING),
        Model("mystery", kind=Kind.CHAT),
    ] == list(models)


@pytest.mark.anyio
async def test_the_list_knows_more_after_the_answer() -> None:
    """A deployment's answer names the model that gave it."""
    answer = await azure("prod").chat("prod", REQUEST, FakeHttp({**ANSWER, "model": "big-2024-08-06"}))

    assert answer.model == "big-2024-08-06"


@pytest.mark.anyio
@pytest.mark.parametrize("asked", ["prod", "big-2024-08-06"])
async def test_a_model_is_asked_through_its_deployment(asked: str) -> None:
    """Both names are accepted, the deployment's is sent."""
    http = FakeHttp(ANSWER)
    await azure("prod=big-2024-08-06").chat(asked, REQUEST, http)
    body = http.sent[0].json

    assert isinstance(body, dict)
    assert body["model"] == "prod"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("version", "chat", "models"),
    [
        ("", "/openai/v1/chat/completions", "/openai/v1/models"),
        (
            "preview",
            "/openai/v1/chat/completions?api-version=preview",
            "/openai/v1/models?api-version=preview",
        ),
        (
            "2024-10-21",
            "/openai/deployments/my%20prod/chat/completions?api-version=2024-10-21",
            "/openai/v1/models?api-version=preview",
        ),
    ],
)
@pytest.mark.parametrize("home", [HOME, f"{HOME}/", f"{HOME}/openai/v1/", f"{HOME}/openai"])
async def test_addresses(version: str, chat: str, models: str, home: str) -> None:
    """The interface without dates, and the older one where each deployment has an address."""
    http = FakeHttp(REGION, ANSWER)
    provider = azure("my prod", version=version, home=home)
    await provider.models(http)
    await provider.chat("my prod", REQUEST, http)

    assert [HOME + models, HOME + chat] == [sent.url for sent in http.sent]
    assert [sent.headers for sent in http.sent] == [{"api-key": "key-0123456789"}] * 2


@pytest.mark.anyio
async def test_embeddings_and_forwarding_go_to_the_deployment_too() -> None:
    """Whichever of its names is asked for."""
    http = FakeHttp({"data": [{"embedding": [0.5]}]}, ANSWER)
    provider = azure("prod=big", version="2024-10-21")
    await provider.embed("big", EmbedRequest(["hi"]), http)
    async with provider.forward("big", b'{"model": "auto"}', http):
        pass
    place = f"{HOME}/openai/deployments/prod"

    assert [
        f"{place}/embeddings?api-version=2024-10-21",
        f"{place}/chat/completions?api-version=2024-10-21",
    ] == [sent.url for sent in http.sent]
    assert http.sent[0].json == {"model": "prod", "input": ["hi"]}
    assert http.sent[1].body == b'{"model": "prod"}'
