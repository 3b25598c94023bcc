"""A server that dies, or hangs up, while an answer streams."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pointsman import AttemptState, ProviderError, ResponseError, ServerError, TransportError
from pointsman.routing.answers import ChatStream

from tests.servers.running import Running
from tests.servers.upstreams import NAMES, PRICE, opened

pytestmark = pytest.mark.anyio

CUT = (TransportError, ResponseError)
SEEN = 21
ENDLESS = {"max_output_tokens": 15_000, "extra": {"ignore_eos": True}}
ASKED: dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]] = {
    "llama": ("hello", "tiny", ("compatible", "openai", "responses", "anthropic"), ENDLESS),
    "aimock": ("Speak slowly.", "lamp", tuple(NAMES), {}),
    "litellm": ("Speak slowly.", "relayed", ("anthropic",), {}),
}
"""By server: what starts a long answer of which model, in which dialects."""
PAIRS = [(server, name) for server, (_, _, names, _) in ASKED.items() for name in names]


async def hear(stream: ChatStream, pieces: list[str], then: Callable[[], None] = lambda: None) -> None:
    """Add what comes to `pieces`; after the 21st something happens."""
    async with stream:
        async for chunk in stream:
            pieces.append(chunk.text)
            if len(pieces) == SEEN:
                then()


@pytest.mark.parametrize(("server", "name"), PAIRS)
async def test_a_stream_whose_server_was_killed_is_cut_paid_and_not_asked_again(
    mortal: Callable[[str], Running], tmp_path: Path, server: str, name: str
) -> None:
    """After 21 chunks: one attempt, a bill for what came, and no word of an answer that never began."""
    running = mortal(server)
    prompt, model, _, options = ASKED[server]
    pieces: list[str] = []
    async with opened(NAMES[name], running.url, tmp_path / "home", models=(model,)) as router:
        with pytest.raises(ProviderError) as caught:
            await hear(router.stream(prompt, model=model, **options), pieces, running.kill)
        call = (await router.calls())[0]

    error, settled = caught.value, call.settlement
    assert len(pieces) >= SEEN
    assert "".join(pieces)
    assert isinstance(error, CUT)
    assert error.maybe_billed
    assert "before any answer" not in str(error)
    assert settled is not None
    assert [attempt.state for attempt in settled.attempts] == [AttemptState.FAILED]
    assert [(attempt.cost.usd or 0) > 0 for attempt in settled.attempts] == [True]


@pytest.mark.parametrize("name", NAMES)
async def test_a_stream_that_the_server_leaves_is_not_finished_by_another_model(
    aimock: Running, tmp_path: Path, name: str
) -> None:
    """Half an answer of one model and half of another would be nobody's; the spare is not asked."""
    spare = {"uses": NAMES[name].provider, **NAMES[name].table(aimock.url)}
    tables = {
        "providers": {NAMES[name].provider: NAMES[name].table(aimock.url), "spare": spare},
        "pricing_sources": {"contract": {"prices": {f"{NAMES[name].provider}/lamp": PRICE}}},
    }
    pieces: list[str] = []
    async with opened(NAMES[name], aimock.url, tmp_path, models=("lamp",), **tables) as router:
        with pytest.raises(ProviderError) as caught:
            await hear(router.stream("Be torn."), pieces)
        call = (await router.calls())[0]
        candidates = (await router.catalog()).candidates

    text = "".join(pieces)
    assert len(candidates) == 2
    assert text
    assert text == ("word " * 40)[: len(text)]
    assert isinstance(caught.value, CUT)
    assert call.settlement is not None
    assert len(call.settlement.attempts) == 1


@pytest.mark.parametrize("name", ["compatible", "openai", "responses", "anthropic"])
async def test_an_error_in_the_middle_of_a_relayed_stream_is_shown(
    litellm: Running, tmp_path: Path, name: str
) -> None:
    """LiteLLM says in an event that its own upstream left; half an answer is no whole one."""
    pieces: list[str] = []
    async with opened(NAMES[name], litellm.url, tmp_path, models=("relayed",)) as router:
        with pytest.raises(ProviderError) as caught:
            await hear(router.stream("Be torn.", model="relayed"), pieces)

    assert "".join(pieces)
    assert isinstance(caught.value, (*CUT, ServerError))
    assert caught.value.maybe_billed
