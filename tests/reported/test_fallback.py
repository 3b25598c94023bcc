"""Reported cases of refusals: what real users met elsewhere, and who is asked next."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from pointsman.testing import Pieces, Reply
from pointsman.testing.questions import ask

from tests.reported.desk import PROVIDERS, desk, read, refused

pytestmark = [pytest.mark.anyio, pytest.mark.shared]
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
FIRST = ["openai", "responses", "anthropic", "groq"]


@WAYS
@pytest.mark.parametrize("name", PROVIDERS)
async def test_too_long_is_known_in_any_words(shared_data: Path, name: str, *, stream: bool) -> None:
    """10: of whichever provider."""
    found = {}
    for kind, (status, body) in read(shared_data, "10")["refusals"].items():
        error = await refused(name, ask(), Pieces((orjson.dumps(body),), status), stream=stream)
        found[kind] = error.code

    assert {kind: code for kind, code in found.items() if code != "PM-CONTEXT-WINDOW"} == {}


@WAYS
@pytest.mark.parametrize("first", FIRST)
async def test_too_long_is_asked_elsewhere(
    shared_data: Path, tmp_path: Path, first: str, *, stream: bool
) -> None:
    """10: the second model answers."""
    async with desk(tmp_path, first, "openai-compatible") as at:
        for kind, (status, body) in read(shared_data, "10")["refusals"].items():
            at.models[first].fault = Reply.json(body, status)
            got = await at.ask("Moin", stream=stream)
            assert (kind, got.provider, got.attempts) == (kind, "openai-compatible", 2)


@WAYS
@pytest.mark.parametrize("first", FIRST)
async def test_a_wait_of_nothing_is_no_reason_to_ask_again(
    shared_data: Path, tmp_path: Path, first: str, *, stream: bool
) -> None:
    """21: the next model, at once."""
    for kind, (status, headers) in read(shared_data, "21")["refusals"].items():
        async with desk(tmp_path / kind, first, "openai-compatible") as at:
            at.models[first].fault = Reply.json({"error": {"message": "no"}}, status, headers)
            got = await at.ask("Moin", stream=stream)
            assert (kind, got.provider, at.asked[first]) == (kind, "openai-compatible", 1)


@pytest.mark.parametrize("first", FIRST)
async def test_keys_as_they_are_copied(shared_data: Path, tmp_path: Path, first: str) -> None:
    """22: trimmed."""
    case = read(shared_data, "22")
    for kind, key in case["keys"].items():
        async with desk(tmp_path / kind, first, key=key) as at:
            await at.ask("Moin")
            sent = at.servers[first].requests[-1].headers
            assert (kind, sent.get("x-api-key") or sent["authorization"].removeprefix("Bearer ")) == (
                kind,
                case["sent"],
            )


@WAYS
@pytest.mark.parametrize("first", FIRST)
async def test_a_parameter_one_model_refuses_is_asked_elsewhere(
    shared_data: Path, tmp_path: Path, first: str, *, stream: bool
) -> None:
    """30: or left out, where the caller says so."""
    async with desk(tmp_path, first, "openai-compatible") as at:
        for kind, (options, body) in read(shared_data, "30")["refusals"].items():
            at.models[first].fault = Reply.json(body, 400)
            got = await at.ask("Moin", stream=stream, **options)
            assert (kind, got.provider, got.attempts) == (kind, "openai-compatible", 2)


@WAYS
@pytest.mark.parametrize("first", FIRST)
async def test_unknown_windows_are_no_smaller(
    shared_data: Path, tmp_path: Path, first: str, *, stream: bool
) -> None:
    """43: the second of a pinned list is asked."""
    async with desk(tmp_path, first, "openai-compatible") as at:
        at.models[first].fault = Reply.json(read(shared_data, "43")["refusal"], 400)
        got = await at.ask("Moin", stream=stream)

    assert (got.provider, at.asked) == ("openai-compatible", {first: 1, "openai-compatible": 1})
