"""What a principal's calls may use together: limits turned into claims on counters, and back into words.

A call reserves what it is expected to use before it is sent, and settles what it did use afterwards. The
functions are pure; `Limits` applies them to a `SharedState`. Windows begin with the UTC minute, hour, day or
month, and a counter's name holds the beginning of its window, so a new window is a new counter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from attrs import field, frozen

from pointsman.errors import BudgetError
from pointsman.protocols import SharedState
from pointsman.types import Claim, Limit, Principal, Refusal, Unit, Window

PICO: Final = 10**12
"""Money is counted in whole pico-dollars."""
_SECONDS: Final = {Window.MINUTE: 60, Window.HOUR: 3_600, Window.DAY: 86_400}
_GRACE: Final = 300.0
"""Seconds for which the counter of an hour, a day or a month is kept beyond its window: to its last second it
is one that lasts, so that a state which keeps what ends soon in each process alone shares it."""
_LONGEST_NAME: Final = 120


@frozen
class Hold:
    """What a call has reserved, until it is settled or given back.

    Attributes:
        claims: One for each limit, with what it counts.
    """

    claims: tuple[tuple[Unit, Claim], ...] = ()


NOTHING: Final = Hold()


@frozen
class Limits:
    """Applies the limits of principals.

    Attributes:
        state: Where the counters stand.
        clock: Seconds since the epoch.
    """

    state: SharedState
    clock: Callable[[], float] = field(default=time.time)

    async def reserve(
        self, principal: Principal, tokens: int, usd: Decimal | None, requests: int = 1
    ) -> Hold:
        """Reserve what a call is expected to use, of every limit or of none.

        Args:
            principal: Who calls.
            tokens: Input and output together.
            usd: None when unknown: nothing is reserved then, but a budget that is overdrawn refuses.
            requests: 0 for a further attempt of a call that was counted.

        Raises:
            BudgetError: It does not fit; says which limit is in the way and when it starts again.
        """
        if not principal.limits:
            return NOTHING
        now = self.clock()
        hold = Hold(claims(principal, tokens, usd, now, requests))
        free = usd is not None and not usd  # so a budget that is used up is not in its way
        wanted = [claim for unit, claim in hold.claims if not (free and unit is Unit.USD)]
        refusal = await self.state.add(wanted)
        if refusal is not None:
            raise refused(principal, refusal, now)
        return hold

    async def settle(self, hold: Hold, tokens: int | None, usd: Decimal | None) -> None:
        """Count what the call did use instead of what was reserved; what is None stays as reserved."""
        await self._adjust(differences(hold, tokens, usd))

    async def give_back(self, hold: Hold) -> None:
        """Count nothing: the call was not made."""
        await self._adjust([_changed(claim, -claim.amount) for _, claim in hold.claims])

    async def _adjust(self, changes: Sequence[Claim]) -> None:
        if needed := [claim for claim in changes if claim.amount]:
            await self.state.adjust(needed)


def claims(
    principal: Principal, tokens: int, usd: Decimal | None, now: float, requests: int = 1
) -> tuple[tuple[Unit, Claim], ...]:
    """One claim for each limit, with what it counts; of two limits on one counter for the lower one."""
    amounts = {Unit.REQUESTS: requests, Unit.TOKENS: tokens, Unit.USD: 0 if usd is None else picos(usd)}
    lowest: dict[tuple[Unit, Window], Limit] = {}
    for limit in principal.limits:
        kept = lowest.get((limit.unit, limit.window))
        if kept is None or limit.most < kept.most:
            lowest[limit.unit, limit.window] = limit
    who = _who(principal)
    return tuple((unit, _claim(limit, who, amounts[unit], now)) for (unit, _), limit in lowest.items())


def differences(hold: Hold, tokens: int | None, usd: Decimal | None) -> list[Claim]:
    """By how much the use of a call differs from what it has reserved; None differs by nothing."""
    used = {Unit.TOKENS: tokens, Unit.USD: None if usd is None else picos(usd)}
    return [
        _changed(claim, amount - claim.amount)
        for unit, claim in hold.claims
        if (amount := used.get(unit)) is not None
    ]


def refused(principal: Principal, refusal: Refusal, now: float) -> BudgetError:
    """Why a call was not made, which limit is in the way, and when it starts again."""
    claim, (unit, window) = refusal.claim, _counted(refusal.claim)
    _, end = bounds(window, now)
    used, needed, most = (_amount(unit, each) for each in (refusal.used, claim.amount, claim.most or 0))
    who = f"{principal.name!r}" if principal.name else "this program"
    at, left = datetime.fromtimestamp(end, UTC), timedelta(seconds=max(round(end - now), 1))
    message = (
        f"the limit of {who}, {most} {_noun(unit)} per {window}, leaves no room: {used} used, this call may"
        f" need {needed}; nothing was sent. It starts again at {at:%Y-%m-%d %H:%M} UTC, in {left}"
    )
    return BudgetError(message, starts_again=float(end))


def bounds(window: Window, now: float) -> tuple[int, int]:
    """When the window that holds `now` begins and ends, in seconds since the epoch."""
    if window is not Window.MONTH:
        seconds = _SECONDS[window]
        start = int(now // seconds) * seconds
        return start, start + seconds
    first = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + timedelta(days=31)).replace(day=1)
    return int(first.timestamp()), int(following.timestamp())


def picos(usd: Decimal) -> int:
    """US dollars as whole pico-dollars, rounded up, exactly."""
    numerator, denominator = usd.as_integer_ratio()
    return -(numerator * -PICO // denominator)


def _claim(limit: Limit, who: str, amount: int, now: float) -> Claim:
    start, end = bounds(limit.window, now)
    numerator, denominator = limit.most.as_integer_ratio()
    most = numerator * (PICO if limit.unit is Unit.USD else 1) // denominator
    expires = float(end) if limit.window is Window.MINUTE else end + _GRACE
    return Claim(f"limit:{who}:{limit.unit}:{limit.window}:{start}", amount, most, expires)


def _changed(claim: Claim, amount: int) -> Claim:
    return Claim(claim.name, amount, None, claim.expires)


def _who(principal: Principal) -> str:
    name = f"key {principal.key}" if principal.key else f"user {principal.user}"
    if len(name) <= _LONGEST_NAME:
        return name
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _counted(claim: Claim) -> tuple[Unit, Window]:
    _, unit, window, _ = claim.name.rsplit(":", 3)
    return Unit(unit), Window(window)


def _amount(unit: Unit, amount: int) -> str:
    if unit is Unit.USD:
        return f"{(Decimal(amount) / PICO).normalize():f}"
    return str(amount)


def _noun(unit: Unit) -> str:
    return "USD" if unit is Unit.USD else unit.value
