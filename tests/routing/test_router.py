"""The router whole: real provider, real HTTP, real ledger, a loopback upstream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pointsman import (
    AttemptsFailedError,
    BlockingRouter,
    CallState,
    ConfigError,
    Criteria,
    DeadlineError,
    NoCandidateError,
    Principal,
    RequestError,
    Router,
    UnknownNameError,
)
from pointsman.testing import FakeModel, OpenAIUpstream, Reply

from tests.builders import request

KEY = "sk-canary-0123456789abcdef"
DOWN = Reply.json({"error": {"message": "the server had an error", "type": "server_error"}}, 500)


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIUpstream]:
    """Two models."""
    async with OpenAIUpstream([FakeModel("alpha"), FakeModel("beta")], key=KEY) as serving:
        yield serving


@pytest.fixture
def env(upstream: OpenAIUpstream, tmp_path: Path) -> dict[str, str]:
    """An environment in which only that upstream exists."""
    return {
        "POINTSMAN_HOME": str(tmp_path),
        "POINTSMAN_ONLY": "openai-compatible,strategies",
        "POINTSMAN_CATALOG_REFRESH_IN": "thread",  # the other way has tests of its own, and takes a process
        "OPENAI_COMPATIBLE_BASE_URL": upstream.base_url,
        "OPENAI_COMPATIBLE_API_KEY": KEY,
    }


@pytest.mark.anyio
async def test_a_key_is_enough_to_ask(env: dict[str, str]) -> None:
    """No file, no model named: the answer comes, recorded and attributed."""
    async with Router.open(env=env) as router:
        reply = await router.chat("hello", tag="mine")
        calls = await router.calls()

    assert (
        "openai-compatible",
        "alpha",
        "alpha heard: hello",
        [(reply.call_id, CallState.SETTLED, ("mine",))],
    ) == (
        reply.provider,
        reply.model,
        reply.text,
        [(call.reservation.id, call.state, call.reservation.tags) for call in calls],
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"model": "beta"}, "beta"),
        ({"model": "openai-compatible/beta"}, "beta"),
        ({"model": "task:second"}, "beta"),
        ({"task": "second"}, "beta"),
        ({"models": ["beta", "alpha"]}, "beta"),
        ({"exclude_models": ["alpha"]}, "beta"),
        ({"criteria": Criteria(only_models=["beta"])}, "beta"),
        ({"strategy": "plain"}, "alpha"),
        ({"model": "auto"}, "alpha"),
    ],
)
async def test_every_way_to_say_which(env: dict[str, str], options: dict[str, Any], expected: str) -> None:
    """By model, by task, by list, by criteria, or not at all."""
    config = {"tasks": {"second": {"models": ["beta"]}}}
    async with Router.open(config, env=env) as router:
        reply = await router.chat("hello", **options)

    assert expected == reply.model


@pytest.mark.anyio
async def test_a_failing_model_is_replaced_and_both_attempts_are_recorded(
    env: dict[str, str], upstream: OpenAIUpstream
) -> None:
    """The call arrives; the ledger has one row with every attempt the upstream counted."""
    upstream.models["alpha"].fault = DOWN
    async with Router.open(env=env) as router:
        reply = await router.chat("hello")
        call = (await router.calls())[0]

    assert call.settlement is not None
    assert (
        reply.model,
        reply.attempts,
        [attempt.state.answered for attempt in call.settlement.attempts],
        sum(model.asked for model in upstream.models.values()),
    ) == ("beta", 3, [False, False, True], 3)


@pytest.mark.anyio
async def test_a_stream_falls_back_and_ends_with_the_whole(
    env: dict[str, str], upstream: OpenAIUpstream
) -> None:
    """The caller sees one answer, and its cost at the end."""
    upstream.models["alpha"].fault = DOWN
    async with Router.open(env=env) as router, router.stream("hello") as stream:
        text = "".join([chunk.text async for chunk in stream])

    assert stream.response is not None
    assert (
        text,
        stream.response.text,
        stream.response.model,
    ) == ("beta heard: hello", "beta heard: hello", "beta")


@pytest.mark.anyio
async def test_a_stream_left_open_is_settled_when_the_router_closes(env: dict[str, str]) -> None:
    """Nothing stays reserved."""
    async with Router.open(env=env) as router:
        async for _ in router.stream("hello"):
            break
    async with Router.open(env=env) as router:
        calls = await router.calls()

    assert [call.state for call in calls] == [CallState.CANCELLED]


@pytest.mark.anyio
async def test_when_all_fail_every_error_is_reported(env: dict[str, str], upstream: OpenAIUpstream) -> None:
    """Who failed, how, in order; and the row says failed."""
    for model in upstream.models.values():
        model.fault = DOWN
    async with Router.open(env=env) as router:
        with pytest.raises(AttemptsFailedError) as caught:
            await router.chat("hello")
        states = [call.state for call in await router.calls()]

    assert (
        [error.model for error in caught.value.attempts],
        states,
    ) == (["alpha", "alpha", "beta"], [CallState.FAILED])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("prompt", "options", "error"),
    [
        ("", {}, RequestError),
        ("hello", {"model": "gamma"}, UnknownNameError),
        ("hello", {"task": "fasst"}, UnknownNameError),
        ("hello", {"strategy": "plian"}, UnknownNameError),
        ("hello", {"only_providers": ["elsewhere"]}, NoCandidateError),
        ("hello", {"nonsense": 1}, RequestError),
    ],
)
async def test_bad_input_is_refused_before_anything_is_sent(
    env: dict[str, str],
    upstream: OpenAIUpstream,
    prompt: str,
    options: dict[str, Any],
    error: type[Exception],
) -> None:
    """A clear error, no row, no request."""
    async with Router.open(env=env) as router:
        with pytest.raises(error):
            await router.chat(prompt, **options)
        calls = await router.calls()

    assert (list(calls), sum(model.asked for model in upstream.models.values())) == ([], 0)


@pytest.mark.anyio
async def test_hundreds_of_calls_at_once_lose_nothing(env: dict[str, str], upstream: OpenAIUpstream) -> None:
    """As many rows as answers as requests."""
    async with Router.open(env=env) as router:
        replies = await asyncio.gather(*(router.chat(f"hello {number}") for number in range(200)))
        rows = await router.usage(("state",))

    assert (
        len({reply.call_id for reply in replies}),
        len({reply.text for reply in replies}),
        [(row.group[0], row.calls) for row in rows],
        upstream.models["alpha"].asked,
    ) == (200, 200, [("settled", 200)], 200)


def own_threads() -> set[str]:
    """Threads that are not the event loop's own pool."""
    return {each.name for each in threading.enumerate() if not each.name.startswith("asyncio_")}


def own_tasks() -> set[str]:
    """Tasks that are not the loopback server's."""
    names = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()}
    return {name for name in names if not name.startswith("Upstream")}


@pytest.mark.anyio
async def test_nothing_is_left_running_and_closing_twice_is_safe(env: dict[str, str]) -> None:
    """No task, no thread outlives the router."""
    before = (own_threads(), own_tasks())
    router = Router.open(env=env)
    async with router:
        await router.chat("hello")
        async for _ in router.stream("hello"):
            break
    await router.aclose()

    assert before == (own_threads(), own_tasks())


@pytest.mark.anyio
async def test_a_router_that_is_not_open_says_how_to_open_it(env: dict[str, str]) -> None:
    """The commonest beginner's mistake has an answer in its message."""
    with pytest.raises(RuntimeError, match="use it as: async with"):
        await Router.open(env=env).chat("hello")


def test_a_wrong_configuration_lists_every_problem(tmp_path: Path) -> None:
    """All at once, each with its path and the nearest known name."""
    config = {
        "stratgy": "weighted",
        "strategy": "wieghted",
        "tasks": {"fast": {"tier": "bugdet", "strategy": "cheepest"}},
        "providers": {
            "openai-compatible": {"base_ulr": "x", "base_url": 5},
            "opneai": {"uses": "opneai-compatible"},
        },
    }
    env = {"POINTSMAN_HOME": str(tmp_path), "POINTSMAN_ONLY": "openai-compatible,strategies"}
    with pytest.raises(ConfigError) as caught:
        Router.open(config, env=env)
    paths = sorted(problem.partition(":")[0] for problem in caught.value.problems)

    assert paths == [
        "providers.openai-compatible.base_ulr",
        "providers.openai-compatible.base_url",
        "providers.opneai",
        "strategy",
        "stratgy",
        "tasks.fast.tier",
    ]


@pytest.fixture
def served() -> Iterator[OpenAIUpstream]:
    """The same upstream for tests that have no event loop."""
    with OpenAIUpstream.in_thread([FakeModel("alpha"), FakeModel("beta")], key=KEY) as serving:
        yield serving


def test_the_blocking_face_does_the_same(served: OpenAIUpstream, tmp_path: Path) -> None:
    """Chat, stream, decide, usage, from ordinary code and from several threads."""
    env = {
        "POINTSMAN_HOME": str(tmp_path),
        "POINTSMAN_ONLY": "openai-compatible,strategies",
        "POINTSMAN_CATALOG_REFRESH_IN": "thread",  # the other way has tests of its own, and takes a process
        "OPENAI_COMPATIBLE_BASE_URL": served.base_url,
        "OPENAI_COMPATIBLE_API_KEY": KEY,
    }
    with BlockingRouter.open(env=env) as router:
        said = [router.chat("hello").text, "".join(chunk.text for chunk in router.stream("hi"))]
        chosen = router.decide("hello").chosen
        models = len(router.catalog().candidates)
        rows = router.usage(("model",))
        newest = router.calls(1)[0]
        same = router.call(newest.reservation.id[:8])

    assert (newest, newest.settlement is not None) == (same, True)
    assert chosen is not None
    assert (["alpha heard: hello", "alpha heard: hi"], "alpha", 2, 2, Decimal(0)) == (
        said,
        chosen.model.id,
        models,
        rows[0].calls,
        rows[0].usd,
    )


@pytest.mark.anyio
async def test_values_can_be_asked_with_by_whoever_holds_them(env: dict[str, str]) -> None:
    """What a gateway does: a request, criteria, and who asks; their permissions hold."""
    anybody, restricted = Principal("key-1", "ann", ["team"]), Principal("key-2", models=["beta"])
    confined = Principal("key-3", tasks=frozenset({"summaries"}))
    async with Router.open(env=env) as router:
        reply = await router.ask(request("hello"), Criteria(model="alpha"), anybody, tags=["x"])
        other = await router.ask(request("hello"), None, restricted)
        async with router.ask_stream(request("hi"), None, restricted) as stream:
            text = "".join([chunk.text async for chunk in stream])
        with pytest.raises(RequestError, match="a call without a task is not allowed for 'key-3'"):
            await router.ask(request("hello"), None, confined)
        with pytest.raises(NoCandidateError):
            await router.ask(request("hello"), Criteria(model="alpha"), restricted)
        call = await router.call(reply.call_id)

    assert call is not None
    row = call.reservation
    assert (reply.model, other.model, text) == ("alpha", "beta", "beta heard: hi")
    assert (row.key, row.user, row.tags) == ("key-1", "ann", ("x", "team"))


@pytest.mark.anyio
async def test_a_key_that_was_refused_is_named_when_nobody_is_left(env: dict[str, str]) -> None:
    """With its variable and without its value; not only in a log."""
    only = "openai-compatible,groq,strategies"
    refused = env | {"POINTSMAN_ONLY": only, "GROQ_API_KEY": "qx-5512-part\u2026one"}
    async with Router.open(env=refused) as router:
        with pytest.raises(NoCandidateError, match="GROQ_API_KEY: a key is") as caught:
            await router.chat("hello", only_providers=["groq"])

    assert "5512" not in str(caught.value)


@pytest.mark.anyio
async def test_a_call_may_set_its_own_deadline(env: dict[str, str], upstream: OpenAIUpstream) -> None:
    """`timeout` is for the whole call; a candidate that was given little time is not to blame."""
    upstream.models["alpha"].latency = 5.0
    async with Router.open(env=env) as router:
        with pytest.raises(DeadlineError):
            await router.chat("hello", model="alpha", timeout=0.3)
        decision = await router.decide("hello")

    assert [each.note for each in decision.ranking if "cooling" in each.note] == []
