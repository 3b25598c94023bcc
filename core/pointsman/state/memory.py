"""A shared state in the memory of one process: plain dictionaries, nothing awaited, the time handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import define, field

from pointsman.state.rules import Counter, counted, forgotten
from pointsman.types import Claim, Deadline, Refusal

_MOST_BYTES: Final = 16 * 2**20
_NO_DEADLINES: Final[Mapping[str, Deadline]] = {}


@define(eq=False)
class Memory:
    """Deadlines, counters, leases and bytes, as `pointsman.protocols.SharedState` describes them.

    Attributes:
        deadlines: By name, also some that have passed.
        counters: By name, also some that have expired.
        leases: Name → owner, and until when.
        values: Name → bytes, and until when; the oldest are lost when there are too many.
        most_bytes: How many bytes are kept together.
    """

    deadlines: dict[str, Deadline] = field(factory=dict)
    counters: dict[str, Counter] = field(factory=dict)
    leases: dict[str, tuple[str, float]] = field(factory=dict)
    values: dict[str, tuple[bytes, float]] = field(factory=dict)
    most_bytes: int = _MOST_BYTES
    _size: int = field(default=0, init=False)

    def find(self, names: Iterable[str], now: float) -> Mapping[str, Deadline]:
        """Those of these deadlines that are remembered; nothing is looked at when there is none."""
        known = self.deadlines
        if not known:
            return _NO_DEADLINES
        found = {}
        for name in known.keys() & names:
            deadline = known[name]
            if forgotten(deadline) > now:
                found[name] = deadline
        return found

    def extend(self, name: str, deadline: Deadline) -> bool:
        """Set a deadline; False when one that ends as late stands already."""
        known = self.deadlines.get(name)
        if known is not None and known.until >= deadline.until:
            return False
        self.deadlines[name] = deadline
        return True

    def clear(self, names: Iterable[str], before: float) -> list[str]:
        """Remove those that were set at `before` or earlier; their names."""
        known = self.deadlines
        if not known:
            return []
        cleared = [name for name in known.keys() & names if known[name].since <= before]
        for name in cleared:
            del known[name]
        return cleared

    def add(self, claims: Sequence[Claim], now: float) -> Refusal | None:
        """Add all, or say which did not fit."""
        refusal, after = counted(claims, now, self.counters.get)
        self.counters.update(after)
        return refusal

    def adjust(self, claims: Sequence[Claim], now: float) -> None:
        """Add whatever the limits."""
        _, after = counted(claims, now, self.counters.get, limited=False)
        self.counters.update(after)

    def count(self, names: Iterable[str], now: float) -> dict[str, int]:
        """What these counters stand at; those that stand at 0 may be absent."""
        found = {name: self.counters.get(name) for name in names}
        return {name: counter[0] for name, counter in found.items() if counter and counter[1] > now}

    def lease(self, name: str, owner: str, until: float, now: float) -> bool:
        """Take a name, or keep it longer."""
        holder = self.leases.get(name)
        if holder is not None and holder[0] != owner and holder[1] > now:
            return False
        self.leases[name] = (owner, until)
        return True

    def release(self, name: str, owner: str) -> None:
        """Give a name back."""
        holder = self.leases.get(name)
        if holder is not None and holder[0] == owner:
            del self.leases[name]

    def keep(self, name: str, value: bytes, until: float) -> None:
        """Keep bytes; the oldest make room."""
        self.lose(name)
        if len(value) > self.most_bytes:
            return
        self.values[name] = (value, until)
        self._size += len(value)
        while self._size > self.most_bytes:
            self.lose(next(iter(self.values)))

    def kept(self, name: str, now: float) -> bytes | None:
        """The bytes, while they are kept."""
        value, until = self.values.get(name, (None, 0.0))
        return value if until > now else None

    def lose(self, name: str) -> None:
        """Keep these bytes no longer."""
        lost = self.values.pop(name, None)
        if lost is not None:
            self._size -= len(lost[0])

    def take(self) -> dict[str, tuple[bytes, float]]:
        """Everything that is kept, to be kept elsewhere from now on."""
        taken, self.values, self._size = self.values, {}, 0
        return taken

    def purge(self, now: float) -> None:
        """Let go of every counter, lease and value that is over."""
        self.counters = {name: each for name, each in self.counters.items() if each[1] > now}
        self.leases = {name: each for name, each in self.leases.items() if each[1] > now}
        for name in [name for name, each in self.values.items() if each[1] <= now]:
            self.lose(name)
