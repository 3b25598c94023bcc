"""Who is cooling down after failures, and who may be probed. State, but no I/O; the clock is handed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from pointsman.errors import AuthenticationError, ProviderError, QuotaError, Scope, ServerError
from pointsman.types import Candidate

BASE = 5.0
LONGEST = 300.0
CAP = 3600.0
TOLERATED = 3


@define
class _State:
    """One key, deployment or provider: failures in a row, until when it rests, whether it is being probed."""

    failures: int = 0
    until: float = 0.0
    reason: str = ""
    probing: bool = False


@frozen
class Resting:
    """Why a candidate rests and for how many more seconds."""

    seconds: float
    reason: str


@define
class Health:
    """Cooldowns by key, deployment and provider.

    A rest lasts as long as the provider asked for, else 5 s doubling to 300 s with each failure in a row (an
    unusable key: an hour); the longest deadline wins; nothing exceeds an hour. When a rest is over, one call
    at a time probes; a success ends it. A caller's own mistakes and local network failures cool nothing.
    Server errors are tolerated twice in a row, for most are single.

    A provider instance has one key, so the scopes KEY and PROVIDER both rest the instance.

    Attributes:
        clock: Seconds that only grow.
    """

    clock: Callable[[], float] = time.monotonic
    _states: dict[str, _State] = field(factory=dict, init=False)

    def resting(self, candidate: Candidate) -> Resting | None:
        """Whether and why it rests now; None when it may be asked."""
        if not self._states:
            return None
        now = self.clock()
        for name in (candidate.provider, candidate.key):
            state = self._states.get(name)
            if state is None or not state.until:
                continue
            if state.until > now:
                return Resting(state.until - now, state.reason)
            if state.probing:
                return Resting(0.0, "is being probed after: " + state.reason)
        return None

    def soonest(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Of candidates that all rest, the one whose rest ends first: never everything out at once."""
        resting = [
            (rest.seconds, index) for index, each in enumerate(candidates) if (rest := self.resting(each))
        ]
        return candidates[min(resting)[1]] if resting else None

    def asked(self, candidate: Candidate) -> None:
        """A call is about to be made; after a rest it is the probe."""
        if self._states:
            for name in (candidate.provider, candidate.key):
                state = self._states.get(name)
                if state is not None and state.until:
                    state.probing = True

    def answered(self, candidate: Candidate) -> None:
        """It answered: whatever rested, rests no more."""
        if self._states:
            self._states.pop(candidate.provider, None)
            self._states.pop(candidate.key, None)

    def released(self, candidate: Candidate) -> None:
        """The call ended without telling anything of the candidate (the caller left, or erred)."""
        if self._states:
            for name in (candidate.provider, candidate.key):
                if (state := self._states.get(name)) is not None:
                    state.probing = False

    def failed(self, candidate: Candidate, error: ProviderError) -> None:
        """It failed; rest whom the failure speaks of."""
        self.released(candidate)
        if error.scope in {Scope.CALLER, Scope.NETWORK}:
            return
        name = candidate.key if error.scope is Scope.DEPLOYMENT else candidate.provider
        state = self._states.setdefault(name, _State())
        state.failures += 1
        if isinstance(error, ServerError) and error.retry_after is None and state.failures < TOLERATED:
            return
        rest = error.retry_after if error.retry_after is not None else self._rest(error, state.failures)
        state.until = max(state.until, self.clock() + min(rest, CAP))
        state.reason = f"{error.code} {error.detail}"

    @staticmethod
    def _rest(error: ProviderError, failures: int) -> float:
        if isinstance(error, (AuthenticationError, QuotaError)):
            return CAP
        return min(BASE * 2.0 ** min(failures - 1, 10), LONGEST)
