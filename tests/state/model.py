"""The port of shared state in its plainest words: what the implementations are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pointsman.types import Claim, Deadline, Refusal


class Model:
    """A shared state whose caller says what time it is."""

    def __init__(self) -> None:
        self.now = 0.0
        self.set: dict[str, Deadline] = {}
        self.used: dict[str, tuple[int, float]] = {}
        self.leased: dict[str, tuple[str, float]] = {}
        self.values: dict[str, tuple[bytes, float]] = {}

    def deadlines(self, names: Iterable[str]) -> dict[str, Deadline]:
        """Those that were set, and have not passed for longer than they lasted or an hour."""
        return {
            name: each
            for name in names
            if (each := self.set.get(name))
            and self.now < each.until + min(max(each.until - each.since, 0.0), 3600.0)
        }

    def extend(self, name: str, deadline: Deadline) -> None:
        """The later one wins."""
        if name not in self.set or deadline.until > self.set[name].until:
            self.set[name] = deadline

    def clear(self, names: Iterable[str], before: float) -> None:
        """What was set at `before` or earlier."""
        for name in names:
            if name in self.set and self.set[name].since <= before:
                del self.set[name]

    def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """All, or none."""
        saved = dict(self.used)
        for claim in claims:
            used = self._stands(claim.name)
            if claim.most is not None and used + claim.amount > claim.most:
                self.used = saved
                return Refusal(claim, used)
            self._put(claim)
        return None

    def adjust(self, claims: Sequence[Claim]) -> None:
        """Whatever the limits."""
        for claim in claims:
            self._put(claim)

    def counters(self, names: Iterable[str]) -> dict[str, int]:
        """What they stand at."""
        return {name: self._stands(name) for name in names}

    def lease(self, name: str, owner: str, seconds: float) -> bool:
        """While nobody else has it."""
        holder, until = self.leased.get(name, (owner, 0.0))
        if holder != owner and until > self.now:
            return False
        self.leased[name] = (owner, self.now + seconds)
        return True

    def release(self, name: str, owner: str) -> None:
        """By its owner only."""
        if name in self.leased and self.leased[name][0] == owner:
            del self.leased[name]

    def keep(self, name: str, value: bytes, until: float) -> None:
        """The newest counts."""
        self.values[name] = (value, until)

    def kept(self, name: str) -> bytes | None:
        """Until its time."""
        value, until = self.values.get(name, (b"", 0.0))
        return value if until > self.now else None

    def _stands(self, name: str) -> int:
        used, expires = self.used.get(name, (0, 0.0))
        return used if expires > self.now else 0

    def _put(self, claim: Claim) -> None:
        expires = self.used.get(claim.name, (0, 0.0))[1]
        if expires <= self.now:
            expires = claim.expires
        self.used[claim.name] = (max(self._stands(claim.name) + claim.amount, 0), expires)
