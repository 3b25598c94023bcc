"""Whom to ask next: the decisions of the attempt loop, without its I/O."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from pointsman.errors import (
    Advice,
    AttemptsFailedError,
    ContextWindowError,
    DeadlineError,
    PointsmanError,
    ProviderError,
    Scope,
)
from pointsman.routing.health import Health
from pointsman.types import Attempt, Candidate, Ranked

_BACKOFF = 0.25


@frozen
class Stop:
    """Whom to ask, and how many seconds to wait before."""

    candidate: Candidate
    wait: float = 0.0


@define
class Itinerary:
    """The stops of one call. Ask `next`, then tell `failed` or `answered`.

    At most `limit` attempts, one of them a retry of the same candidate; nobody who rests is asked, except as
    the only one left; a caller's own mistake ends the journey.

    Attributes:
        ranking: The decision's fallback order.
        health: Learns of every attempt.
        limit: Attempts at most.
        deadline: On the clock.
        clock: Seconds that only grow.
    """

    ranking: Sequence[Ranked]
    health: Health
    limit: int
    deadline: float
    clock: Callable[[], float] = time.monotonic
    attempts: list[Attempt] = field(factory=list, init=False)
    errors: list[ProviderError] = field(factory=list, init=False)
    at: Candidate | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    _asked: set[str] = field(factory=set, init=False)
    _retried: bool = field(default=False, init=False)
    _asking: bool = field(default=False, init=False)
    _over: bool = field(default=False, init=False)

    def next(self) -> Stop | None:
        """The next stop; None when the journey is over."""
        if self._over or len(self.attempts) >= self.limit or self.clock() >= self.deadline:
            return None
        stop = self._again() or self._onward() or self._waited()
        if stop is None:
            return None
        self.at = stop.candidate
        self._asking = True
        self._asked.add(stop.candidate.key)
        self._started = self.clock() + stop.wait
        self.health.asked(stop.candidate)
        return stop

    def answered(self) -> None:
        """The candidate at the current stop answered."""
        candidate = self._current()
        self.health.answered(candidate)
        self._record(candidate, "", maybe_billed=False)
        self._over = True

    def failed(self, error: ProviderError) -> None:
        """The candidate at the current stop failed."""
        candidate = self._current()
        error.provider = error.provider or candidate.provider
        error.model = error.model or candidate.model.id
        self.health.failed(candidate, error)
        self.errors.append(error)
        self._record(candidate, error.code, maybe_billed=error.maybe_billed)
        if error.advice is Advice.FAIL_FAST:
            self._over = True

    def left(self) -> None:
        """The caller left while the current stop was being asked; this says nothing of the candidate."""
        if self.at is not None and self._asking:
            self.health.released(self.at)
            self._record(self.at, "cancelled", maybe_billed=True)
            self._over = True

    def error(self) -> PointsmanError:
        """What to raise when nobody answered."""
        if not self.errors:
            return DeadlineError("the deadline passed before anybody was asked", scope=Scope.CALLER)
        if len(self.errors) == 1 or self.errors[-1].advice is Advice.FAIL_FAST:
            return self.errors[-1]
        return AttemptsFailedError(self.errors)

    def _again(self) -> Stop | None:
        """The same candidate once more, where that may help and nothing says how long to wait."""
        error = self.errors[-1] if self.errors else None
        if error is None or self._retried or error.advice is not Advice.RETRY_SAME:
            return None
        wait = error.retry_after if error.retry_after is not None else random.uniform(0.5, 1.0) * _BACKOFF  # noqa: S311 (jitter)
        candidate = self._current()
        if wait > 1.0 or self.clock() + wait >= self.deadline or self.health.resting(candidate):
            return None
        self._retried = True
        return Stop(candidate, wait)

    def _onward(self) -> Stop | None:
        """The best candidate not asked yet that does not rest."""
        for each in self.ranking:
            candidate = each.candidate
            if candidate.key in self._asked or not self._can_help(candidate):
                continue
            if self.health.resting(candidate) is None or not self.attempts:
                return Stop(candidate)
        return None

    def _waited(self) -> Stop | None:
        """Nobody else is left: wait as the last one asked, when that fits the deadline."""
        error = self.errors[-1] if self.errors else None
        if error is None or self._retried or error.retry_after is None or error.scope is Scope.CALLER:
            return None
        if self.clock() + error.retry_after >= self.deadline:
            return None
        self._retried = True
        return Stop(self._current(), error.retry_after)

    def _can_help(self, candidate: Candidate) -> bool:
        """After "too long", only a larger window can; after a useless key, only another provider."""
        error = self.errors[-1] if self.errors else None
        if isinstance(error, ContextWindowError):
            before, window = self._current().context_window, candidate.context_window
            return before is not None and window is not None and window > before
        return True

    def _current(self) -> Candidate:
        if self.at is None:
            raise RuntimeError("nobody has been asked yet")
        return self.at

    def _record(self, candidate: Candidate, code: str, *, maybe_billed: bool) -> None:
        self._asking = False
        duration = max(self.clock() - self._started, 0.0)
        self.attempts.append(
            Attempt(candidate.provider, candidate.model.id, not code, code, duration, maybe_billed)
        )
