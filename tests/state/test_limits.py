"""Limits become claims on counters, and a refusal becomes a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import BudgetError
from pointsman.state.limits import NOTHING, PICO, Hold, Limits, bounds, claims, picos
from pointsman.types import Claim, Limit, Principal, Refusal, Unit, Window

from tests.state.model import Model

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 2, 14, 12, 0, 30, tzinfo=UTC).timestamp()
NAME = "limit:key team-a"


def team(*limits: Limit) -> Principal:
    """Who calls in these tests."""
    return Principal(key="team-a", limits=limits)


def limit(unit: str, most: str, window: str = "day") -> Limit:
    """A limit in words."""
    return Limit(unit, most, window)


@define
class Counting:
    """Of a shared state, the counters."""

    model: Model = field(factory=Model)
    asked: int = 0

    async def add(self, wanted: Sequence[Claim]) -> Refusal | None:
        """All or nothing."""
        self.asked += 1
        self.model.now = NOON
        return self.model.add(wanted)

    async def adjust(self, changes: Sequence[Claim]) -> None:
        """Whatever the limits."""
        self.asked += 1
        self.model.adjust(changes)

    def used(self) -> dict[str, int]:
        """What is counted, by what is counted."""
        return {name.split(":")[2]: used for name, (used, _) in self.model.used.items()}


def limits(state: Counting, now: float = NOON) -> Limits:
    """Applied at noon."""
    return Limits(state, lambda: now)  # type: ignore[arg-type]  # half a state is enough here


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("minute", "2026-02-14T12:00", "2026-02-14T12:01"),
        ("hour", "2026-02-14T12:00", "2026-02-14T13:00"),
        ("day", "2026-02-14T00:00", "2026-02-15T00:00"),
        ("month", "2026-02-01T00:00", "2026-03-01T00:00"),
    ],
)
def test_windows_begin_with_the_clock(window: str, start: str, end: str) -> None:
    """UTC's minutes, hours, days and months, not the last sixty seconds."""
    expected = tuple(int(datetime.fromisoformat(each + "Z").timestamp()) for each in (start, end))

    assert bounds(Window(window), NOON) == expected


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.sampled_from(Window))  # noqa: DTZ001 (made UTC below)
def test_a_moment_is_in_exactly_one_window(at: datetime, window: Window) -> None:
    """Windows follow each other without a gap."""
    now = at.replace(tzinfo=UTC).timestamp()
    start, end = bounds(window, now)

    assert start <= now < end
    assert (bounds(window, start), bounds(window, end)[0]) == ((start, end), end)


def test_a_limit_is_a_claim() -> None:
    """Named after who, what and when; in whole units; kept to the end of its window and a little longer."""
    (unit, claim), *_ = claims(team(limit("tokens", "5000.9")), 700, None, NOON)
    midnight = 1_771_027_200

    assert (unit, claim.name) == (Unit.TOKENS, f"{NAME}:tokens:day:{midnight}")
    assert (claim.amount, claim.most) == (700, 5000)
    assert claim.expires > midnight + 86_400 + 120


def test_a_minutes_counter_ends_with_its_minute() -> None:
    """It need not outlive the process."""
    ((_, claim),) = claims(team(limit("requests", "3", "minute")), 0, None, NOON)

    assert claim.expires == bounds(Window.MINUTE, NOON)[1]


def test_of_two_limits_on_one_counter_the_lower_holds() -> None:
    """A call is counted once."""
    ((_, claim),) = claims(team(limit("requests", "9"), limit("requests", "7")), 0, None, NOON)

    assert (claim.amount, claim.most) == (1, 7)


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, places=20))
def test_money_is_rounded_up_to_whole_pico_dollars(usd: Decimal) -> None:
    """Never down, and by less than one."""
    assert 0 <= Decimal(picos(usd)) - usd.scaleb(12) < 1


def test_the_limit_itself_is_rounded_down() -> None:
    """What does not fit exactly does not fit."""
    ((_, claim),) = claims(team(limit("usd", "0.0000000000019")), 0, Decimal("1e-30"), NOON)

    assert (claim.amount, claim.most) == (1, 1)


def test_long_names_stay_short() -> None:
    """The port takes 200 characters; two long names stay two."""
    callers = [Principal(key="k" * 500 + end, limits=(limit("usd", "1", "minute"),)) for end in "ab"]
    names = {claims(caller, 0, None, NOON)[0][1].name for caller in callers}

    assert (len(names), max(map(len, names)) <= 200) == (2, True)


async def test_who_has_no_limits_asks_nobody() -> None:
    """The library's own calls cost no look-up."""
    state = Counting()
    hold = await limits(state).reserve(Principal(), 10, Decimal(1))
    await limits(state).settle(hold, 10, Decimal(1))

    assert (hold, state.asked) == (NOTHING, 0)


async def test_what_was_used_replaces_what_was_reserved() -> None:
    """Less gives back, more is counted, requests stay."""
    state = Counting()
    caller = team(limit("requests", "10"), limit("tokens", "1000"), limit("usd", "1"))
    hold = await limits(state).reserve(caller, 300, Decimal("0.25"))
    reserved = state.used()
    await limits(state).settle(hold, 450, Decimal("0.10"))

    assert reserved == {"requests": 1, "tokens": 300, "usd": PICO // 4}
    assert state.used() == {"requests": 1, "tokens": 450, "usd": PICO // 10}


async def test_a_cost_nobody_knows_reserves_nothing_and_counts_once_known() -> None:
    """And what stays unknown at the end stays as it was reserved."""
    state = Counting()
    caller = team(limit("tokens", "1000"), limit("usd", "1"))
    hold = await limits(state).reserve(caller, 300, None)
    reserved = state.used()
    await limits(state).settle(hold, None, Decimal("0.10"))

    assert reserved == {"tokens": 300, "usd": 0}
    assert state.used() == {"tokens": 300, "usd": PICO // 10}


async def test_an_overdrawn_budget_refuses_what_may_cost_anything() -> None:
    """An unknown cost is refused, no cost is not."""
    state = Counting()
    caller = team(limit("usd", "1"))
    hold = await limits(state).reserve(caller, 0, Decimal("0.5"))
    await limits(state).settle(hold, 0, Decimal("1.5"))

    with pytest.raises(BudgetError):
        await limits(state).reserve(caller, 0, None)
    assert await limits(state).reserve(caller, 0, Decimal(0)) != NOTHING


async def test_a_free_call_that_cost_something_is_counted() -> None:
    """Whoever knew better at the end."""
    state = Counting()
    hold = await limits(state).reserve(team(limit("usd", "1")), 0, Decimal(0))
    await limits(state).settle(hold, 0, Decimal("0.5"))

    assert state.used() == {"usd": PICO // 2}


async def test_a_call_that_was_not_made_is_not_counted() -> None:
    """Everything is given back."""
    state = Counting()
    hold = await limits(state).reserve(team(limit("requests", "10"), limit("tokens", "9")), 9, None)
    await limits(state).give_back(hold)

    assert state.used() == {"requests": 0, "tokens": 0}


async def test_a_further_attempt_is_no_further_request() -> None:
    """Its tokens and money are counted."""
    state = Counting()
    caller = team(limit("requests", "1"), limit("tokens", "100"))
    await limits(state).reserve(caller, 10, None)
    await limits(state).reserve(caller, 10, None, requests=0)

    assert state.used() == {"requests": 1, "tokens": 20}


@pytest.mark.parametrize(
    ("one", "numbers", "again"),
    [
        (
            limit("requests", "2"),
            "2 requests per day, leaves no room: 2 used, this call may need 1",
            "02-15 00:00",
        ),
        (
            limit("usd", "0.5", "month"),
            "0.5 USD per month, leaves no room: 0.4 used, this call may need 0.2",
            "03-01 00:00",
        ),
        (
            limit("tokens", "250", "minute"),
            "250 tokens per minute, leaves no room: 200 used, this call may need 100",
            "02-14 12:01",
        ),
    ],
)
async def test_a_refusal_says_which_limit_and_when_it_starts_again(
    one: Limit, numbers: str, again: str
) -> None:
    """How much is used, how much was wanted; and nothing was counted."""
    state = Counting()
    for _ in range(2):
        await limits(state).reserve(team(one), 100, Decimal("0.2"))
    before = state.used()
    with pytest.raises(BudgetError) as caught:
        await limits(state).reserve(team(one), 100, Decimal("0.2"))

    assert str(caught.value).startswith(
        f"the limit of 'team-a', {numbers}; nothing was sent. It starts again at 2026-{again} UTC, in "
    )
    assert state.used() == before
    assert caught.value.starts_again == bounds(one.window, NOON)[1]


async def test_a_new_window_is_a_new_counter() -> None:
    """A minute later there is room again."""
    state = Counting()
    caller = team(limit("requests", "1", "minute"))
    await limits(state).reserve(caller, 0, None)
    hold: Hold = await limits(state, NOON + 60).reserve(caller, 0, None)

    assert len(hold.claims) == 1
