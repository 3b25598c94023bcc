"""The kit for ledgers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pointsman.errors import RequestError, UnknownNameError
from pointsman.protocols import Ledger
from pointsman.testing.filled import filled
from pointsman.testing.standard import StandardTests
from pointsman.types import Attempt, AttemptState, CallState, Cost, Reservation, Settlement, Usage

BEGAN = datetime(2024, 5, 31, 23, 30, tzinfo=UTC)


def reservation(number: int, **fields: object) -> Reservation:
    """The `number`th call, half an hour after the one before."""
    values = {"provider": "acme", "model": "large", "task": "kit", "estimate": Decimal("0.5"), **fields}
    return Reservation(f"call-{number}", BEGAN + number * timedelta(minutes=30), **values)  # type: ignore[arg-type]  # of a test


def answered(provider: str = "acme", model: str = "large", usd: str | None = "0.1") -> Attempt:
    """An attempt that gave the answer."""
    cost = Cost(None if usd is None else Decimal(usd), "kit" if usd else "unknown")
    usage = Usage(input_tokens=10, output_tokens=5)
    return Attempt(
        provider, model, AttemptState.ACCEPTED, BEGAN, 1.5, 0.25, response_model=model, usage=usage, cost=cost
    )


def failed(provider: str = "acme", model: str = "large") -> Attempt:
    """An attempt that failed and cost nothing."""
    return Attempt(provider, model, AttemptState.FAILED, BEGAN, 0.5, error="PM-SERVER", detail="it broke")


def settlement(number: int, *attempts: Attempt, state: CallState = CallState.SETTLED) -> Settlement:
    """How the `number`th call ended."""
    error = "" if state is CallState.SETTLED else "PM-SERVER"
    return Settlement(f"call-{number}", state, attempts or (answered(),), 2.5, 0.75, error)


async def record(ledger: Ledger, number: int, *attempts: Attempt, **fields: object) -> None:
    """One call from beginning to end; settled when an attempt was accepted."""
    ok = any(each.state is AttemptState.ACCEPTED for each in attempts or (answered(),))
    await ledger.reserve(reservation(number, **fields))
    await ledger.settle(settlement(number, *attempts, state=CallState.SETTLED if ok else CallState.FAILED))


async def counts(ledger: Ledger, by: Sequence[str]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Calls, attempts, answered, failed and unsettled of every group."""
    return {
        row.group: (row.calls, row.attempts, row.answered, row.failed, row.unsettled)
        for row in await ledger.usage(by)
    }


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
        """What was reserved is there at once, every field of it."""
        reserved = filled(Reservation)
        await ledger.reserve(reserved)
        (call,) = await ledger.calls()

        assert (call.reservation, call.state, call.settlement) == (reserved, CallState.RESERVED, None)

    @pytest.mark.parametrize("state", [CallState.SETTLED, CallState.FAILED, CallState.CANCELLED])
    async def test_a_settlement_is_kept(self, ledger: Ledger, state: CallState) -> None:
        """How a call ended is there at once: every field of every attempt, its usage and its cost, exact."""
        attempts = tuple(filled(Attempt, state=each) for each in AttemptState)
        ended = filled(Settlement, id="call-1", state=state, attempts=attempts)
        await ledger.reserve(reservation(1))
        await ledger.settle(ended)
        (call,) = await ledger.calls()

        assert (call.reservation, call.state, call.settlement) == (reservation(1), state, ended)

    async def test_unknown_stays_unknown(self, ledger: Ledger) -> None:
        """None comes back as None: it is neither 0 nor empty."""
        attempt = Attempt("acme", "large", AttemptState.CANCELLED, BEGAN, 0.5, cost=Cost(None, "unknown"))
        ended = Settlement("call-1", CallState.CANCELLED, (attempt,), 0.5)
        await ledger.reserve(reservation(1, estimate=None))
        await ledger.settle(ended)
        (call,) = await ledger.calls()

        assert (call.reservation, call.settlement) == (reservation(1, estimate=None), ended)

    async def test_settling_twice_keeps_the_first(self, ledger: Ledger) -> None:
        """A second settlement changes nothing, in no sum either, and is no error."""
        await ledger.reserve(reservation(1))
        await ledger.settle(settlement(1))
        await ledger.settle(settlement(1, failed(), state=CallState.FAILED))
        (call,) = await ledger.calls()

        assert call.settlement == settlement(1)
        assert await counts(ledger, ()) == {(): (1, 1, 1, 0, 0)}

    async def test_the_newest_come_first(self, ledger: Ledger) -> None:
        """As many calls as asked for, newest first."""
        for number in (1, 2, 3):
            await ledger.reserve(reservation(number))

        assert [call.reservation.id for call in await ledger.calls(2)] == ["call-3", "call-2"]

    async def test_a_call_by_its_id(self, ledger: Ledger) -> None:
        """The whole id, or the beginning of exactly one; None without one, an error when it is not clear."""
        for number in (1, 10, 20, 21):
            await record(ledger, number)
        names = ("call-1", "call-10", "call-20", "call-3", "call-", "")
        found = [await ledger.call(name) for name in names]
        with pytest.raises(RequestError, match="several calls"):
            await ledger.call("call-2")

        assert [call and call.reservation.id for call in found] == [*names[:3], None, None, None]
        assert found[0] is not None
        assert found[0].settlement == settlement(1)

    async def test_sums_are_exact(self, ledger: Ledger) -> None:
        """Ten dimes are a dollar; unknown costs are counted, not summed as 0."""
        for number in range(10):
            await record(ledger, number)
        await record(ledger, 10, answered(usd=None))
        await record(ledger, 11, failed())
        (row,) = await ledger.usage(["provider"])

        assert (row.group, row.calls, row.answered, row.failed) == (("acme",), 12, 11, 1)
        assert (row.usd, row.unpriced) == (Decimal("1.0"), 1)
        assert (row.input_tokens, row.output_tokens, row.latency) == (110, 55, 0.25)

    async def test_attempts_count_where_they_happened(self, ledger: Ledger) -> None:
        """Grouped by who was asked, every attempt is seen; grouped otherwise, a call is one call."""
        await record(ledger, 1, failed(), failed(), failed(), answered("acme", "small"))
        await record(ledger, 2, failed(), answered("other", "small"))
        await record(ledger, 3)

        assert await counts(ledger, ["provider"]) == {("acme",): (3, 6, 2, 4, 0), ("other",): (1, 1, 1, 0, 0)}
        assert await counts(ledger, ["model"]) == {("large",): (3, 5, 1, 4, 0), ("small",): (2, 2, 2, 0, 0)}
        assert await counts(ledger, ["provider", "model", "task"]) == {
            ("acme", "large", "kit"): (3, 5, 1, 4, 0),
            ("acme", "small", "kit"): (1, 1, 1, 0, 0),
            ("other", "small", "kit"): (1, 1, 1, 0, 0),
        }
        assert await counts(ledger, ["task"]) == {("kit",): (3, 7, 3, 0, 0)}
        assert await counts(ledger, ()) == {(): (3, 7, 3, 0, 0)}

    async def test_calls_without_attempts(self, ledger: Ledger) -> None:
        """One under way stands under its first choice; one that ended with nothing sent, under nobody."""
        await ledger.reserve(reservation(1))
        await ledger.reserve(reservation(2))
        await ledger.settle(Settlement("call-2", CallState.CANCELLED, (), 0.5))
        (row,) = await ledger.usage(())

        assert await counts(ledger, ["model"]) == {("large",): (1, 0, 0, 0, 1)}
        assert (row.calls, row.cancelled, row.unsettled, row.unsettled_usd) == (2, 1, 1, Decimal("0.5"))

    async def test_groups_and_periods(self, ledger: Ledger) -> None:
        """Days are UTC days; a period includes its beginning and excludes its end."""
        for number in range(4):
            await record(ledger, number, tags=("odd",) if number % 2 else ())
        days = {row.group: row.calls for row in await ledger.usage(["day"])}
        months = {row.group: row.calls for row in await ledger.usage(["month", "tag"])}
        june = await ledger.usage(["model"], since="2024-06-01", until="2024-06-01T01:00:00")

        assert days == {("2024-05-31",): 1, ("2024-06-01",): 3}
        assert months == {("2024-05", ""): 1, ("2024-06", ""): 1, ("2024-06", "odd"): 2}
        assert [row.calls for row in june] == [2]

    async def test_who_called(self, ledger: Ledger) -> None:
        """Calls are summed by key, by user and under each of their tags."""
        await record(ledger, 1, key="k1", user="ann", tags=("web", "beta", "web"))
        await record(ledger, 2, key="k1", user="bob", tags=("web",))
        await ledger.reserve(reservation(3, key="k2", user="bob"))
        calls = {
            name: {row.group[0]: row.calls for row in await ledger.usage([name])}
            for name in ("key", "user", "tag", "state")
        }

        assert calls == {
            "key": {"k1": 2, "k2": 1},
            "user": {"ann": 1, "bob": 2},
            "tag": {"": 1, "beta": 1, "web": 2},
            "state": {"reserved": 1, "settled": 2},
        }

    async def test_an_unknown_group(self, ledger: Ledger) -> None:
        """It is an error that tells the nearest."""
        with pytest.raises(UnknownNameError, match="did you mean 'provider'"):
            await ledger.usage(["provder"])

    async def test_what_was_recorded_outlives_the_ledger(
        self, ledger: Ledger, make_ledger: Callable[[], Ledger]
    ) -> None:
        """A ledger opened later over the same data knows the call."""
        await record(ledger, 1)
        await ledger.close()
        later = make_ledger()
        await later.open()
        (call,) = await later.calls()
        await later.close()

        assert call.settlement == settlement(1)

    async def test_many_at_once(self, ledger: Ledger) -> None:
        """A hundred calls at the same time are a hundred rows."""
        await asyncio.gather(*(record(ledger, number) for number in range(100)))
        (row,) = await ledger.usage(["task"])

        assert (row.calls, row.answered, row.usd) == (100, 100, Decimal(10))
