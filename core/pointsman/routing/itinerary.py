"""Whom to ask next: the decisions of the attempt loop, without its I/O."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence

from attrs import define, evolve, field, frozen

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
    """Whom to ask, with which of its provider's keys, and how many seconds to wait before."""

    candidate: Candidate
    wait: float = 0.0
    key: int = 0


@define
class Itinerary:
    """The stops of one call. Ask `next`, then tell `failed` or `answered`.

    At most `limit` attempts, one of them a retry of the same candidate; after a failure of its key a
    candidate is asked with another one, where one is awake; nobody who rests is asked, except as the only one
    left; a caller's own mistake ends the journey.

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
    _key: int = field(default=0, init=False)
    _once_more: bool = field(default=False, init=False)

    def next(self) -> Stop | None:
        """The next stop; None when the journey is over."""
        if self._over or len(self.attempts) >= self.limit or self.clock() >= self.deadline:
            return None
        stop = self._adapted() or self._again() or self._other_key() or self._onward() or self._waited()
        if stop is None:
            return None
        self._key = self.health.key_for(stop.candidate)
        stop = evolve(stop, key=self._key)
        self.at = stop.candidate
        self._asking = True
        self._asked.add(stop.candidate.key)
        self._started = self.clock() + stop.wait
        self.health.asked(stop.candidate, self._key)
        return stop

    def answered(self) -> None:
        """The candidate at the current stop answered."""
        candidate = self._current()
        self.health.answered(candidate, self._key)
        self._record(candidate, "", maybe_billed=False)
        self._over = True

    def failed(self, error: ProviderError, *, adapted: bool = False) -> None:
        """The candidate at the current stop failed.

        Args:
            error: How.
            adapted: Whether the request was changed so that the same candidate may take it now.
        """
        candidate = self._current()
        error.provider = error.provider or candidate.provider
        error.model = error.model or candidate.model.id
        self.health.failed(candidate, error, self._key)
        self._once_more = adapted
        self.errors.append(error)
        self._record(candidate, error.code, maybe_billed=error.maybe_billed)
        if error.advice is Advice.FAIL_FAST and not adapted:
            self._over = True

    def left(self) -> None:
        """The caller left while the current stop was being asked; this says nothing of the candidate."""
        if self.at is not None and self._asking:
            self.health.released(self.at, self._key)
            self._record(self.at, "cancelled", maybe_billed=True)
            self._over = True

    def error(self) -> PointsmanError:
        """What to raise when nobody answered."""
        if not self.errors:
            return DeadlineError("the deadline passed before anybody was asked", scope=Scope.CALLER)
        if len(self.errors) == 1 or self.errors[-1].advice is Advice.FAIL_FAST:
            return self.errors[-1]
        return AttemptsFailedError(self.errors)

    def _adapted(self) -> Stop | None:
        """The same candidate with the request it can take."""
        return Stop(self._current()) if self._once_more else None

    def _other_key(self) -> Stop | None:
        """The same candidate with another key, where one is awake."""
        error = self.errors[-1] if self.errors else None
        if error is None or error.scope is not Scope.KEY or error.advice is not Advice.OTHER_KEY:
            return None
        candidate = self._current()
        return None if self.health.resting(candidate) else Stop(candidate)

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
        """After "too long", only a larger window can."""
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
