"""Who is cooling down after failures, and who may be probed. State, but no I/O; the clock is handed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import define, field, frozen

from pointsman.errors import AuthenticationError, ProviderError, QuotaError, Scope, ServerError, TlsError
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
    unusable key or a bad certificate: an hour); the longest deadline wins; nothing exceeds an hour. When a
    rest is over, one call at a time probes; a success ends it. A caller's own mistakes and local network
    failures cool nothing. Server errors are tolerated twice in a row, for most are single.

    Attributes:
        clock: Seconds that only grow.
        keys: How many keys each provider has; one where nothing is said. A candidate whose provider has
            several may be asked as long as one of them is awake; they take turns.
    """

    clock: Callable[[], float] = time.monotonic
    keys: Mapping[str, int] = field(factory=dict)
    _states: dict[str, _State] = field(factory=dict, init=False)
    _turns: dict[str, int] = field(factory=dict, init=False)

    def resting(self, candidate: Candidate) -> Resting | None:
        """Whether and why it rests now; None when it may be asked."""
        if not self._states:
            return None
        whole = self._rest(candidate.provider) or self._rest(candidate.key)
        if whole is not None:
            return whole
        rests = []
        for key in range(self.keys.get(candidate.provider, 1)):
            rest = self._rest(_key(candidate, key))
            if rest is None:
                return None
            rests.append(rest)
        return min(rests, key=lambda rest: rest.seconds)

    def soonest(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """Of candidates that all rest, the one whose rest ends first: never everything out at once."""
        rests = [(rest.seconds, each) for each in candidates if (rest := self.resting(each))]
        return min(rests, key=lambda pair: pair[0])[1] if rests else None

    def key_for(self, candidate: Candidate) -> int:
        """Which of its provider's keys to use next: the awake ones take turns."""
        count = self.keys.get(candidate.provider, 1)
        if count == 1:
            return 0
        turn = self._turns.get(candidate.provider, 0)
        order = [(turn + step) % count for step in range(count)]
        chosen = next((key for key in order if self._rest(_key(candidate, key)) is None), order[0])
        self._turns[candidate.provider] = chosen + 1
        return chosen

    def asked(self, candidate: Candidate, key: int = 0) -> None:
        """A call is about to be made; after a rest it is the probe."""
        for state in self._of(candidate, key):
            if state.until:
                state.probing = True

    def answered(self, candidate: Candidate, key: int = 0) -> None:
        """It answered: whatever rested, rests no more."""
        if self._states:
            for name in _names(candidate, key):
                self._states.pop(name, None)

    def released(self, candidate: Candidate, key: int = 0) -> None:
        """The call ended without telling anything of the candidate (the caller left, or erred)."""
        for state in self._of(candidate, key):
            state.probing = False

    def failed(self, candidate: Candidate, error: ProviderError, key: int = 0) -> None:
        """It failed; rest whom the failure speaks of."""
        self.released(candidate, key)
        if error.scope in {Scope.CALLER, Scope.NETWORK}:
            return
        name = {
            Scope.KEY: _key(candidate, key),
            Scope.DEPLOYMENT: candidate.key,
            Scope.PROVIDER: candidate.provider,
        }[error.scope]
        state = self._states.setdefault(name, _State())
        state.failures += 1
        if isinstance(error, ServerError) and error.retry_after is None and state.failures < TOLERATED:
            return
        rest = error.retry_after if error.retry_after is not None else _length(error, state.failures)
        self._extend(state, rest, f"{error.code} {error.detail}")

    def exhausted(self, provider: str, seconds: float) -> None:
        """Its rate-limit headers say that nothing is left for so many seconds.

        With several keys the headers do not tell which; the next refusal will.
        """
        if self.keys.get(provider, 1) == 1:
            state = self._states.setdefault(f"{provider}#0", _State())
            self._extend(state, seconds, "its rate limit is used up")

    def _extend(self, state: _State, seconds: float, reason: str) -> None:
        """The longest deadline wins."""
        state.until = max(state.until, self.clock() + min(seconds, CAP))
        state.reason = reason

    def _rest(self, name: str) -> Resting | None:
        state = self._states.get(name)
        if state is None or not state.until:
            return None
        left = state.until - self.clock()
        if left > 0.0:
            return Resting(left, state.reason)
        return Resting(0.0, f"is being probed after: {state.reason}") if state.probing else None

    def _of(self, candidate: Candidate, key: int) -> Iterator[_State]:
        if self._states:
            for name in _names(candidate, key):
                if (state := self._states.get(name)) is not None:
                    yield state


def _key(candidate: Candidate, key: int) -> str:
    return f"{candidate.provider}#{key}"


def _names(candidate: Candidate, key: int) -> tuple[str, str, str]:
    return candidate.provider, _key(candidate, key), candidate.key


def _length(error: ProviderError, failures: int) -> float:
    if isinstance(error, AuthenticationError | QuotaError | TlsError):
        return CAP
    return min(BASE * 2.0 ** min(failures - 1, 10), LONGEST)
