"""What the ledger adds up: every call and every attempt once, every digit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pointsman.errors import RequestError, UnknownNameError
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.money.sums import KEPT
from pointsman.types import AttemptState, Call, CallState, Cost, Settlement, Usage, UsageRow
from pointsman.types.ledger import GROUPS

from tests.testing.tiny_ledger import summed

from .ledger_values import ANSWERED, AT, FAILED, answered, reservation, settlement

pytestmark = pytest.mark.anyio

BY = [[*period, *columns] for columns in KEPT for period in ([], ["day"], ["month"])]
MIXED = [["provider", "model", name] for name in GROUPS if name not in {"provider", "model"}]
ENDED = (CallState.SETTLED, CallState.FAILED, CallState.CANCELLED)


async def test_usage_adds_up(ledger: SqliteLedger) -> None:
    """Every state counts once, unknown costs and possible ones are separate."""
    for name in "abcdef":
        await ledger.reserve(reservation(name))
    late = evolve(answered(None)[0], first_token=0.375)
    await ledger.settle(settlement("a"))
    await ledger.settle(settlement("b", attempts=(late,)))
    await ledger.settle(settlement("c", state=CallState.FAILED, attempts=(FAILED,)))
    await ledger.settle(settlement("d", state=CallState.CANCELLED, attempts=()))
    expected = UsageRow(
        (), 6, 4, 2, 1, 1, 2, 200, 40, Decimal("0.0000012"), 1, Decimal("0.02"), latency=0.25
    )  # fmt: skip

    assert [expected] == await ledger.usage([])


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["day"], [("2026-03-04", 2), ("2026-03-05", 1)]),
        (["month"], [("2026-03", 3)]),
        (["provider"], [("first", 3), ("second", 2)]),
        (["model", "state"], [("big", "reserved", 1), ("big", "settled", 2), ("small", "settled", 2)]),
        (["task", "tag"], [("chat", "team", 1), ("summaries", "team", 2)]),
    ],
)
async def test_usage_by_group(
    ledger: SqliteLedger, by: Sequence[str], expected: list[tuple[object, ...]]
) -> None:
    """A call counts for everybody who was asked; groups are sorted."""
    for name in "abc":
        at = AT + timedelta(days=name == "c")
        await ledger.reserve(reservation(name, at=at, task="chat" if name == "a" else "summaries"))
    await ledger.settle(settlement("a"))
    await ledger.settle(settlement("b"))

    assert expected == [(*row.group, row.calls) for row in await ledger.usage(by)]


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("", "", 1),
        ("2026-03-04", "2026-03-05", 1),
        ("2026-03-05", "", 0),
        ("", "2026-03-04", 0),
        ("2026-03-04T05:06:07.890123", "", 1),
        ("2026-03-04T05:06:07.890124", "", 0),
        ("", "2026-03-04T05:06:07.890123Z", 0),
        ("2026-03-04T05:00", "2026-03-04T06:00", 1),
        ("2026-03-04T06:00", "2026-03-04T05:00", 0),
        ("2026-03-04T07:06:07.890123+02:00", "", 1),
        ("9999-12-31T23:00", "", 0),
    ],
)
async def test_usage_between(
    ledger: SqliteLedger, since: str, until: str, expected: int, *, ended: bool
) -> None:
    """From inclusive, to exclusive, in any zone, whether a call has ended or not."""
    await ledger.reserve(reservation("a"))
    if ended:
        await ledger.settle(settlement("a"))
    (row,) = await ledger.usage([], since=since, until=until)

    assert expected == row.calls


async def test_usage_says_what_it_does_not_understand(ledger: SqliteLedger) -> None:
    """A wrong column or date names the nearest, or the parameter."""
    with pytest.raises(UnknownNameError, match="did you mean 'provider'"):
        await ledger.usage(["provder"])
    with pytest.raises(RequestError, match="since='yesterday'"):
        await ledger.usage([], since="yesterday")

    assert await ledger.usage(["day"]) == []


async def test_what_was_given_up_too_early_is_moved(ledger: SqliteLedger, path: Path) -> None:
    """A call that ends after all leaves the unsettled and is in the sums, once."""
    await ledger.reserve(reservation("a"))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE calls SET state = 'unsettled'")
    connection.close()
    before = [(row.group, row.calls, row.unsettled) for row in await ledger.usage(["state"])]
    await ledger.settle(settlement("a"))
    after = [(row.group, row.calls, row.unsettled) for row in await ledger.usage(["state"])]

    assert (before, after) == ([(("unsettled",), 1, 1)], [(("settled",), 1, 0)])


@pytest.mark.parametrize("by", [[name] for name in GROUPS] + [["provider", "model"], ["task", "model"]])
async def test_a_day_that_is_cut_adds_up_like_a_whole_one(ledger: SqliteLedger, by: list[str]) -> None:
    """Sums kept beside the calls and sums of the calls are the same; the plainest way to add up agrees."""
    who = [("p", "m"), ("p", "m"), ("p", "n"), ("q", "m"), ("q", "n"), ("q", "n")]
    ends = [AttemptState.FAILED, AttemptState.CANCELLED, *AttemptState][: len(who)]
    asked = [
        evolve(ANSWERED, provider=provider, model=model, state=state)
        for (provider, model), state in zip(who, ends, strict=True)
    ]
    made = [
        Call(reservation(name, tags=tags), CallState.SETTLED, settlement(name, attempts=attempts))
        for name, tags, attempts in (
            ("a", ("x", "y"), asked),
            ("b", (), asked[::-1]),
            ("c", ("x",), asked[2:]),
            ("d", ("x",), ()),
        )
    ]
    for call in made:
        await ledger.reserve(call.reservation)
        await ledger.settle(call.settlement or settlement(""))
    whole, cut = await ledger.usage(by), await ledger.usage(by, since="2026-03-04T05:00")

    assert whole == cut == summed(made, by, "", "")


def days(count: int) -> st.SearchStrategy[datetime]:
    """Times at which periods and calls like to meet: hours of a few days."""
    start = datetime(2026, 2, 27, tzinfo=UTC)
    return st.integers(0, 24 * count).map(lambda hours: start + timedelta(hours=hours))


ATTEMPTS = st.builds(
    evolve,
    st.sampled_from([ANSWERED, FAILED]),
    provider=st.sampled_from("pq"),
    model=st.sampled_from("mn"),
    state=st.sampled_from(AttemptState),
    first_token=st.none() | st.sampled_from([0.25, 0.5, 4.0]),
    usage=st.builds(Usage, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    cost=st.builds(
        Cost,
        st.none() | st.sampled_from(list(map(Decimal, ("0", "1E-12", "3E-15", "0.7", "1E7")))),
        st.just("list"),
    ),
)
CALLS = st.builds(
    lambda number, state, attempts, fields: Call(
        reservation(str(number), **fields),
        state,
        Settlement(str(number), state, attempts, 1.0) if state in ENDED else None,
    ),
    st.uuids(),
    st.sampled_from([*ENDED, CallState.RESERVED]),
    st.lists(ATTEMPTS, max_size=4),
    st.fixed_dictionaries(
        {
            "at": days(4),
            "task": st.sampled_from(["", "t"]),
            "tags": st.lists(st.sampled_from("abc"), max_size=3),
            "user": st.sampled_from(["", "u"]),
            "key": st.sampled_from(["", "k"]),
        }
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    calls=st.lists(CALLS, max_size=12),
    by=st.sampled_from([[], ["day"], *BY, *MIXED])
    | st.lists(st.sampled_from(GROUPS), max_size=4, unique=True),
    since=days(4) | st.none(),
    until=days(4) | st.none(),
)
def test_the_sums_are_those_of_the_calls(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Call],
    by: list[str],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Whatever is asked, what is kept beside the calls says what adding up every call says."""
    period = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}

    async def report() -> Sequence[UsageRow]:
        ledger = SqliteLedger(SqliteConfig(str(tmp_path_factory.mktemp("sums") / "ledger")))
        await ledger.open()
        await asyncio.gather(*(ledger.reserve(call.reservation) for call in calls))
        await asyncio.gather(*(ledger.settle(call.settlement) for call in calls if call.settlement))
        found = await ledger.usage(by, **period)
        await ledger.close()
        return found

    assert asyncio.run(report()) == summed(calls, by, **period)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    amounts=st.lists(
        st.decimals(min_value=0, max_value=10**7, places=9)
        | st.decimals(min_value=0, max_value=1, places=26)
        | st.none(),
        min_size=1,
        max_size=20,
    )
)
def test_sums_are_exact(tmp_path_factory: pytest.TempPathFactory, amounts: list[Decimal | None]) -> None:
    """SQL adds up what Python adds up, to the last digit, settled and unsettled alike."""

    async def total() -> Sequence[UsageRow]:
        ledger = SqliteLedger(SqliteConfig(str(tmp_path_factory.mktemp("sums") / "ledger")))
        await ledger.open()
        for number, usd in enumerate(amounts):
            await ledger.reserve(reservation(f"open {number}", estimate=usd))
            await ledger.reserve(reservation(f"ended {number}"))
            await ledger.settle(settlement(f"ended {number}", attempts=answered(usd)))
        found = await ledger.usage([])
        await ledger.close()
        return found

    expected = sum((Fraction(usd) for usd in amounts if usd is not None), Fraction(0))
    (row,) = asyncio.run(total())

    assert (expected, expected, amounts.count(None)) == (
        Fraction(row.usd),
        Fraction(row.unsettled_usd),
        row.unpriced,
    )
