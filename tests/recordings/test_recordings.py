"""Answers that providers really gave are read for what they say, wherever the network cut them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pointsman.errors import ProviderError
from pointsman.http import Client
from pointsman.protocols import Embedder
from pointsman.testing import Upstream
from pointsman.types import ChatChunk, ChatRequest, EmbedRequest, Message, Role, Text

from tests.recordings.expectations import ASKED, Broken
from tests.recordings.replaying import Case, Stage, cases, expected, shortened, streamed_answer, whole_answer

pytestmark = [pytest.mark.anyio, pytest.mark.shared]

REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], max_output_tokens=50)
SEEDS = (1, 2, 3)

Count = Callable[[Case, str], None]


def each_of(*tables: str) -> pytest.MarkDecorator:
    """One run of a test per file of these tables."""
    found = list(cases(*tables))
    return pytest.mark.parametrize("case", found, ids=[f"{case.each.folder}/{case.name}" for case in found])


@pytest.fixture
async def stage(shared_data: Path) -> AsyncIterator[Stage]:
    """A server that replays."""
    async with Upstream() as upstream:
        yield Stage(upstream, shared_data)


@pytest.fixture
async def http() -> AsyncIterator[Client]:
    """The real client."""
    async with Client("recordings") as client:
        yield client


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Notes for the table at the end of the run what a test that passes has shown."""
    return lambda case, what: record_property("shown", (case.each.folder, what))


def test_every_recording_is_asserted_on_or_said_not_to_be(shared_data: Path) -> None:
    """No recorded file is left out by oversight, and none is claimed that is not there."""
    there = {f"{path.parent.name}/{path.name}" for path in (shared_data / "recorded").glob("*/*.json")}
    asserted = {name for each in expected() for name in each.asserted()}
    excused = {name for each in expected() for name in each.excused()}

    assert sorted(there - asserted - excused) == []
    assert sorted((asserted | excused) - there) == []
    assert sorted(asserted & excused) == []


def test_nothing_is_unused_without_a_reason() -> None:
    """Whoever leaves a recording out says why, once."""
    excuses = [(name, reason) for each in expected() for name, reason in each.unused.items()]
    names = Counter(name for each in expected() for name in each.excused())

    assert [name for name, reason in excuses if len(reason.split()) < 4] == []
    assert [name for name, times in names.items() if times > 1] == []


@each_of("answers")
async def test_whole_answers(stage: Stage, http: Client, count: Count, case: Case) -> None:
    """Text, tools, usage, model and finish reason are those that were recorded."""
    stage.serve(case.each, case.name, case.each.chat_path, seed=1)
    answer = await stage.provider(case.each).chat(ASKED, REQUEST, http)
    count(case, "tools" if case.said.tools else "chat")

    assert case.said == shortened(whole_answer(answer), case.said)


@pytest.mark.parametrize("seed", SEEDS)
@each_of("streams")
async def test_streams(stage: Stage, http: Client, count: Count, case: Case, seed: int) -> None:
    """The pieces say what was recorded, wherever the stream is cut."""
    stage.serve(case.each, case.name, case.each.streams_at, seed=seed)
    pieces = [piece async for piece in stage.provider(case.each).stream(ASKED, REQUEST, http)]
    count(case, "tools" if case.said.tools else "stream")

    assert case.said == shortened(streamed_answer(pieces), case.said)


@pytest.mark.parametrize("seed", SEEDS)
@each_of("broken")
async def test_streams_that_broke(stage: Stage, http: Client, count: Count, case: Case, seed: int) -> None:
    """The error inside is raised, after the usage that came with it."""
    stage.serve(case.each, case.name, case.each.streams_at, seed=seed)
    seen: list[ChatChunk] = []

    async def consume() -> None:
        async for piece in stage.provider(case.each).stream(ASKED, REQUEST, http):
            seen.append(piece)  # noqa: PERF401  what came before the error is kept

    with pytest.raises(case.said.error) as caught:
        await consume()
    count(case, "errors")

    assert case.said == Broken(
        type(caught.value), next((piece.usage for piece in reversed(seen) if piece.usage), None)
    )


@pytest.mark.parametrize("streamed", [False, True])
@each_of("refusals")
async def test_refusals(
    stage: Stage,
    http: Client,
    count: Count,
    case: Case,
    *,
    streamed: bool,
) -> None:
    """A recorded refusal is the error it stands for, streamed or not."""
    status = stage.serve(case.each, case.name, case.each.chat_path, case.each.streams_at)
    provider = stage.provider(case.each)

    async def ask() -> None:
        if streamed:
            [piece async for piece in provider.stream(ASKED, REQUEST, http)]
        else:
            await provider.chat(ASKED, REQUEST, http)

    with pytest.raises(ProviderError) as caught:
        await ask()
    count(case, "errors")

    assert (case.said, status) == (type(caught.value), caught.value.status)


@each_of("refused_lists")
async def test_refused_lists(stage: Stage, http: Client, count: Count, case: Case) -> None:
    """A refused model list is the error it stands for, not an empty list."""
    status = stage.serve(case.each, case.name, case.each.list_path)

    with pytest.raises(ProviderError) as caught:
        await stage.provider(case.each).models(http)
    count(case, "errors")

    assert (case.said, status) == (type(caught.value), caught.value.status)


@each_of("refused_embeddings")
async def test_refused_embeddings(stage: Stage, http: Client, count: Count, case: Case) -> None:
    """Refused embeddings are the error they stand for."""
    status = stage.serve(case.each, case.name, case.each.embed_path)
    embedder = stage.provider(case.each)
    assert isinstance(embedder, Embedder)

    with pytest.raises(ProviderError) as caught:
        await embedder.embed(ASKED, EmbedRequest(["hi"]), http)
    count(case, "errors")

    assert (case.said, status) == (type(caught.value), caught.value.status)


@each_of("lists")
async def test_lists(stage: Stage, http: Client, count: Count, case: Case) -> None:
    """Every model is listed once, and one of them is as the list tells it."""
    for path, beside in case.said.beside.items():
        stage.serve(case.each, beside, path)
    stage.serve(case.each, case.name, case.said.path or case.each.list_path)
    models = list(await stage.provider(case.each).models(http))
    count(case, "list")

    assert case.said.count == len({model.id for model in models}) == len(models)
    assert case.said.sample == next((model for model in models if model.id == case.said.sample.id), None)


@each_of("prices")
async def test_prices(stage: Stage, http: Client, count: Count, case: Case) -> None:
    """Every price of a list becomes a quote, exact to the last digit."""
    assert case.each.pricing is not None
    stage.serve(case.each, case.name, case.said.path or case.each.list_path)
    quotes: list[Any] = list(await case.each.pricing(stage.config(case.each)).quotes(http))
    count(case, "prices")

    meant = [quote for quote in quotes if quote.model == case.said.model]
    (sample,) = (quote for quote in meant if case.said.provider in {"", quote.provider})
    assert case.said == evolve(case.said, count=len(quotes), rates=sample.rates)
