"""Where calls are recorded, and who wants to know of them."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol, runtime_checkable

from pointsman.types import Call, Reservation, Settlement, UsageRow


@runtime_checkable
class Ledger(Protocol):
    """Where calls are recorded. Every method that writes returns only when the record is durable."""

    async def open(self) -> None:
        """Get ready; turn rows a crash left behind into `UNSETTLED` ones.

        Raises:
            LedgerError: The ledger cannot be used; the message says how to repair it.
        """
        ...

    async def close(self) -> None:
        """Write what is pending and let go."""
        ...

    async def reserve(self, reservation: Reservation) -> None:
        """Record a call before its first byte goes out."""
        ...

    def settle(self, settlement: Settlement) -> Awaitable[None]:
        """Record how it ended. Settling twice keeps the first.

        It is written even if nobody waits for it any more; one that returns a future needs no task for that.
        """
        ...

    async def usage(self, by: Sequence[str], *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """Sums per group.

        Args:
            by: Any of `pointsman.types.ledger.GROUPS`: ``day``, ``month``, ``provider``, ``model``, ``task``,
                ``state``, ``tag``, ``user``, ``key``. See `UsageRow` for what a row is about.
            since: ISO date or date-time in UTC, inclusive; empty for all.
            until: The same, exclusive.

        Raises:
            UnknownNameError: `by` holds something else.
            RequestError: `since` or `until` is no date.
        """
        ...

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest calls, newest first, each with its attempts."""
        ...

    async def call(self, id: str) -> Call | None:  # noqa: A002 (what a call's id is called everywhere)
        """One call with its attempts; None when there is none of this id.

        Args:
            id: The whole id, or the beginning of exactly one (six characters or more).

        Raises:
            RequestError: Several calls have an id that begins so.
        """
        ...


@runtime_checkable
class Checkable(Protocol):
    """A ledger that can look for damage."""

    async def check(self) -> None:
        """Read all there is, for ``pointsman doctor``; may take some seconds.

        Raises:
            LedgerError: It is damaged; the message says what to do.
        """
        ...


@runtime_checkable
class Observer(Protocol):
    """Somebody who wants to know what happened."""

    def observe(self, reservation: Reservation, settlement: Settlement) -> None:
        """Called once per call after it is recorded, on the event loop; must return at once.

        An exception is logged and counted, never raised into the call.
        """
        ...
