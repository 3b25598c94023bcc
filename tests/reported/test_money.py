"""Reported cases of what a call costs: what real users met elsewhere, and what is right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pointsman import Cost, Price, Rates
from pointsman.money.cost import cost
from pointsman.testing import Reply
from pointsman.testing.questions import ask
from pointsman_genai_prices import read as read_list

from tests.reported.desk import SPEAKERS, asked, delta, desk, read, sse, whole

pytestmark = [pytest.mark.anyio, pytest.mark.shared]
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def _message(start: Any, end: Any) -> Reply:
    """A stream of Anthropic's, with a usage at either end."""
    text = {"type": "text_delta", "text": "Moin"}
    return Reply.sse(
        [
            {"type": "message_start", "message": {"model": "anthropic-m", "usage": start}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": text},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": end},
            {"type": "message_stop"},
        ],
        done=None,
    )


def _whole_message(usage: Any) -> Reply:
    text = {"type": "text", "text": "Moin"}
    return Reply.json(
        {
            "type": "message",
            "model": "anthropic-m",
            "content": [text],
            "stop_reason": "end_turn",
            "usage": usage,
        }
    )


@WAYS
async def test_a_place_that_costs_more_is_charged(shared_data: Path, tmp_path: Path, *, stream: bool) -> None:
    """08: 1.1 times, or marked estimated."""
    case = read(shared_data, "08")
    prices = {"anthropic/anthropic-m": case["prices"]["anthropic/c"]}
    async with desk(tmp_path, "anthropic", prices=prices) as at:
        usage = case["usage"]
        start = {**usage, "output_tokens": 1}
        at.models["anthropic"].fault = (
            _message(start, {"output_tokens": usage["output_tokens"]}) if stream else _whole_message(usage)
        )
        got = await at.ask("Moin", stream=stream)

    assert got.cost is not None
    assert got.cost.usd == Decimal(case["want"]) or got.cost.estimated


@WAYS
@pytest.mark.parametrize("name", SPEAKERS)
async def test_caches_under_the_names_of_gateways_are_charged(
    shared_data: Path, name: str, *, stream: bool
) -> None:
    """28: what was read and what was stored."""
    case = read(shared_data, "28")
    stated: dict[str, Any] = {kind: Decimal(str(rate)) for kind, rate in case["prices"]["lab/c"].items()}
    rates = Rates(**stated)
    price = Price(rates, "test", datetime(2026, 1, 1, tzinfo=UTC))
    found = {}
    for kind, (usage, _) in case["usages"].items():
        body = {**whole(content="Moin"), "usage": usage}
        last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage}
        answer: Any = sse(delta(content="Moin"), last) if stream else body
        got = await asked(name, ask(), answer, stream=stream)
        found[kind] = cost(got.usage, price)

    assert found == {kind: Cost(Decimal(want), "test") for kind, (_, want) in case["usages"].items()}


async def test_zeros_at_the_end_do_not_undo_what_was_counted(shared_data: Path, tmp_path: Path) -> None:
    """32: whichever end tells it."""
    case = read(shared_data, "32")
    prices = {"anthropic/anthropic-m": case["prices"]["anthropic/c"]}
    found = {}
    async with desk(tmp_path, "anthropic", prices=prices) as at:
        for kind, (start, end, _) in case["streams"].items():
            at.models["anthropic"].fault = _message(start, end)
            got = await at.ask("Moin", stream=True)
            found[kind] = got.cost and got.cost.usd

    assert found == {kind: Decimal(want) for kind, (_, _, want) in case["streams"].items()}


def test_of_prices_by_the_hour_the_dearest_is_taken(shared_data: Path) -> None:
    """44: in whichever order, and the cost says that it may be less."""
    at = datetime(2026, 8, 23, tzinfo=UTC)
    found = {}
    exact = json.loads(json.dumps(read(shared_data, "44")["lists"]), parse_float=Decimal)
    for kind, prices in exact.items():
        model = {"id": "m", "match": {"equals": "m"}, "prices": prices}
        (quote,) = read_list([{"id": "acme", "models": [model]}], at)
        found[kind] = (quote.rates.input, quote.rates.output, quote.hourly)

    assert set(found.values()) == {(Decimal("0.44"), Decimal("1.32"), True)}
