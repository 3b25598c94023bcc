"""An attempt under way."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from attrs import define, evolve, field

from pointsman.routing.attempts import Target
from pointsman.types import Attempt, AttemptState, Usage


@define(eq=False)
class OpenAttempt:
    """An attempt under way: its clock, and what it was asked.

    Attributes:
        target: Who is asked.
        step: Of the plan.
        at: When it began.
        began: The same in seconds since the epoch, for cooldowns.
        region: Where the address that is asked stands, where it says so; some charge more there.
        first_token: Seconds until the first piece of content; None before it.
    """

    target: Target
    step: int
    at: datetime = field(factory=lambda: datetime.now(UTC))
    region: str = field(default="", init=False)
    first_token: float | None = field(default=None, init=False)
    _started: float = field(factory=time.perf_counter, init=False)

    @property
    def began(self) -> float:
        """When it began, in seconds since the epoch."""
        return self.at.timestamp()

    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self._started

    def content(self) -> None:
        """Some of the answer has come."""
        if self.first_token is None:
            self.first_token = self.elapsed()

    def placed(self, usage: Usage) -> Usage:
        """What was used, with the region where the answer does not tell it."""
        return evolve(usage, region=self.region) if self.region and not usage.region else usage

    def ended(self, state: AttemptState, **values: Any) -> Attempt:
        """The attempt as it is recorded."""
        candidate = self.target.candidate
        return Attempt(
            provider=candidate.provider,
            model=candidate.model.id,
            state=state,
            at=self.at,
            duration=self.elapsed(),
            first_token=self.first_token,
            key=self.target.key,
            step=self.step,
            **values,
        )
