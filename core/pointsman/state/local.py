"""The default shared state: the memory of this process, and one file for what must outlive it.

Whatever ends more than two minutes from now stands in the file as well, and so do all leases and all kept
bytes: there the processes of one machine agree. What ends sooner is each process's own. The file is read when
the state is opened and again, at most once a second, when another process has changed it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import field, frozen, validators

from pointsman.hookspecs import Extension, hookimpl, setting
from pointsman.protocols import SharedState
from pointsman.state.counters import Counters
from pointsman.state.deadlines import Deadlines
from pointsman.state.memory import Memory
from pointsman.types import Claim, Deadline, Refusal

if TYPE_CHECKING:  # it loads asyncio and sqlite3
    from pointsman.state.worker import Worker

_NO_DEADLINES: Final[Mapping[str, Deadline]] = {}


@frozen
class LocalConfig:
    """Table ``[shared_states.local]``.

    Attributes:
        path: The file; empty for ``state.sqlite3`` in the data folder.
        home: The data folder; empty for the system's usual place for application data.
        patience: Seconds a call waits for the file; then it is decided from memory.
    """

    path: str = setting("POINTSMAN_STATE_FILE", default="")
    home: str = setting("POINTSMAN_HOME", default="")
    patience: float = field(default=0.25, validator=validators.ge(0.0))

    @property
    def file(self) -> Path:
        """The absolute path of the file."""
        if self.path:
            return Path(self.path).expanduser().absolute()
        from pointsman.config.folders import Folders

        env = {"POINTSMAN_HOME": self.home} if self.home else {}
        return Folders.find(env).data.absolute() / "state.sqlite3"


class LocalState:
    """A `SharedState` for the processes of one machine.

    Without its file (locked, not writable) it decides from memory; what has to be in the file is written when
    it is back.

    Attributes:
        path: The file.
    """

    def __init__(self, config: LocalConfig | None = None, clock: Callable[[], float] = time.time) -> None:
        self._config = config or LocalConfig()
        self.path = self._config.file
        self._clock = clock
        self._memory = Memory()
        self._deadlines = Deadlines(self._memory, clock)
        self._counters = Counters(self._memory, clock)
        self._worker: Worker | None = None

    @property
    def problem(self) -> str:
        """What is wrong with the file, as the end of a sentence that begins with it; empty while it works."""
        return self._worker.problem if self._worker is not None else ""

    async def open(self) -> None:
        """Open and read the file; one that cannot be used is a warning, never an error."""
        from pointsman.state.worker import Worker

        if self._worker is None:
            worker = Worker(self.path, self._config.patience, self._clock, self._recovered)
            self._worker = self._deadlines.worker = worker
            await self._counters.load(worker)
            await self._deadlines.reread()

    async def close(self) -> None:
        """Write what is waiting and let go of the file; harmless when it is not open."""
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close(self._counters.write_pending)
            self._counters.worker = self._deadlines.worker = None

    async def deadlines(self, names: Iterable[str]) -> Mapping[str, Deadline]:
        """Those that are set. `names` is not looked at when nothing is."""
        if self._deadlines.due:
            await self._deadlines.reread()
        return self._memory.find(names, self._clock()) if self._memory.deadlines else _NO_DEADLINES

    async def extend(self, name: str, deadline: Deadline) -> None:
        """Set a deadline; the one that ends later wins."""
        self._deadlines.extend(name, deadline)

    async def clear(self, names: Iterable[str], before: float) -> None:
        """Remove those that were set at `before` or earlier."""
        self._deadlines.clear(names, before)

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """Add all of them, or none."""
        return await self._counters.add(claims)

    async def adjust(self, claims: Sequence[Claim]) -> None:
        """Add or give back, whatever the limits."""
        self._counters.adjust(claims)

    async def counters(self, names: Iterable[str]) -> Mapping[str, int]:
        """What these counters stand at."""
        return await self._counters.values(list(names))

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """Take a name, or keep it longer."""
        now, worker = self._clock(), self._worker
        until, granted = now + seconds, False
        if worker is not None:

            def on_late(holder: tuple[str, float] | None) -> None:
                if holder is not None and holder[0] == owner and not granted:
                    worker.post(lambda file: file.release(name, owner))

            holder = await worker.ask(lambda file: file.lease(name, owner, until, now), on_late=on_late)
            if holder is not None:
                self._memory.leases[name] = holder
                return holder[0] == owner
        granted = self._memory.lease(name, owner, until, now)
        return granted

    async def release(self, name: str, owner: str) -> None:
        """Give a name back."""
        self._memory.release(name, owner)
        if self._worker is not None:
            self._worker.post(lambda file: file.release(name, owner))

    async def keep(self, name: str, value: bytes, until: float) -> None:
        """Keep bytes until a time."""
        self._memory.lose(name)
        if self._worker is None or self._worker.behind:
            self._memory.keep(name, value, until)
        else:
            self._worker.post(lambda file: file.keep({name: (value, until)}))

    async def kept(self, name: str) -> bytes | None:
        """The bytes kept under this name."""
        now = self._clock()
        value = self._memory.kept(name, now)
        if value is not None or self._worker is None:
            return value
        found = await self._worker.ask(lambda file: (file.kept(name, now),), writes=False)
        return found[0] if found is not None else None

    def _recovered(self) -> None:
        """The file is back: bring to it what was decided without it."""
        self._counters.write_pending()
        self._deadlines.write_again()
        kept = self._memory.take()
        if self._worker is not None:
            self._worker.post(lambda file: file.keep(kept))


@hookimpl
def pointsman_shared_states() -> Iterable[Extension[SharedState]]:
    """The default shared state."""
    yield Extension(
        "local",
        LocalState,
        config=LocalConfig,
        summary="Limits and cooldowns in memory and in one SQLite file on this machine.",
        default=True,
    )
