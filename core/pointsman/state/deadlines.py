"""Deadlines of which the lasting ones stand in the file, which is read again when others have changed it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from attrs import define, field

from pointsman.state.memory import Memory
from pointsman.state.rules import LASTING, forgotten, storable
from pointsman.types import Deadline

if TYPE_CHECKING:  # it loads asyncio and sqlite3
    from pointsman.state.file import StateFile
    from pointsman.state.worker import Worker

_BETWEEN_READS: Final = 1.0

_Version = tuple[int, int]


@define(eq=False)
class Deadlines:
    """Keeps deadlines for one process, and with others.

    Attributes:
        memory: Holds every deadline this process knows of.
        clock: Seconds since the epoch.
        worker: Uses the file; None as long as there is none.
    """

    memory: Memory
    clock: Callable[[], float]
    worker: Worker | None = None
    _stored: dict[str, Deadline] = field(factory=dict, init=False)  # as they stand in the file
    _seen: _Version | None = field(default=None, init=False)
    _changes: int = field(default=0, init=False)
    _reread_at: float = field(default=0.0, init=False)

    @property
    def due(self) -> bool:
        """Whether it is time to read the file again."""
        return self.worker is not None and time.monotonic() >= self._reread_at

    async def reread(self) -> None:
        """See what other processes have set and cleared."""
        self._reread_at = time.monotonic() + _BETWEEN_READS
        self._purge()
        if self.worker is None:
            return
        seen, changes = self._seen, self._changes
        found = await self.worker.ask(lambda file: _changed(file, seen), writes=False)
        # What was set here meanwhile may not be in the answer yet: the next time it is.
        if found is not None and self._changes == changes and not self.worker.behind:
            self._seen, rows = found
            if rows is not None:
                self._merge(rows)

    def extend(self, name: str, deadline: Deadline) -> None:
        """Set a deadline; the one that ends later wins."""
        if not self.memory.extend(name, deadline) or self.worker is None or not storable(name):
            return
        if name in self._stored or deadline.until > self.clock() + LASTING:
            self._stored[name] = deadline
            self._changes += 1
            self.worker.post(lambda file: file.extend({name: deadline}))

    def clear(self, names: Iterable[str], before: float) -> None:
        """Remove those that were set at `before` or earlier."""
        cleared = [name for name in self.memory.clear(names, before) if self._stored.pop(name, None)]
        if cleared and self.worker is not None:
            self._changes += 1
            self.worker.post(lambda file: file.clear(cleared, before))

    def write_again(self) -> None:
        """Bring to the file what may not have reached it."""
        if self.worker is not None:
            self._changes += 1
            stored = dict(self._stored)
            self.worker.post(lambda file: file.extend(stored))

    def _merge(self, rows: dict[str, Deadline]) -> None:
        """Take over what the file says, but for what was set here and does not stand there."""
        mine, before = self.memory.deadlines, self._stored
        for name in before.keys() | rows.keys():
            if name in rows and mine.get(name) != before.get(name):
                self.memory.extend(name, rows[name])
            elif name in rows:
                mine[name] = rows[name]
            elif mine.get(name) == before[name]:
                del mine[name]
        self._stored = rows

    def _purge(self) -> None:
        now = self.clock()
        for known in (self.memory.deadlines, self._stored):
            for name in [name for name, each in known.items() if forgotten(each) <= now]:
                del known[name]


def _changed(file: StateFile, seen: _Version | None) -> tuple[_Version, dict[str, Deadline] | None]:
    version = file.version()
    return version, None if version == seen else file.deadlines()
