"""The kit for ledgers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pointsman.protocols import Ledger
from pointsman.testing.standard import StandardTests
from pointsman.types import Attempt, CallState, Cost, Reservation, Settlement, Usage

BEGAN = datetime(2024, 5, 31, 23, 30, tzinfo=UTC)


def reservation(number: int, **fields: object) -> Reservation:
    """The `number`th call, half an hour after the one before."""
    values = {"provider": "acme", "model": "large", "task": "kit", "estimate": Decimal("0.5"), **fields}
    return Reservation(f"call-{number}", BEGAN + number * timedelta(minutes=30), **values)  # type: ignore[arg-type]  # of a test


def settlement(number: int, state: CallState = CallState.SETTLED, usd: str | None = "0.1") -> Settlement:
    """How the `number`th call ended."""
    ok = state is CallState.SETTLED
    return Settlement(
        id=f"call-{number}",
        state=state,
        provider="acme",
        model="large",
        response_model="large-2024",
        usage=Usage(input_tokens=10, output_tokens=5) if ok else Usage(),
        cost=Cost(None if usd is None else Decimal(usd), "kit" if usd else "unknown"),
        latency=0.25 if ok else None,
        duration=1.5,
        attempts=(Attempt("acme", "large", ok, "" if ok else "PM-SERVER", 1.5),),
        error="" if ok else "PM-SERVER",
    )


class LedgerTests(StandardTests):
    """What every ledger must do. Supply `make_ledger`: every call makes a ledger over the same data."""

    @pytest.fixture
    def make_ledger(self) -> Callable[[], Ledger]:
        """Makes a ledger that is not open yet."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `make_ledger`")

    @pytest.fixture
    async def ledger(self, make_ledger: Callable[[], Ledger]) -> AsyncIterator[Ledger]:
        """An open, empty ledger."""
        made = make_ledger()
        await made.open()
        yield made
        await made.close()

    async def test_is_a_ledger(self, make_ledger: Callable[[], Ledger]) -> None:
        """It has the shape of the port."""
        assert isinstance(make_ledger(), Ledger)

    async def test_nothing_recorded(self, ledger: Ledger) -> None:
        """An empty ledger has no calls and no sums."""
        assert (list(await ledger.calls()), list(await ledger.usage(["day"]))) == ([], [])

    async def test_a_reservation_is_kept(self, ledger: Ledger) -> None:
        """What was reserved is there at once, unchanged."""
        await ledger.reserve(reservation(1))
        (call,) = await ledger.calls()

        assert (call.reservation, call.state, call.settlement) == (reservation(1), CallState.RESERVED, None)

    @pytest.mark.parametrize("state", [CallState.SETTLED, CallState.FAILED, CallState.CANCELLED])
    async def test_a_settlement_is_kept(self, ledger: Ledger, state: CallState) -> None:
        """How a call ended is there at once, unchanged, money exact."""
        ended = settlement(1, state, "0.1000000000000000055")
        await ledger.reserve(reservation(1))
        await ledger.settle(ended)
        (call,) = await ledger.calls()

        assert (call.reservation, call.state, call.settlement) == (reservation(1), state, ended)

    async def test_settling_twice_keeps_the_first(self, ledger: Ledger) -> None:
        """A second settlement changes nothing and is no error."""
        await ledger.reserve(reservation(1))
        await ledger.settle(settlement(1))
        await ledger.settle(settlement(1, CallState.FAILED, None))
        (call,) = await ledger.calls()

        assert call.settlement == settlement(1)

    async def test_the_newest_come_first(self, ledger: Ledger) -> None:
        """As many calls as asked for, newest first."""
        for number in (1, 2, 3):
            await ledger.reserve(reservation(number))

        assert [call.reservation.id for call in await ledger.calls(2)] == ["call-3", "call-2"]

    async def test_sums_are_exact(self, ledger: Ledger) -> None:
        """Ten dimes are a dollar; unknown costs are counted, not summed as 0."""
        for number in range(10):
            await ledger.reserve(reservation(number))
            await ledger.settle(settlement(number))
        await ledger.reserve(reservation(10))
        await ledger.settle(settlement(10, usd=None))
        await ledger.reserve(reservation(11))
        await ledger.settle(settlement(11, CallState.FAILED, None))
        (row,) = await ledger.usage(["provider"])

        assert (row.group, row.calls, row.answered, row.failed) == (("acme",), 12, 11, 1)
        assert (row.usd, row.unpriced) == (Decimal("1.0"), 1)
        assert (row.input_tokens, row.output_tokens) == (110, 55)

    async def test_groups_and_periods(self, ledger: Ledger) -> None:
        """Days are UTC days; a period includes its beginning and excludes its end."""
        for number in range(4):
            await ledger.reserve(reservation(number, tag="odd" if number % 2 else "even"))
            await ledger.settle(settlement(number))
        days = {row.group: row.calls for row in await ledger.usage(["day"])}
        months = {row.group: row.calls for row in await ledger.usage(["month", "tag"])}
        june = await ledger.usage(["model"], since="2024-06-01", until="2024-06-01T01:00:00")

        assert days == {("2024-05-31",): 1, ("2024-06-01",): 3}
        assert months == {("2024-05", "even"): 1, ("2024-06", "even"): 1, ("2024-06", "odd"): 2}
        assert [row.calls for row in june] == [2]

    async def test_what_was_recorded_outlives_the_store(
        self, ledger: Ledger, make_ledger: Callable[[], Ledger]
    ) -> None:
        """A ledger opened later over the same data knows the call."""
        await ledger.reserve(reservation(1))
        await ledger.settle(settlement(1))
        await ledger.close()
        later = make_ledger()
        await later.open()
        (call,) = await later.calls()
        await later.close()

        assert call.settlement == settlement(1)

    async def test_many_at_once(self, ledger: Ledger) -> None:
        """A hundred calls at the same time are a hundred rows."""

        async def one(number: int) -> None:
            await ledger.reserve(reservation(number))
            await ledger.settle(settlement(number))

        await asyncio.gather(*(one(number) for number in range(100)))
        (row,) = await ledger.usage(["task"])

        assert (row.calls, row.answered, row.usd) == (100, 100, Decimal(10))
