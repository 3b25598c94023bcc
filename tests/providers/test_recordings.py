"""Answers that providers really gave are read for what they say, wherever the network cut them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pointsman.errors import ProviderError
from pointsman.http import Client
from pointsman.testing import Upstream
from pointsman.types import ChatChunk, ChatRequest, Message, Role, Secret, Text
from pointsman_ollama import Config, Ollama

from tests.providers.recorded import engine, load, route, shortened, told, told_whole
from tests.providers.recorded_answers import ANSWERS, BROKEN_STREAMS, REFUSALS, STREAMS
from tests.providers.recorded_lists import LISTS, LOCAL_LISTS

pytestmark = [pytest.mark.anyio, pytest.mark.shared]

FOLDERS = ("anthropic", "groq", "mistral", "ollama", "openai", "openrouter")
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], max_output_tokens=50)
SEEDS = (1, 2, 3)
TAGS = "ollama/docs_api_tags.json"

UNUSED = {
    "openai/responses.json": "the responses endpoint is not implemented here",
    "openai/responses_stream.json": "the responses endpoint is not implemented here",
    "openai/error_400_context_length_responses.json": "the responses endpoint is not implemented here",
    "openai/error_400_model_responses.json": "the responses endpoint is not implemented here",
    "openrouter/model_endpoints_2025-05.json": "the hosts behind one model are not asked for",
    "ollama/docs_api_ps.json": "which models are loaded is not asked for",
}


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A server that replays."""
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def http() -> AsyncIterator[Client]:
    """The real client."""
    async with Client("recordings") as client:
        yield client


def test_every_recording_is_used_or_said_not_to_be(shared_data: Path) -> None:
    """No recorded file of the engines here is left out by oversight."""
    folders = [shared_data / "recorded" / folder for folder in FOLDERS]
    there = [f"{folder.name}/{path.name}" for folder in folders for path in folder.glob("*.json")]
    tables = (ANSWERS, STREAMS, BROKEN_STREAMS, REFUSALS, LISTS, LOCAL_LISTS, UNUSED)

    assert sorted(there) == sorted(
        [*(name for table in tables for name in table), "ollama/docs_api_tags.json"]
    )


@pytest.mark.parametrize("name", ANSWERS)
async def test_whole_answers(shared_data: Path, upstream: Upstream, http: Client, name: str) -> None:
    """Text, tools, usage, model and finish reason are those that were recorded."""
    upstream.replay(load(shared_data, name), path=route(name, "chat"), seed=1)
    answer = await engine(name, upstream).chat("asked", REQUEST, http)

    assert ANSWERS[name] == shortened(told_whole(answer), ANSWERS[name])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", STREAMS)
async def test_streams(shared_data: Path, upstream: Upstream, http: Client, name: str, seed: int) -> None:
    """The pieces say what was recorded, wherever the stream is cut."""
    upstream.replay(load(shared_data, name), path=route(name, "chat"), seed=seed)
    heard = told([each async for each in engine(name, upstream).stream("asked", REQUEST, http)])

    assert STREAMS[name] == shortened(heard, STREAMS[name])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", BROKEN_STREAMS)
async def test_streams_that_broke(
    shared_data: Path, upstream: Upstream, http: Client, name: str, seed: int
) -> None:
    """The error inside is raised, after the usage that came with it."""
    expected, usage = BROKEN_STREAMS[name]
    upstream.replay(load(shared_data, name), path=route(name, "chat"), seed=seed)
    seen: list[ChatChunk] = []

    async def consume() -> None:
        async for each in engine(name, upstream).stream("asked", REQUEST, http):
            seen.append(each)  # noqa: PERF401  what came before the error is kept

    with pytest.raises(expected):
        await consume()

    assert usage == [each.usage for each in seen if each.usage][-1]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals(
    shared_data: Path, upstream: Upstream, http: Client, name: str, *, streamed: bool
) -> None:
    """A recorded refusal is the error it stands for, streamed or not."""
    recording = load(shared_data, name)
    upstream.replay(recording, path=route(name, "chat"))
    provider = engine(name, upstream)

    async def ask() -> None:
        if streamed:
            [each async for each in provider.stream("asked", REQUEST, http)]
        else:
            await provider.chat("asked", REQUEST, http)

    with pytest.raises(ProviderError) as caught:
        await ask()

    assert (REFUSALS[name], recording["response"]["status"]) == (type(caught.value), caught.value.status)


@pytest.mark.parametrize("name", LISTS)
async def test_lists(shared_data: Path, upstream: Upstream, http: Client, name: str) -> None:
    """Every model is listed once, and one of them is as the list tells it."""
    upstream.replay(load(shared_data, name), path=route(name, "models"))
    models = {model.id: model for model in await engine(name, upstream).models(http)}
    expected, sample = LISTS[name]

    assert expected == len(models)
    assert sample == models[sample.id]


@pytest.mark.parametrize("name", LOCAL_LISTS)
async def test_local_lists(shared_data: Path, upstream: Upstream, http: Client, name: str) -> None:
    """A list of names becomes models through what the server tells of each."""
    upstream.replay(load(shared_data, TAGS), path="/api/tags")
    upstream.replay(load(shared_data, name), path="/api/show")
    models = await Ollama(Config(upstream.url, Secret("recorded-key"))).models(http)

    assert LOCAL_LISTS[name] == {model.id: model for model in models}["llama3.2:latest"]
