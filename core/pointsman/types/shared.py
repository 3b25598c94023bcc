"""What several processes must agree on: deadlines and counters."""

from __future__ import annotations

from attrs import frozen


@frozen
class Deadline:
    """Until when something holds, such as a cooldown. All times are seconds since the epoch (UTC).

    Attributes:
        until: When it ends.
        since: When it was set.
        reason: In words.
    """

    until: float
    since: float
    reason: str = ""


@frozen
class Claim:
    """An amount to add to a counter.

    Attributes:
        name: Of the counter.
        amount: Whole units, positive when added; negative when given back.
        most: What the counter may not exceed; None counts without a limit.
        expires: When the counter starts again from 0, in seconds since the epoch.
    """

    name: str
    amount: int
    most: int | None
    expires: float


@frozen
class Refusal:
    """Why a claim was refused.

    Attributes:
        claim: The first one that did not fit.
        used: What its counter stood at.
    """

    claim: Claim
    used: int
