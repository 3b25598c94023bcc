"""The one thread of a process that uses the state's file, and how long the event loop waits for it.

What the loop asks for is done in order; whatever has arrived meanwhile shares a transaction. The loop never
waits longer than its patience: while another process has the file locked, or it cannot be used at all, the
worker is *behind*, says so once in the log, and answers nothing until a write has succeeded again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import define

from pointsman.errors import SharedStateError
from pointsman.state.database import busy, remedy
from pointsman.state.file import StateFile

_LOG = logging.getLogger("pointsman.state")
_BETWEEN_TRIES: Final = 5.0
_CLOSING: Final = 2.0  # seconds to wait for a locked file at the end
_PAUSE: Final = 0.01

T = TypeVar("T")


@define(eq=False)
class _Job:
    """Something to do with the file.

    Attributes:
        do: What.
        writes: Whether it changes anything.
        on_done: Called on the loop with what it gave; None when nothing was done.
    """

    do: Callable[[StateFile], Any]
    writes: bool
    on_done: Callable[[Any], None]
    result: Any = None
    error: Exception | None = None


class Worker:
    """Uses one file; belongs to the event loop it was made on.

    Args:
        path: The file.
        patience: Seconds the loop waits for an answer.
        clock: Seconds since the epoch.
        recovered: Called when the file works again after it did not.

    Attributes:
        behind: Whether the last answer did not come in time, or not at all.
        problem: What is wrong; empty while the file works.
    """

    def __init__(
        self, path: Path, patience: float, clock: Callable[[], float], recovered: Callable[[], None]
    ) -> None:
        self.path = path
        self.patience = patience
        self.behind = False
        self.problem = ""
        self._clock = clock
        self._recovered = recovered
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._under_way = 0
        self._next_try = 0.0
        self._end: float | None = None
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._file: StateFile | None = None
        self._thread = threading.Thread(target=self._run, name="pointsman-state", daemon=True)
        self._thread.start()

    async def ask(
        self,
        do: Callable[[StateFile], T],
        *,
        writes: bool = True,
        on_result: Callable[[T], None] = lambda _: None,
        on_late: Callable[[T | None], None] = lambda _: None,
    ) -> T | None:
        """What `do` gives; None when that is not known in time.

        Args:
            do: Runs on the thread; must not give None.
            writes: Whether it changes anything.
            on_result: Called with what `do` gave, however late, in the order in which things were done.
            on_late: Called when this gave None or its caller was cancelled, once it is known what became of
                it: with what `do` gave, or with None when nothing was done.
        """
        if self.behind:
            self._try_again()
            self._loop.call_soon(on_late, None)
            return None
        answer: asyncio.Future[T | None] = self._loop.create_future()

        def on_done(result: T | None) -> None:
            if answer.done():
                on_late(result)
            else:
                answer.set_result(result)
                if result is None:
                    self._loop.call_soon(on_late, None)
            if result is not None:
                on_result(result)

        self._submit(_Job(do, writes, on_done))
        timer = self._loop.call_later(self.patience, self._give_up, answer)
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.result() is not None:
                on_late(answer.result())
            raise
        finally:
            timer.cancel()

    def post(
        self, do: Callable[[StateFile], T], on_done: Callable[[T | None], None] = lambda _: None
    ) -> None:
        """Have something written; `on_done` is called with what it gave, None when nothing was done."""
        self._submit(_Job(do, writes=True, on_done=on_done))

    async def close(self, finish: Callable[[], None]) -> None:
        """End the thread when everything is done; gives up on a file that stays locked.

        Args:
            finish: Called when what was asked for so far is done; may have more written.
        """
        end = time.monotonic() + _CLOSING
        reached = self._loop.create_future()

        def on_done(_: object) -> None:
            if not reached.done():
                reached.set_result(None)

        self._submit(_Job(lambda _: True, writes=False, on_done=on_done))
        await asyncio.wait((reached,), timeout=_CLOSING)
        finish()
        self._end, self.behind = end, True  # whoever still asks is not kept waiting
        self._queue.put(None)
        await asyncio.wait((self._ended,), timeout=2 * _CLOSING)
        if self._ended.done():
            self._thread.join()

    def _submit(self, job: _Job) -> None:
        self._under_way += 1
        self._queue.put(job)

    def _give_up(self, answer: asyncio.Future[Any]) -> None:
        if not answer.done():
            self._fall_behind("does not answer in time")
            answer.set_result(None)

    def _try_again(self) -> None:
        """One write now and then shows when the file is back; what is under way shows it, too."""
        now = time.monotonic()
        if not self._under_way and now >= self._next_try and self._end is None:
            self._next_try = now + _BETWEEN_TRIES
            self._submit(_Job(StateFile.probe, writes=True, on_done=lambda _: None))

    def _fall_behind(self, problem: str) -> None:
        if not self.behind:
            self.behind = True
            _LOG.warning(
                "the shared state %s %s; until it is back, limits and cooldowns are this process's own",
                self.path,
                problem,
            )
        self.problem = problem

    def _answered(self, batch: list[_Job]) -> None:
        """Runs on the loop, after every batch."""
        self._under_way -= len(batch)
        errors = [job.error for job in batch if job.error and _of_the_file(job.error)]
        if errors:
            self._next_try = time.monotonic() + _BETWEEN_TRIES
            self._fall_behind(remedy(errors[0]))
        elif self.behind and self._end is None and any(job.writes for job in batch):
            self.behind, self.problem = False, ""
            _LOG.info("the shared state %s is back", self.path)
            self._recovered()
        for job in batch:
            job.on_done(job.result)

    # What follows runs on the thread.

    def _run(self) -> None:
        while batch := self._next():
            self._do(batch)
            self._tell(self._answered, batch)
        self._drop()
        self._tell(self._ended.set_result, None)

    def _next(self) -> list[_Job]:
        """Everything that has arrived, waiting for the first; nothing when it is time to end."""
        job = self._queue.get()
        batch = []
        while job is not None:
            batch.append(job)
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            self._queue.put(None)  # for the next time
        return batch

    def _do(self, batch: list[_Job]) -> None:
        try:
            self._transact(batch)
        except Exception as error:  # noqa: BLE001  # nothing may end the thread
            if _of_the_file(error):
                self._drop()
                for job in batch:
                    job.result, job.error = None, error
            elif len(batch) > 1:
                for job in batch:
                    self._do([job])
            else:
                batch[0].result, batch[0].error = None, error
                _LOG.warning("something cannot be kept in the shared state %s: %s", self.path, error)

    def _transact(self, batch: list[_Job]) -> None:
        """All of it in one transaction, waiting while another process has one."""
        while True:
            try:
                file = self._opened()
                with file.transaction(writes=any(job.writes for job in batch)):
                    for job in batch:
                        job.result = job.do(file)
            except sqlite3.OperationalError as error:
                if not busy(error) or (self._end is not None and time.monotonic() > self._end):
                    raise
                time.sleep(_PAUSE)  # SQLite itself has waited already, but not in every case
            else:
                return

    def _opened(self) -> StateFile:
        if self._file is not None and self._file.replaced():
            self._drop()
        if self._file is None:
            self._file = StateFile(self.path, self._clock)
            if self._file.moved is not None:
                _LOG.warning(
                    "the shared state %s was damaged; it was moved to %s and begun anew",
                    self.path,
                    self._file.moved,
                )
        return self._file

    def _drop(self) -> None:
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._file.close()
            self._file = None

    def _tell(self, call: Callable[[Any], object], argument: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed; nobody waits any more
            self._loop.call_soon_threadsafe(call, argument)


def _of_the_file(error: Exception) -> bool:
    """Whether the file is to blame, and not one value: a name that is no text, a number that is none."""
    of_a_value = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
    return isinstance(error, sqlite3.Error | OSError | SharedStateError) and not isinstance(error, of_a_value)
