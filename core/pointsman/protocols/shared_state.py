"""What several processes must agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from pointsman.types import Claim, Deadline, Refusal


@runtime_checkable
class SharedState(Protocol):
    """What several processes must agree on, as a few atomic operations.

    Times are seconds since the epoch (UTC), so that machines agree. Names are any text up to 200 characters.
    A state that cannot be reached raises nothing while calls go on: it decides for itself, from what it knows
    locally, and logs that it does.
    """

    async def open(self) -> None:
        """Get ready.

        Raises:
            SharedStateError: It cannot be used at all; the message says what to do.
        """
        ...

    async def close(self) -> None:
        """Let go; what must outlive the process is kept."""
        ...

    async def deadlines(self, names: Iterable[str]) -> Mapping[str, Deadline]:
        """Those of these deadlines that were set and not cleared, also some that have passed.

        One that has passed is kept for as long again as it lasted, an hour at most: whoever was cooling down
        is only well again once it answered.
        """
        ...

    async def extend(self, name: str, deadline: Deadline) -> None:
        """Set a deadline; of two, the one that ends later wins."""
        ...

    async def clear(self, names: Iterable[str], before: float) -> None:
        """Remove those of these deadlines that were set at `before` or earlier."""
        ...

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """Add every amount to its counter, or none of them when one does not fit: all or nothing.

        Returns:
            None when all were added, else the first that did not fit.
        """
        ...

    async def adjust(self, claims: Sequence[Claim]) -> None:
        """Add the amounts (negative to give back) whatever the limits; no counter falls below 0."""
        ...

    async def counters(self, names: Iterable[str]) -> Mapping[str, int]:
        """What these counters stand at now; those that are absent stand at 0."""
        ...

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """Take a name for some time, or keep it longer; False while somebody else has it."""
        ...

    async def release(self, name: str, owner: str) -> None:
        """Give a name back before its time; nothing when somebody else has it."""
        ...

    async def keep(self, name: str, value: bytes, until: float) -> None:
        """Keep bytes until a time; they may be lost earlier."""
        ...

    async def kept(self, name: str) -> bytes | None:
        """The bytes kept under this name; None when there are none any more."""
        ...
