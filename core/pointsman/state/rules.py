"""What holds wherever a shared state is kept: when a passed deadline is forgotten, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from pointsman.types import Claim, Deadline, Refusal

_LONGEST_MEMORY: Final = 3_600.0
LASTING: Final = 120.0
"""Seconds from now beyond which something has to outlive the process."""

Counter = tuple[int, float]
"""What a counter stands at, and when it starts again from 0."""


def forgotten(deadline: Deadline) -> float:
    """When a deadline is forgotten: it has passed for as long again as it lasted, an hour at most."""
    return deadline.until + min(max(deadline.until - deadline.since, 0.0), _LONGEST_MEMORY)


def counted(
    claims: Iterable[Claim], now: float, read: Callable[[str], Counter | None], *, limited: bool = True
) -> tuple[Refusal | None, dict[str, Counter]]:
    """Add every claim, or none.

    Args:
        claims: Added one after the other, so two on one counter see each other.
        now: A counter that has expired by then stands at 0 and expires with the claim.
        read: Counters by name.
        limited: Refuse what does not fit.

    Returns:
        The first claim that did not fit and no counter, or None and the counters as they are now.
    """
    after: dict[str, Counter] = {}
    for claim in claims:
        counter = after.get(claim.name) or read(claim.name)
        used, expires = counter if counter is not None and counter[1] > now else (0, claim.expires)
        total = used + claim.amount
        if limited and claim.most is not None and total > claim.most:
            return Refusal(claim, used), {}
        after[claim.name] = (max(total, 0), expires)
    return None, after


def storable(name: str) -> bool:
    """Whether a name is text that can be stored: not half of a character."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
