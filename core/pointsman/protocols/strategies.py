"""A way to choose."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from pointsman.types import Candidates, ChatRequest, Criteria, Outcome, Plan


@runtime_checkable
class Strategy(Protocol):
    """A way to choose."""

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Candidates) -> Plan:
        """Rank `candidates`, all of which are allowed. Must not mutate anything and does no I/O.

        A candidate's identity is its `key`. What is computed for one set may be remembered under its
        `version`.
        """
        ...


@runtime_checkable
class Learner(Protocol):
    """A strategy that learns from what came of its plans."""

    def observe(self, outcome: Outcome) -> None:
        """Called once per attempt, on the event loop; must return at once."""
        ...
