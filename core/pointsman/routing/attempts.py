"""Which candidate to ask next: the decisions of the attempt loop, without its I/O.

A candidate is asked again at most once. Others are asked until the deadline or a limit ends it: first those
that are well and not merely another name of one that failed, then the other names, last those that cool down,
soonest first. So a call never fails while somebody healthy is unasked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum

from attrs import define, field, frozen

from pointsman.errors import (
    Advice,
    AttemptsFailedError,
    ContextWindowError,
    DeadlineError,
    InvalidRequestError,
    PointsmanError,
    ProviderError,
    Scope,
)
from pointsman.state.cooldowns import Health, Standing
from pointsman.types import Candidate, Ranked

_BACKOFF = 0.25
_PAUSE = 0.05
_REFUSALS = 3
"""Candidates that may refuse the request itself before it is taken for the caller's own mistake."""
_DATED = re.compile(r"[-@:](?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


class _Group(IntEnum):
    WELL = 0
    OTHER_NAME = 1
    COOLING = 2


@frozen
class Target:
    """The candidate to ask.

    Attributes:
        candidate: The model.
        key: Which of its provider's keys, counted from 0.
        wait: Seconds to wait before.
        probe: Whether its cooldown is over and nobody has asked it since: only one call may.
        again: Whether it was asked before in this call.
    """

    candidate: Candidate
    key: int = 0
    wait: float = 0.0
    probe: bool = False
    again: bool = False


@define
class RetryBudget:
    """How often a provider may be asked again with what it failed on: a fifth of its calls, and three more.

    Bounds what an outage adds to the load of whoever suffers it; asking somebody else is no retry.
    """

    share: float = 0.2
    most: float = 3.0
    _left: dict[str, float] = field(factory=dict, init=False)

    def called(self, provider: str) -> None:
        """A call is made for the first time."""
        left = self._left.get(provider)
        if left is not None:
            self._left[provider] = min(left + self.share, self.most)

    def spend(self, provider: str) -> bool:
        """Whether it may be asked again."""
        left = self._left.get(provider, self.most)
        if left < 1.0:
            return False
        self._left[provider] = left - 1.0
        return True


@define(eq=False)
class Attempts:
    """The attempts of one step of a call. Ask `next`, then say `failed` or `answered`; pure.

    Attributes:
        ranking: The fallback order.
        budget: Of retries.
        deadline: On `clock`.
        clock: Seconds that only grow.
        limit: Attempts at most; None for as many as the deadline allows.
        turn: A number that grows with each call: keys take turns.
        errors: Of every failed attempt, in order.
        made: Attempts so far.
    """

    ranking: Sequence[Ranked]
    budget: RetryBudget
    deadline: float
    clock: Callable[[], float]
    limit: int | None = None
    turn: int = 0
    errors: list[ProviderError] = field(factory=list)
    made: int = 0
    _asked: dict[str, set[int]] = field(factory=dict, init=False)
    _again: set[str] = field(factory=set, init=False)
    _deferred: set[str] = field(factory=set, init=False)
    _failed: list[Candidate] = field(factory=list, init=False)
    _last: Target | None = field(default=None, init=False)
    _error: ProviderError | None = field(default=None, init=False)
    _adapted: bool = field(default=False, init=False)
    _over: bool = field(default=False, init=False)
    _outgrown: int = field(default=0, init=False)  # the largest window known to be too small

    def next(self, health: Health) -> Target | None:
        """The candidate to ask now; None when the call is over."""
        if not self._goes_on():
            return None
        return (
            self._with_what_it_takes()
            or self._with_another_key(health)
            or self._once_more()
            or self._another(health)
            or self._after_a_wait()
        )

    def another_left(self, health: Health) -> bool:
        """Whether somebody may be asked who has not been yet."""
        return self._goes_on() and self._another(health) is not None

    def _goes_on(self) -> bool:
        if self._over or self.clock() >= self.deadline:
            return False
        return self.limit is None or self.made < self.limit

    def asked(self, target: Target) -> None:
        """A target is being asked."""
        self._last = target
        self.made += 1
        key = target.candidate.key
        if target.again:
            self._again.add(key)
        else:
            self.budget.called(target.candidate.provider)
        self._asked.setdefault(key, set()).add(target.key)

    def defer(self, target: Target) -> None:
        """Another call is probing it; it is asked only when nobody else is left."""
        self._deferred.add(target.candidate.key)

    def deferred(self, target: Target) -> bool:
        """Whether it was put off because another call is probing it."""
        return target.candidate.key in self._deferred

    def failed(self, error: ProviderError, *, adapted: bool = False) -> None:
        """The target failed.

        Args:
            error: How.
            adapted: Whether the request was changed so that the same candidate may take it now.
        """
        candidate = self._current()
        self._error, self._adapted = error, adapted
        self.errors.append(error)
        self._failed.append(candidate)
        if isinstance(error, ContextWindowError):
            self._outgrown = max(self._outgrown, candidate.context_window or 0)
        refusals = sum(isinstance(each, InvalidRequestError) for each in self.errors)
        if not adapted and (error.advice is Advice.FAIL_FAST or refusals >= _REFUSALS):
            self._over = True

    def answered(self) -> None:
        """The target answered; its answer may still be refused, and another one asked."""
        self._error = None

    def error(self) -> PointsmanError:
        """What to raise when nobody answered."""
        if not self.errors:
            return DeadlineError("the deadline passed before anybody was asked", scope=Scope.CALLER)
        last = self.errors[-1]
        if len(self.errors) == 1 or last.advice is Advice.FAIL_FAST:
            return last
        if all(isinstance(each, InvalidRequestError) for each in self.errors):
            return self.errors[0]  # the first choice's words name the parameter best
        return AttemptsFailedError(self.errors)

    def _with_what_it_takes(self) -> Target | None:
        """The same candidate with the request it can take."""
        if not self._adapted:
            return None
        self._adapted = False
        last = self._last
        return None if last is None else Target(last.candidate, last.key, again=True)

    def _with_another_key(self, health: Health) -> Target | None:
        """The same candidate with another key, where one is well."""
        error, last = self._error, self._last
        if error is None or last is None or error.scope is not Scope.KEY or error.advice is Advice.FAIL_FAST:
            return None
        key = health.key(last.candidate, self.turn, self._asked[last.candidate.key])
        if key is None or not health.key_ready(last.candidate, key):
            return None
        return Target(last.candidate, key)

    def _once_more(self) -> Target | None:
        """The same candidate once more, after a moment, where that may help and no wait was asked for."""
        error, last = self._error, self._last
        if error is None or last is None or error.advice is not Advice.RETRY_SAME or self._again:
            return None
        if error.retry_after or not self.budget.spend(last.candidate.provider):
            return None
        wait = random.uniform(0.0, 1.0) * _BACKOFF  # noqa: S311 (full jitter)
        if self.clock() + wait >= self.deadline:
            return None
        return Target(last.candidate, last.key, wait, again=True)

    def _another(self, health: Health) -> Target | None:
        """The best candidate not asked yet, by its group."""
        if not (self._asked or self._deferred or health.deadlines) and self.ranking:
            first = self.ranking[0].candidate  # everybody is well, and nobody has been asked
            return Target(first, health.key(first, self.turn) or 0)
        best: tuple[tuple[int, float], Target] | None = None
        for candidate in self._left():
            condition = health.of(candidate)
            cooling = condition.standing is Standing.COOLING or candidate.key in self._deferred
            group = _Group.COOLING if cooling else _Group.WELL
            if not cooling and any(same_model(candidate, each) for each in self._failed):
                group = _Group.OTHER_NAME
            order = (group, condition.seconds)
            if best is not None and order >= best[0]:
                continue
            key = health.key(candidate, self.turn)
            best = order, Target(candidate, key or 0, probe=condition.standing is Standing.HALF_OPEN)
            if group is _Group.WELL:
                break
        return None if best is None else best[1]

    def _left(self) -> Iterator[Candidate]:
        for each in self.ranking:
            if each.candidate.key not in self._asked and self._can_help(each.candidate):
                yield each.candidate

    def _can_help(self, candidate: Candidate) -> bool:
        """After "too long", all but those whose window is known and no larger than one that was too small."""
        return candidate.context_window is None or candidate.context_window > self._outgrown

    def _after_a_wait(self) -> Target | None:
        """Nobody else is left: the one that asked for the shortest wait, when that fits the deadline."""
        if self._error is None:
            return None
        best: tuple[float, Candidate] | None = None
        for candidate, error in zip(self._failed, self.errors[-len(self._failed) :], strict=True):
            if not error.retry_after or error.scope is Scope.CALLER or candidate.key in self._again:
                continue  # a wait of nothing is none: who refuses for now would refuse again
            if best is None or error.retry_after < best[0]:
                best = error.retry_after, candidate
        if best is None or not self.budget.spend(best[1].provider):
            return None
        wait = best[0] + random.uniform(0.0, _PAUSE)  # noqa: S311 (so that not everybody comes back at once)
        if self.clock() + wait >= self.deadline:
            return None
        key = min(self._asked[best[1].key])
        return Target(best[1], key, wait, again=True)

    def _current(self) -> Candidate:
        if self._last is None:
            raise RuntimeError("nobody has been asked yet")
        return self._last.candidate


def same_model(one: Candidate, other: Candidate) -> bool:
    """Whether two offers of one provider are one model under two names, as far as its list tells."""
    return one.provider == other.provider and not model_names(one).isdisjoint(model_names(other))


def model_names(candidate: Candidate) -> frozenset[str]:
    """What its provider's list calls the model, without dates."""
    model = candidate.model
    return frozenset(_DATED.sub("", name.casefold()) for name in (model.id, *model.aliases, *model.known_as))
