"""The process that refreshes for another one; their messages stand in `pointsman.catalog.refresh_process`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from attrs import asdict, frozen

from pointsman.cache import Cache
from pointsman.catalog.opening import refresh_job
from pointsman.catalog.refresh import Ask, RefreshRequest
from pointsman.clients import Clients
from pointsman.errors import PointsmanError
from pointsman.host import Host, HostInputs
from pointsman.types.secrets import redact

_NICE = 10
_LONGEST = 900.0  # seconds; a plugin that never returns must not keep others from refreshing for ever
_GAVE_UP = 70


def main(task: Mapping[str, Any]) -> None:
    """Do what the parent asks; no exception leaves."""
    output = _Output.of_process()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    watch = threading.Timer(_LONGEST, os._exit, [_GAVE_UP])
    watch.daemon = True
    watch.start()
    try:
        output.send(end=asyncio.run(_refresh(task, output)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (the border of the process)
        text = str(error) if isinstance(error, PointsmanError) else f"{type(error).__name__}: {error}"
        output.send(end="failed", error=type(error).__name__, text=redact(text))


async def _refresh(task: Mapping[str, Any], output: _Output) -> str:
    """Refresh; how it ended, in a word."""
    wanted = task["request"]
    host = Host.load(*HostInputs.read(task["host"]))
    cache, clients = Cache(host.folders.cache), Clients.of(host)
    job = refresh_job(host, clients, cache)
    if job.sources_signature != task["signature"]:
        return "other"
    output.send(began=True)
    logging.getLogger().addHandler(_Forward(output))
    try:
        request = RefreshRequest(Ask(wanted["ask"]), wait=wanted["wait"])
        catalog = await job.refresh(request, lambda step: output.send(step=asdict(step)))
    finally:
        await clients.aclose()
        cache.close()
    return "done" if catalog is not None else "busy"


@frozen
class _Output:
    """The pipe to the parent, for messages alone."""

    _pipe: int

    @classmethod
    def of_process(cls) -> _Output:
        """Standard output, taken away from everybody else: what plugins print goes nowhere."""
        pipe, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        return cls(pipe)

    def send(self, **message: Any) -> None:
        """One message; lost where the parent has gone."""
        line = json.dumps(message).encode() + b"\n"
        with suppress(OSError):
            while line:
                line = line[os.write(self._pipe, line) :]


class _Forward(logging.Handler):
    """Has the parent log what is a warning or worse."""

    def __init__(self, output: _Output) -> None:
        super().__init__(logging.WARNING)
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        self._output.send(log=[record.levelno, record.name, redact(record.getMessage())])
