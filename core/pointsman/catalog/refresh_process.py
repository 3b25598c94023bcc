"""Refreshes the catalog in a process of its own: calls are not slowed, and it outlives whoever began it.

The parent writes one JSON document to the child's standard input, never to its arguments, for it may hold
keys. The child (`pointsman.catalog.refresh_child`) loads the same host, refreshes, and writes one JSON
document a line to its standard output:

- ``{"began": true}``: it is able to;
- ``{"step": {…}}``: the fields of a `Progress`;
- ``{"log": [level, logger, text]}``: a record for the parent to log;
- ``{"end": "done | busy | other | failed", "error": class, "text": …}``: what became of it; ``other`` means
  that it sees other sources than its parent.

Other lines are what the interpreter says when it fails. The catalog itself goes over the disk.
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

from pointsman.catalog.feeds.rounds import Progress
from pointsman.catalog.refresh import Ask, RefreshJob, RefreshRequest, Report
from pointsman.catalog.snapshot import Catalog
from pointsman.errors import NoCandidateError, RefreshError
from pointsman.host import HostInputs
from pointsman.kinds import SourceKind

log = logging.getLogger(__name__)

# The child imports from where its parent does, whatever else its environment says.
_START = (
    "import json, sys; order = json.load(sys.stdin); sys.path[:] = order['path']; "
    "from pointsman.catalog.refresh_child import main; main(order)"
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
            order = self._order(request)
            process = _start(self.inputs.folder)
        except (OSError, TypeError) as error:
            return await self._here(request, progress, f"no process can be started: {error}")
        child = _Child(process, progress)
        try:
            await child.talk(order)
        except asyncio.CancelledError:
            if not request.detached:
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

    def _order(self, request: RefreshRequest) -> bytes:
        order = {
            "path": sys.path,
            "host": self.inputs.written(),
            "signature": self.job.sources_signature,
            "request": asdict(request),
        }
        return json.dumps(order).encode()

    async def _here(self, request: RefreshRequest, progress: Report, reason: str) -> Catalog | None:
        log.warning("the catalog is refreshed in this process, which slows calls: %s", reason)
        return await self.job.refresh(request, progress)


@define(eq=False)
class _Child:
    """What a child says, until it ends.

    Attributes:
        process: The child; its standard streams are pipes.
        progress: Called with each of its steps.
        began: Whether it got as far as refreshing.
        end, error, text: Its last word; empty where it had none.
        noise: The last line that was not meant for us.
        code: Its exit code.
    """

    process: subprocess.Popen[bytes]
    progress: Report
    began: bool = False
    end: str = ""
    error: str = ""
    text: str = ""
    noise: str = ""
    code: int = 0

    @property
    def reason(self) -> str:
        """Why it did not do what it should."""
        if self.end == "other":
            return "a process of its own sees other sources"
        noise = f": {self.noise}" if self.noise else ""
        return self.text or f"its process ended with code {self.code}{noise}"

    async def talk(self, order: bytes) -> None:
        """Give it its order and listen to its end."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()
        # Not a thread of an executor, for those are waited for when a program ends. It also collects a child
        # that outlives the loop.
        talking = partial(self._talk, order, loop, ended)
        threading.Thread(target=talking, name="pointsman refresh process", daemon=True).start()
        self.code = await ended

    def _talk(self, order: bytes, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[int]) -> None:
        with self.process as process:
            with suppress(OSError):  # it ended before it listened
                process.stdin.write(order)  # type: ignore[union-attr]  # both are pipes
                process.stdin.close()  # type: ignore[union-attr]
            with suppress(RuntimeError):  # the loop is closed: nobody listens any longer
                for line in process.stdout:  # type: ignore[union-attr]
                    loop.call_soon_threadsafe(self._hear, line)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell, ended, process.returncode)

    def _hear(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            if "step" in said:
                step = said["step"]
                self.progress(Progress(**{**step, "kind": SourceKind(step["kind"])}))
            elif "log" in said:
                level, name, text = said["log"]
                logging.getLogger(name).log(level, "%s", text)
            elif "end" in said:
                self.end, self.error, self.text = said["end"], said.get("error", ""), said.get("text", "")
            else:
                self.began = bool(said["began"])
        except (ValueError, TypeError, KeyError):
            self.noise = line.decode(errors="replace").strip() or self.noise


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


def _tell(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
