"""Who cools down after failures, for how long, and who may probe. The deadlines stand in a `SharedState`.

A failure is about a key, a deployment (one model at one provider) or a whole provider, and that is what
cools down. It lasts as long as the provider asked for, else 5 s, doubling to 300 s with each failure in a
row, with up to a fifth more at random so that not everybody comes back at once; an unusable key or a bad
certificate an hour; a model its provider does not know until the next refresh of the catalog. Nothing else
lasts longer than an hour, and the longest deadline wins.

Failures in a row are counted per process. A failure counts only if its attempt began after the one counted
before: a hundred concurrent calls that meet one outage are one failure. An answer ends only cooldowns that
began before its attempt did. When a cooldown is over, one call at a time probes (half-open).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from hashlib import sha256

from attrs import define, field, frozen

from pointsman.errors import (
    AuthenticationError,
    ModelNotFoundError,
    ProviderError,
    QuotaError,
    Scope,
    ServerError,
    TlsError,
)
from pointsman.protocols import SharedState
from pointsman.types import Candidate, Deadline

BASE = 5.0
LONGEST = 300.0
CAP = 3600.0
TOLERATED = 3
"""Failures inside a provider in a row before its deployment cools down: most are single."""
UNTIL_REFRESH = 86_400.0
PROBE = 60.0  # seconds after which a probe that says nothing is taken for lost
_RECENT = 60.0  # seconds
_LONGEST_NAME = 160


class Standing(IntEnum):
    """Whether somebody may be asked, best first."""

    READY = 0
    HALF_OPEN = 1
    COOLING = 2


@frozen
class Condition:
    """How a candidate stands.

    Attributes:
        standing: Whether it may be asked.
        seconds: Until its cooldown ends; 0 when it is over.
        reason: Why it cools, or cooled, down.
    """

    standing: Standing
    seconds: float = 0.0
    reason: str = ""

    def badness(self) -> tuple[int, float]:
        """Worse is larger."""
        return self.standing, self.seconds


READY = Condition(Standing.READY)


@frozen
class Health:
    """How candidates stand at one moment.

    Attributes:
        deadlines: Those that matter, by name.
        keys: Fingerprints of each provider's keys.
        catalog: Of the catalog the candidates are from (see `Cooldowns.health`).
        now: Seconds since the epoch.
    """

    deadlines: Mapping[str, Deadline]
    keys: Mapping[str, Sequence[str]]
    catalog: str
    now: float

    def of(self, candidate: Candidate) -> Condition:
        """How one candidate stands; with several keys, as well as the best of them."""
        if not self.deadlines:
            return READY
        whole = max((self._at(name) for name in _whole(candidate, self.catalog)), key=Condition.badness)
        best = min((self._at(name) for name in self._keys(candidate)), key=Condition.badness)
        return max(whole, best, key=Condition.badness)

    def key(self, candidate: Candidate, turn: int = 0, without: Iterable[int] = ()) -> int | None:
        """Which of its provider's keys to use: those that stand best take turns.

        Args:
            candidate: Who is asked.
            turn: A number that grows with each call.
            without: Keys that were used already.

        Returns:
            Counted from 0; None when no key is left.
        """
        count = len(self.keys.get(candidate.provider) or ("",))
        left = [number for number in range(count) if number not in without]
        if not left:
            return None
        first = turn % len(left)
        if not self.deadlines or len(left) == 1:
            return left[first]
        names = self._keys(candidate)
        return min(left[first:] + left[:first], key=lambda number: self._at(names[number]).standing)

    def key_ready(self, candidate: Candidate, key: int) -> bool:
        """Whether one key may be used."""
        return self._at(self._keys(candidate)[key]).standing is Standing.READY

    def _keys(self, candidate: Candidate) -> list[str]:
        return key_names(candidate.provider, self.keys)

    def _at(self, name: str) -> Condition:
        deadline = self.deadlines.get(name)
        if deadline is None:
            return READY
        left = deadline.until - self.now
        return Condition(
            Standing.COOLING if left > 0 else Standing.HALF_OPEN, max(left, 0.0), deadline.reason
        )


@define
class _Streak:
    failures: int = 0
    counted: float = 0.0


@define(eq=False)
class Cooldowns:
    """The rules above, applied to a shared state.

    Attributes:
        state: Where the deadlines stand.
        keys: Fingerprints of each provider's keys; a provider that is absent has one key.
        clock: Seconds since the epoch.
        chance: A number from 0 to 1, anew with each call.
    """

    state: SharedState
    keys: Mapping[str, Sequence[str]] = field(factory=dict)
    clock: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random
    _streaks: dict[str, _Streak] = field(factory=dict, init=False)
    _answers: dict[str, float] = field(factory=dict, init=False)
    _announced: dict[str, Deadline] = field(factory=dict, init=False)

    async def health(self, candidates: Iterable[Candidate], catalog: str) -> Health:
        """How these candidates stand now.

        Args:
            candidates: Those to look up.
            catalog: Tells one build of the catalog from the next: unknown models are unknown until then.
        """
        if self._announced:
            await self._note_announced()
        found = await self.state.deadlines(self._names(candidates, catalog))
        return Health(found, self.keys, catalog, self.clock())

    async def failed(
        self, candidate: Candidate, key: int, error: ProviderError, began: float, catalog: str
    ) -> None:
        """An attempt failed; let cool down what the failure is about.

        Args:
            candidate: Who was asked.
            key: With which key.
            error: How it failed.
            began: When the attempt did, on `clock`.
            catalog: As for `health`.
        """
        name = self._subject(candidate, key, error, catalog)
        if name is None:
            return
        now = self.clock()
        streak = self._streaks.setdefault(name, _Streak())
        if began >= streak.counted:
            streak.failures, streak.counted = streak.failures + 1, now
        seconds = self._length(error, streak.failures)
        if seconds > 0.0:
            reason = f"{error.code} {error.detail}"
            await self.state.extend(name, Deadline(now + seconds, now, reason))

    async def answered(self, candidate: Candidate, key: int, began: float, health: Health) -> None:
        """An attempt was answered: cooldowns that began before it are over."""
        self._answers[candidate.provider] = self.clock()
        if self._streaks or health.deadlines:
            names = [*_whole(candidate, health.catalog), *self._key_name(candidate, key)]
            for name in names:
                if (streak := self._streaks.get(name)) is not None and streak.counted <= began:
                    del self._streaks[name]
            await self.state.clear(names, began)

    async def probe(self, candidate: Candidate, call: str) -> bool:
        """Whether this call may be the one that probes a candidate whose cooldown is over.

        Args:
            candidate: Whose.
            call: The call's id; it has to `release` the candidate when its attempt has ended.
        """
        return await self.state.lease(f"probe:{_deployment(candidate)}", call, PROBE)

    async def release(self, candidate: Candidate, call: str) -> None:
        """The attempt of the call that probed has ended, whatever came of it."""
        await self.state.release(f"probe:{_deployment(candidate)}", call)

    def announced(self, provider: str, seconds: float) -> None:
        """A provider's rate-limit headers say that nothing is left for so many seconds.

        With several keys the headers do not tell which; the next refusal will.
        """
        names = key_names(provider, self.keys)
        if len(names) == 1:
            now = self.clock()
            self._announced[names[0]] = Deadline(now + min(seconds, CAP), now, "its rate limit is used up")

    async def _note_announced(self) -> None:
        announced, self._announced = self._announced, {}
        for name, deadline in announced.items():
            await self.state.extend(name, deadline)

    def _names(self, candidates: Iterable[Candidate], catalog: str) -> Iterator[str]:
        for candidate in candidates:
            yield from _whole(candidate, catalog)
            yield from key_names(candidate.provider, self.keys)

    def _subject(self, candidate: Candidate, key: int, error: ProviderError, catalog: str) -> str | None:
        """The name of what a failure is about; None when it says nothing of anybody."""
        if isinstance(error, ModelNotFoundError):
            return _unknown(candidate, catalog)
        scope = error.scope
        if scope is Scope.NETWORK and self._others_answer(candidate.provider):
            scope = Scope.PROVIDER  # the network is there: it is this provider that cannot be reached
        if scope is Scope.KEY:
            return next(iter(self._key_name(candidate, key)))
        return {Scope.DEPLOYMENT: _deployment(candidate), Scope.PROVIDER: _provider(candidate)}.get(scope)

    def _others_answer(self, provider: str) -> bool:
        since = self.clock() - _RECENT
        return any(at >= since for name, at in self._answers.items() if name != provider)

    def _key_name(self, candidate: Candidate, key: int) -> list[str]:
        return key_names(candidate.provider, self.keys)[key : key + 1]

    def _length(self, error: ProviderError, failures: int) -> float:
        if isinstance(error, ModelNotFoundError):
            return UNTIL_REFRESH
        if error.retry_after:  # a wait of nothing says as little as none
            return min(error.retry_after, CAP)
        if isinstance(error, AuthenticationError | QuotaError | TlsError):
            return CAP
        if isinstance(error, ServerError) and failures < TOLERATED:
            return 0.0
        return min(BASE * 2.0 ** min(max(failures, 1) - 1, 10), LONGEST) * (1.0 + 0.2 * self.chance())


def key_names(provider: str, keys: Mapping[str, Sequence[str]]) -> list[str]:
    """Under which names a provider's keys cool down.

    By fingerprint, so that another key is another name: one that is put right is well at once.
    """
    return [_name(f"{provider}#{fingerprint}") for fingerprint in keys.get(provider) or ("",)]


def _whole(candidate: Candidate, catalog: str) -> tuple[str, str, str]:
    return _provider(candidate), _deployment(candidate), _unknown(candidate, catalog)


def _provider(candidate: Candidate) -> str:
    return _name(candidate.provider)


def _deployment(candidate: Candidate) -> str:
    return _name(candidate.key)


def _unknown(candidate: Candidate, catalog: str) -> str:
    return _name(f"{candidate.key}@{catalog}")


def _name(text: str) -> str:
    if len(text) > _LONGEST_NAME:
        text = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"cooldown:{text}"
