"""calls, usage: what the ledger knows, for people and machines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from attrs import evolve
from pointsman.cli.calls import report
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.testing import OpenAIUpstream, Reply
from pointsman.types import Attempt, AttemptState, Call, CallState, Cost, Reservation, Settlement, Usage
from rich.console import Console

from tests.cli.conftest import Program, tsv

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
FAILED = Attempt(
    provider="first",
    model="large",
    state=AttemptState.FAILED,
    at=AT + timedelta(milliseconds=10),
    duration=1.25,
    error="PM-SERVER",
    detail="it broke",
    maybe_billed=True,
    key=1,
    cost=Cost(None, "unknown"),
)
ANSWERED = Attempt(
    provider="second",
    model="small",
    state=AttemptState.ACCEPTED,
    at=AT + timedelta(seconds=1.5),
    duration=0.5,
    first_token=0.01,
    response_model="small-1",
    usage=Usage(1_000, 20, 300, service_tier="flex"),
    cost=Cost(Decimal("0.00042"), "list"),
    step=1,
)
CALL = Call(
    Reservation("abcdef0123", AT, "first", "large", "summaries", estimate=Decimal("0.01"), tags=("web",)),
    CallState.SETTLED,
    Settlement("abcdef0123", CallState.SETTLED, (FAILED, ANSWERED), 2.0, 1.51),
)
OPEN = Call(evolve(CALL.reservation, id="abcdef9999", task=""), CallState.RESERVED, None)


@pytest.fixture
def recorded(program: Program) -> Program:
    """The program with a ledger of its own that knows two calls."""

    async def fill() -> None:
        ledger = SqliteLedger(SqliteConfig(home=str(program.home)))
        await ledger.open()
        for call in (CALL, OPEN):
            await ledger.reserve(call.reservation)
            if call.settlement:
                await ledger.settle(call.settlement)
        await ledger.close()

    asyncio.run(fill())
    return program


def drawn(calls: Sequence[Call], width: int = 110, *, alone: bool = False) -> str:
    """What a terminal of this width shows."""
    screen = StringIO()
    report(calls, alone=alone).draw(Console(file=screen, width=width))
    return screen.getvalue()


def test_the_newest_calls(recorded: Program) -> None:
    """Newest first, each with who answered and how many attempts that took."""
    rows = tsv(recorded("calls").stdout)
    shown = ("id", "task", "first_choice", "answered_by", "state", "attempts", "usd", "duration_seconds")

    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("abcdef9999", "", "first/large", "", "unsettled", "0", "", ""),
        ("abcdef0123", "summaries", "first/large", "second/small", "settled", "2", "0.00042", "2"),
    ]
    assert len(tsv(recorded("calls", "-n", "1").stdout)) == 1


def test_every_attempt_of_a_call(recorded: Program) -> None:
    """By the beginning of its id: who was asked, with which key, what came of it, each by its own clock."""
    rows = tsv(recorded("calls", "abcdef0").stdout)
    shown = (
        "number", "provider", "model", "key", "step", "state", "error", "detail", "start_seconds",
        "first_token_seconds", "duration_seconds", "input_tokens", "usd", "usd_source", "maybe_billed",
    )  # fmt: skip

    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("1", "first", "large", "2", "1", "failed", "PM-SERVER", "it broke", "0.01", "", "1.25", "", "",
         "unknown", "true"),
        ("2", "second", "small", "1", "2", "accepted", "", "", "1.5", "0.01", "0.5", "1000", "0.00042",
         "list", "false"),
    ]  # fmt: skip


def test_a_call_as_a_document(recorded: Program) -> None:
    """Everything the ledger keeps of it."""
    (printed,) = recorded.json("calls", "abcdef0123")["calls"]
    usage = printed["attempts"][1]["usage"]

    assert (printed["id"], printed["tags"], printed["estimate_usd"]) == ("abcdef0123", ["web"], "0.01")
    assert (printed["usd"], printed["usd_source"], printed["usd_estimated"]) == ("0.00042", "list", True)
    assert (usage["cache_read_input_tokens"], usage["service_tier"], usage["cost"]) == (300, "flex", None)


@pytest.mark.parametrize(
    ("name", "message"),
    [("nosuch", "unknown call 'nosuch'"), ("abcdef", "several calls have an id that begins with 'abcdef'")],
)
def test_a_call_that_is_not_clear(recorded: Program, name: str, message: str) -> None:
    """Unknown, or ambiguous by the part of its id that was given."""
    result = recorded("calls", name)

    assert (result.exit_code, message in result.stderr) == (2, True)


def test_a_provider_that_fails_is_in_the_ledger(world: Program, provider: OpenAIUpstream) -> None:
    """A real call whose first choice fails: the attempt stands there, and its failure where it happened."""
    asked = ["ask", "hi", "--strategy", "cheapest"]
    first = world.json(*asked)["model"]
    provider.models[first].fault = Reply.json({"error": {"message": "overloaded"}}, 503)
    reply = world.json(*asked)
    attempts = world.json("calls", reply["call_id"])["calls"][0]["attempts"]
    rows = {row["model"]: row for row in world.json("usage", "--by", "model")["rows"]}

    assert [(each["model"], each["state"]) for each in attempts] == [
        *[(first, "failed")] * (len(attempts) - 1),
        (reply["model"], "accepted"),
    ]
    assert (attempts[0]["error"], "overloaded" in attempts[0]["detail"]) == ("PM-OVERLOADED", True)
    assert (rows[first]["answered"], rows[first]["failed"]) == (1, len(attempts) - 1)
    assert sum(Decimal(each["usd"]) for each in attempts if each["usd"]) == Decimal(reply["cost"]["usd"])


def test_a_terminal_shows_calls_and_attempts() -> None:
    """The list in eighty columns; the one call with what was charged, and what may have been."""
    listed, one = drawn([OPEN, CALL], 80), drawn([CALL], alone=True)

    assert all(len(line) <= 80 for line in listed.splitlines())
    assert "abcdef01 " in listed
    assert "second/small" in listed
    for text in ("Call abcdef0123", "first token after", "1.51 s", "PM-SERVER it broke", "~$0.00042 (list)"):
        assert text in one
    assert "attempt 1 failed, and may have been charged for" in one


def test_nothing_from_outside_reaches_the_terminal_raw() -> None:
    """Neither a provider's message nor a label moves the cursor, colours or speaks rich's markup."""
    evil = "\x1b[2J[red]\u202e"
    attempt = evolve(FAILED, detail=evil, response_model=evil, model=evil)
    reservation = evolve(CALL.reservation, task=evil, tags=(evil,), user=evil, model=evil)
    assert CALL.settlement is not None
    call = evolve(
        CALL, reservation=reservation, settlement=evolve(CALL.settlement, attempts=(attempt,), error=evil)
    )
    text = drawn([call]) + drawn([call], alone=True)
    machine = report([call], alone=False).tsv() + report([call], alone=True).tsv()

    assert not {"\x1b", "\u202e"} & {*text, *machine}
    assert "[2J[red]" in text


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (OPEN, "nothing is known of its attempts yet"),
        (
            evolve(CALL, settlement=Settlement("abcdef0123", CallState.CANCELLED, (), 0.1)),
            "nothing was sent",
        ),
    ],
)
def test_a_call_without_attempts(call: Call, said: str) -> None:
    """Its end is unknown, or it ended before anything went out."""
    assert said in drawn([call], alone=True)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("task", [("", 1, 0, 0, 0), ("summaries", 1, 2, 1, 0)]),
        ("model", [("large", 2, 1, 0, 1), ("small", 1, 1, 1, 0)]),
    ],
)
def test_usage_counts_attempts_where_they_happened(
    recorded: Program, by: str, expected: list[tuple[Any, ...]]
) -> None:
    """Grouped by model a failure stands where it happened; the total is of calls, each once."""
    printed = recorded.json("usage", "--by", by)
    shown = (by, "calls", "attempts", "answered", "failed")

    assert [tuple(row[name] for name in shown) for row in printed["rows"]] == expected
    assert (printed["total"]["calls"], printed["total"]["attempts"]) == (2, 2)
    assert printed["total"]["usd"] == "0.00042"
