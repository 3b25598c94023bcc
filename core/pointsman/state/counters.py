"""Counters of which the lasting ones stand in the file: exact between processes while the file answers.

While it does not, this process decides from what it knows, and the file gets what was counted afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from pointsman.state.memory import Memory
from pointsman.state.rules import LASTING, Counter, counted, storable
from pointsman.types import Claim, Refusal

if TYPE_CHECKING:  # it loads asyncio and sqlite3
    from pointsman.state.worker import Worker

_BETWEEN_PURGES: Final = 60.0

_Added = tuple[Refusal | None, Mapping[str, Counter]]


@define(eq=False)
class Counters:
    """Counts for one process, and with others.

    Attributes:
        memory: Holds every counter this process has used; those of the file as they stood last.
        clock: Seconds since the epoch.
        worker: Uses the file; None as long as there is none.
    """

    memory: Memory
    clock: Callable[[], float]
    worker: Worker | None = None
    # Names of counters that stand in the file, or will.
    _shared: set[str] = field(factory=set, init=False)
    # Amounts that are counted here and not known to be in the file; of these, what has yet to be written.
    _unconfirmed: dict[str, int] = field(factory=dict, init=False)
    _unwritten: dict[str, Claim] = field(factory=dict, init=False)
    _purge_at: float = field(default=0.0, init=False)

    async def load(self, worker: Worker) -> None:
        """Read the file."""
        self.worker = worker
        await worker.ask(lambda file: file.counters(), writes=False, on_result=self._learn)

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """All or nothing. The file is asked last, so that nothing of it has to be taken back."""
        now = self.clock()
        if now >= self._purge_at:
            self._purge(now)
        worker, shared = self.worker, self._in_file(claims, now)
        if worker is None or not shared:
            return self.memory.add(claims, now)
        own = [claim for claim in claims if claim not in shared]
        refusal = self.memory.add(own, now)
        if refusal is not None:
            return await self._first(claims, refusal, now)
        try:
            refusal = await self._add_shared(worker, shared, now)
        except BaseException:
            self.memory.adjust(_negated(own), now)
            raise
        if refusal is not None:
            self.memory.adjust(_negated(own), now)
        return refusal

    def adjust(self, claims: Iterable[Claim]) -> None:
        """Add or give back, whatever the limits."""
        now = self.clock()
        current = [claim for claim in claims if claim.expires > now]
        self.memory.adjust(current, now)
        self._add_to_file(self._in_file(current, now))

    async def values(self, names: Sequence[str]) -> Mapping[str, int]:
        """What these counters stand at."""
        if self.worker is not None:
            await self.worker.ask(
                lambda file: {name: each for name in names if (each := file.counter(name))},
                writes=False,
                on_result=self._learn,
            )
        return self.memory.count(names, self.clock())

    def write_pending(self) -> None:
        """Bring to the file what was counted without it."""
        now, earlier = self.clock(), self._unwritten.values()
        claims, self._unwritten = [claim for claim in earlier if claim.expires > now], {}
        self._write(claims)

    def _in_file(self, claims: Iterable[Claim], now: float) -> list[Claim]:
        """Those of these claims whose counters stand in the file, or will."""
        late, shared = now + LASTING, self._shared
        for claim in claims:
            if claim.expires > late and claim.name not in shared and storable(claim.name):
                shared.add(claim.name)
        return [claim for claim in claims if claim.name in shared] if shared else []

    async def _add_shared(self, worker: Worker, claims: Sequence[Claim], now: float) -> Refusal | None:
        accepted = False

        def on_late(added: _Added | None) -> None:
            """What was decided without the file counts: make the file say the same."""
            in_file = added is not None and added[0] is None
            if accepted and in_file:
                self._confirm(claims)
            elif accepted:
                self._write(claims)
            elif in_file:
                self._add_to_file(_negated(claims))

        added = await worker.ask(
            lambda file: file.add(claims, now), on_result=self._learn_added, on_late=on_late
        )
        if added is not None:
            return added[0]
        refusal = self.memory.add(claims, now)
        if refusal is None:
            accepted = True
            self._mark(claims)
        return refusal

    async def _first(self, claims: Sequence[Claim], refusal: Refusal, now: float) -> Refusal:
        """The first that does not fit: one that stands in the file may come before the one known."""
        earlier = claims[: claims.index(refusal.claim)]
        used = await self.values([claim.name for claim in earlier])
        first, _ = counted(earlier, now, {name: (amount, inf) for name, amount in used.items()}.get)
        return first or refusal

    def _learn(self, counters: Mapping[str, Counter]) -> None:
        """What these counters of the file stand at now."""
        for name, (used, expires) in counters.items():
            self.memory.counters[name] = (max(used + self._unconfirmed.get(name, 0), 0), expires)
        self._shared |= counters.keys()

    def _learn_added(self, added: _Added) -> None:
        self._learn(added[1])

    def _add_to_file(self, claims: Sequence[Claim]) -> None:
        """Have these counted in the file, whatever the limits; until they are, they count here."""
        self._mark(claims)
        self._write(claims)

    def _mark(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self._unconfirmed[claim.name] = self._unconfirmed.get(claim.name, 0) + claim.amount

    def _confirm(self, claims: Iterable[Claim]) -> None:
        """These are in the file, or never will be."""
        for claim in claims:
            left = self._unconfirmed.pop(claim.name, 0) - claim.amount
            if left:
                self._unconfirmed[claim.name] = left

    def _write(self, claims: Sequence[Claim]) -> None:
        """Have these amounts counted in the file, at once or when it is back."""
        worker = self.worker
        if not claims:
            return
        if worker is None or worker.behind:
            for claim in claims:
                earlier = self._unwritten.get(claim.name)
                more = 0 if earlier is None else earlier.amount
                self._unwritten[claim.name] = evolve(claim, amount=claim.amount + more, most=None)
            return

        def on_done(added: _Added | None) -> None:
            if added is None and worker.behind:
                self._write(claims)
            else:  # without an answer one of the names cannot be stored
                self._confirm(claims)
            if added is not None:
                self._learn_added(added)

        now = self.clock()
        worker.post(lambda file: file.add(claims, now, limited=False), on_done)

    def _purge(self, now: float) -> None:
        self._purge_at = now + _BETWEEN_PURGES
        self.memory.purge(now)
        self._shared &= self.memory.counters.keys()
        self._unwritten = {name: claim for name, claim in self._unwritten.items() if claim.expires > now}
        self._unconfirmed = {
            name: amount for name, amount in self._unconfirmed.items() if name in self._shared
        }


def _negated(claims: Iterable[Claim]) -> list[Claim]:
    return [evolve(claim, amount=-claim.amount, most=None) for claim in claims]
