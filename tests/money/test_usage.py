"""What the ledger adds up: every call once, every digit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pointsman.errors import RequestError, UnknownNameError
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.types import CallState, Cost, Usage, UsageRow

from .ledger_values import AT, reservation, settlement

pytestmark = pytest.mark.anyio


async def test_usage_adds_up(ledger: SqliteLedger) -> None:
    """Every state counts once, unknown costs and possible ones are told apart."""
    for name in "abcdef":
        await ledger.reserve(reservation(name))
    await ledger.settle(settlement("a"))
    await ledger.settle(settlement("b", cost=Cost(None, "unknown"), latency=0.375))
    await ledger.settle(settlement("c", state=CallState.FAILED, cost=Cost(None, "unknown"), latency=None))
    await ledger.settle(settlement("d", state=CallState.CANCELLED, usage=Usage(), latency=None))
    expected = UsageRow(
        (), 6, 2, 1, 1, 2, 300, 60, Decimal("0.0000024"), 1, Decimal("0.02"), latency=0.25
    )  # fmt: skip

    assert [expected] == await ledger.usage([])


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["day"], [("2026-03-04", 2), ("2026-03-05", 1)]),
        (["month"], [("2026-03", 3)]),
        (["provider"], [("first", 1), ("second", 2)]),
        (["model", "state"], [("big", "reserved", 1), ("small", "settled", 2)]),
        (["task", "tag"], [("chat", "team", 1), ("summaries", "team", 2)]),
    ],
)
async def test_usage_by_group(
    ledger: SqliteLedger, by: Sequence[str], expected: list[tuple[object, ...]]
) -> None:
    """A call counts for whoever answered it; groups are sorted."""
    for name in "abc":
        at = AT + timedelta(days=name == "c")
        await ledger.reserve(reservation(name, at=at, task="chat" if name == "a" else "summaries"))
    await ledger.settle(settlement("a"))
    await ledger.settle(settlement("b"))

    assert expected == [(*row.group, row.calls) for row in await ledger.usage(by)]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("", "", 1),
        ("2026-03-04", "2026-03-05", 1),
        ("2026-03-05", "", 0),
        ("", "2026-03-04", 0),
        ("2026-03-04T05:06:07.890123", "", 1),
        ("", "2026-03-04T05:06:07.890123Z", 0),
        ("2026-03-04T07:06:07.890123+02:00", "", 1),
    ],
)
async def test_usage_between(ledger: SqliteLedger, since: str, until: str, expected: int) -> None:
    """From inclusive, to exclusive, in any zone."""
    await ledger.reserve(reservation("a"))
    (row,) = await ledger.usage([], since=since, until=until)

    assert expected == row.calls


async def test_usage_says_what_it_does_not_understand(ledger: SqliteLedger) -> None:
    """A wrong column or date names the nearest, or the parameter."""
    with pytest.raises(UnknownNameError, match="did you mean 'provider'"):
        await ledger.usage(["provder"])
    with pytest.raises(RequestError, match="since='yesterday'"):
        await ledger.usage([], since="yesterday")

    assert await ledger.usage(["day"]) == []


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

    async def total() -> tuple[UsageRow, ...]:
        ledger = SqliteLedger(SqliteConfig(str(tmp_path_factory.mktemp("sums") / "ledger")))
        await ledger.open()
        calls = {f"{kind}{number}": usd for kind in "ab" for number, usd in enumerate(amounts)}
        await asyncio.gather(
            *(ledger.reserve(reservation(name, estimate=usd)) for name, usd in calls.items())
        )
        ends = [
            settlement(name, cost=Cost(usd, "list")) for name, usd in calls.items() if name.startswith("a")
        ]
        await asyncio.gather(*(ledger.settle(end) for end in ends))
        found = tuple(await ledger.usage([]))
        await ledger.close()
        return found

    expected = sum((Fraction(usd) for usd in amounts if usd is not None), Fraction(0))
    (row,) = asyncio.run(total())

    assert (expected, expected, amounts.count(None)) == (
        Fraction(row.usd),
        Fraction(row.unsettled_usd),
        row.unpriced,
    )
