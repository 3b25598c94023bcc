"""Refreshes the catalog in a process of its own: calls are not slowed, and it goes on when its parent ends.

The parent writes one JSON document to the child's standard input, never to its arguments, for it may hold
keys. The child (`pointsman.catalog.refresh_child`) loads the same host, refreshes, and writes messages to its
standard output, one JSON document a line:

- ``{"began": true}``: it is able to;
- ``{"step": {…}}``: the fields of a `Progress`;
- ``{"log": [level, logger, text]}``: a record for the parent to log;
- ``{"end": "done | busy | other | failed", "error": class, "text": …}``: how it ended; ``other`` means that
  it sees other sources than its parent.

Any other line is what the interpreter writes when it fails. The catalog itself goes over the disk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from attrs import asdict, define, evolve, field, frozen

from pointsman.catalog.feeds.fetch_round import Progress
from pointsman.catalog.refresh import Ask, RefreshJob, RefreshRequest, Report
from pointsman.catalog.snapshot import Catalog
from pointsman.errors import NoCandidateError, RefreshError
from pointsman.host import HostInputs
from pointsman.kinds import SourceKind

log = logging.getLogger(__name__)

# The child imports from where its parent does, whatever else its environment says.
_START = (
    "import json, sys; task = json.load(sys.stdin); sys.path[:] = task['path']; "
    "from pointsman.catalog.refresh_child import main; main(task)"
)
_WINDOWS = ("DETACHED_PROCESS", "CREATE_NEW_PROCESS_GROUP", "BELOW_NORMAL_PRIORITY_CLASS")


@frozen(eq=False)
class RefreshProcess:
    """Refreshes in another process of the same configuration, one at a time per cache folder.

    Where no process can be started, or it sees other sources than this one, the refresh runs here.

    Attributes:
        job: The refresh as this process would run it.
        inputs: What the child loads its host from.
    """

    job: RefreshJob
    inputs: HostInputs = field(repr=False)

    async def refresh(self, request: RefreshRequest, progress: Report) -> Catalog | None:
        """As `pointsman.catalog.refresh.Refresher.refresh`; a detached child is not ended when cancelled.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
            RefreshError: The child failed.
        """
        try:
            task = self._task(request)
            process = _start(self.inputs.folder)
        except (OSError, TypeError) as error:
            return await self._here(request, progress, f"no process can be started: {error}")
        child = _Child(process, progress)
        try:
            await child.run(task)
        except asyncio.CancelledError:
            if request.detached:
                await child.instructed.wait()  # soon: it begins by reading
            else:
                process.terminate()
            raise
        if child.end == "busy":
            return None
        if child.end == "done":
            return await self.job.stored() or await self._here(
                evolve(request, ask=Ask.DUE), progress, "what its process made is not on disk"
            )
        if child.end == "failed" and child.error == NoCandidateError.__name__:
            raise NoCandidateError(child.text)
        if not child.began:
            return await self._here(request, progress, child.reason)
        raise RefreshError(child.reason)

    def _task(self, request: RefreshRequest) -> bytes:
        task = {
            "path": [entry for entry in sys.path if isinstance(entry, str)],  # imports skip others as well
            "host": self.inputs.written(),
            "signature": self.job.sources_signature,
            "request": asdict(request),
        }
        return json.dumps(task).encode()

    async def _here(self, request: RefreshRequest, progress: Report, reason: str) -> Catalog | None:
        log.warning("the catalog is refreshed in this process, which slows calls: %s", reason)
        return await self.job.refresh(request, progress)


@define(eq=False)
class _Child:
    """A child, and the messages it has sent.

    Attributes:
        process: Its standard streams are pipes.
        progress: Called with each of its steps.
        instructed: Set when it has been given its task.
        began: Whether it got as far as refreshing.
        end, error, text: Its last message; empty where it sent none.
        stray: The last line that was no message.
        code: Its exit code.
    """

    process: subprocess.Popen[bytes]
    progress: Report
    instructed: asyncio.Event = field(factory=asyncio.Event)
    began: bool = False
    end: str = ""
    error: str = ""
    text: str = ""
    stray: str = ""
    code: int = 0

    @property
    def reason(self) -> str:
        """Why it did not do what it should."""
        if self.end == "other":
            return "a process of its own sees other sources"
        stray = f": {self.stray}" if self.stray else ""
        return self.text or f"its process ended with code {self.code}{stray}"

    async def run(self, task: bytes) -> None:
        """Give it its task, and read its messages until it ends."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()
        # Not a thread of an executor, for those are waited for when a program ends. It also collects a child
        # that outlives the loop.
        attend = partial(self._attend, task, loop, ended)
        threading.Thread(target=attend, name="pointsman refresh process", daemon=True).start()
        self.code = await ended

    def _attend(self, task: bytes, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[int]) -> None:
        """Write, read and wait, in a thread; it may outlive the loop, and then nobody listens any longer."""
        with self.process as process:
            with suppress(OSError):  # it ended before it read
                process.stdin.write(task)  # type: ignore[union-attr]  # both are pipes
                process.stdin.close()  # type: ignore[union-attr]
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self.instructed.set)
                for line in process.stdout:  # type: ignore[union-attr]
                    loop.call_soon_threadsafe(self._receive, line)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_end, ended, process.returncode)

    def _receive(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            if "step" in message:
                step = message["step"]
                self.progress(Progress(**{**step, "kind": SourceKind(step["kind"])}))
            elif "log" in message:
                level, name, text = message["log"]
                logging.getLogger(name).log(level, "%s", text)
            elif "end" in message:
                self.end, self.error = message["end"], message.get("error", "")
                self.text = message.get("text", "")
            else:
                self.began = bool(message["began"])
        except (ValueError, TypeError, KeyError):
            self.stray = line.decode(errors="replace").strip() or self.stray


def _start(folder: Path) -> subprocess.Popen[bytes]:
    """A child in a session of its own: no Ctrl-C reaches it, and it does not end with the terminal."""
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("this program has no interpreter of its own")
    flags = sum(getattr(subprocess, name, 0) for name in _WINDOWS)
    return subprocess.Popen(  # noqa: S603 (our own interpreter and our own code)
        [sys.executable, "-P", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        start_new_session=True,
        creationflags=flags,
    )


def _end(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
