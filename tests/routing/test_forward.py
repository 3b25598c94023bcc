"""Forwarded bytes: unchanged, and chosen, recorded and billed like every other call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from pointsman import (
    AttemptsFailedError,
    BudgetError,
    CallState,
    Criteria,
    ForwardRequest,
    InvalidRequestError,
    Limit,
    Principal,
    RequestError,
    Router,
)
from pointsman.routing.answers import ForwardStream
from pointsman.testing import FakeModel, OpenAIUpstream, Reply

from tests.builders import request

KEY = "sk-canary-0123456789abcdef"
DOWN = Reply.json({"error": {"message": "the server had an error", "type": "server_error"}}, 500)
BROKEN = Reply.sse([{"error": {"message": "overloaded", "type": "server_error"}}])


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIUpstream]:
    """Two models."""
    async with OpenAIUpstream([FakeModel("alpha"), FakeModel("beta")], key=KEY) as serving:
        yield serving


@pytest.fixture
async def router(upstream: OpenAIUpstream, tmp_path: Path) -> AsyncIterator[Router]:
    """In an environment in which only that upstream exists."""
    env = {
        "POINTSMAN_HOME": str(tmp_path),
        "POINTSMAN_ONLY": "openai-compatible,strategies",
        "OPENAI_COMPATIBLE_BASE_URL": upstream.base_url,
        "OPENAI_COMPATIBLE_API_KEY": KEY,
    }
    async with Router.open(env=env) as opened:
        yield opened


def asking(*, stream: bool = False, **more: Any) -> ForwardRequest:
    """A request in the dialect, with a field nobody here knows."""
    body = {"model": "whatever", "messages": [{"role": "user", "content": "hello"}], "x": 1.50, **more}
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return ForwardRequest("openai-chat", orjson.dumps(body), request("hello"), stream)


async def all_of(stream: ForwardStream) -> bytes:
    """Every byte."""
    return b"".join([chunk async for chunk in stream])


@pytest.mark.anyio
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_forwarded_call_has_a_row_and_a_bill(router: Router, streamed: bool) -> None:
    """Usage is read from the answer as it passes."""
    stream = router.forward(asking(stream=streamed), Criteria(model="beta"), Principal("key-1"), tags=["x"])
    head = await stream.head()
    body = await all_of(stream)
    call = await router.call(head.call_id)

    assert call is not None
    assert call.settlement is not None
    assert stream.response is not None
    answered = call.settlement.attempts[0]
    assert (head.status, b"beta heard: hello" in body or b"beta" in body) == (200, True)
    assert (call.state, call.reservation.operation, call.reservation.key, call.reservation.tags) == (
        CallState.SETTLED,
        "forward",
        "key-1",
        ("x",),
    )
    assert (answered.response_model, answered.usage.estimated, answered.usage) == (
        "beta",
        False,
        stream.response.usage,
    )
    assert (answered.usage.input_tokens or 0) > 0


@pytest.mark.anyio
@pytest.mark.parametrize("fault", [DOWN, BROKEN])
async def test_before_the_first_token_a_failure_falls_back_without_a_trace(
    router: Router, upstream: OpenAIUpstream, fault: Reply
) -> None:
    """An error in a stream that began with status 200 is a failure, too."""
    upstream.models["alpha"].fault = fault
    stream = router.forward(asking(stream=True))
    head = await stream.head()
    body = await all_of(stream)
    call = await router.call(head.call_id)

    assert call is not None
    assert call.settlement is not None
    states = [(each.model, each.state.value) for each in call.settlement.attempts]
    assert (head.model, b"error" in body, states[0], states[-1]) == (
        "beta",
        False,
        ("alpha", "failed"),
        ("beta", "accepted"),
    )


@pytest.mark.anyio
async def test_leaving_early_settles_what_passed(router: Router, upstream: OpenAIUpstream) -> None:
    """As every other stream."""
    upstream.models = {name: FakeModel(name, pace=0.05) for name in upstream.models}  # not all in one piece
    async with router.forward(asking(stream=True)) as stream:
        await anext(stream)
    (call,) = await router.calls()

    assert call.settlement is not None
    assert (call.state, call.settlement.attempts[0].usage.estimated) == (CallState.CANCELLED, True)


@pytest.mark.anyio
async def test_limits_hold_for_forwarded_calls(router: Router, upstream: OpenAIUpstream) -> None:
    """Nothing is sent beyond them."""
    principal = Principal("key-1", limits=[Limit("requests", 1, "day")])
    await all_of(router.forward(asking(), None, principal))
    with pytest.raises(BudgetError):
        await all_of(router.forward(asking(), None, principal))

    assert sum(model.asked for model in upstream.models.values()) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (ForwardRequest("klingon", b"{}", request("hello")), RequestError),
        (ForwardRequest("openai-chat", b"no json", request("hello")), InvalidRequestError),
    ],
)
async def test_what_cannot_be_forwarded_is_a_clear_error(
    router: Router, wanted: ForwardRequest, error: type[Exception]
) -> None:
    """Nobody speaks the dialect, or the bytes are none of it."""
    with pytest.raises(error):
        await all_of(router.forward(wanted))


@pytest.mark.anyio
async def test_when_everybody_fails_the_row_says_so(router: Router, upstream: OpenAIUpstream) -> None:
    """The provider's error is raised before a byte was seen."""
    for model in upstream.models.values():
        model.fault = Reply.json({"error": {"message": "no such model", "code": "model_not_found"}}, 404)
    with pytest.raises(AttemptsFailedError):
        await router.forward(asking()).head()
    (call,) = await router.calls()

    assert call.state is CallState.FAILED
