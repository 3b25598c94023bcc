"""The process that refreshes for another one; see `pointsman.catalog.refresh_process` for what they say."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from attrs import asdict, define

from pointsman.cache import Cache
from pointsman.catalog.opening import refresh_job
from pointsman.catalog.refresh import Ask, RefreshRequest
from pointsman.errors import PointsmanError
from pointsman.host import Host, HostInputs
from pointsman.http import Client
from pointsman.types.secrets import redact

_NICE = 10
_LONGEST = 900.0  # seconds; a plugin that never returns must not keep others from refreshing for ever
_GAVE_UP = 70


def main(order: Mapping[str, Any]) -> None:
    """Refresh as ordered; whatever becomes of it is said, and no exception leaves."""
    voice = _Voice.taken()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    watch = threading.Timer(_LONGEST, os._exit, [_GAVE_UP])
    watch.daemon = True
    watch.start()
    logging.getLogger().addHandler(_Forward(voice))
    try:
        voice.say(end=asyncio.run(_refresh(order, voice)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (the border of the process)
        text = str(error) if isinstance(error, PointsmanError) else f"{type(error).__name__}: {error}"
        voice.say(end="failed", error=type(error).__name__, text=redact(text))


async def _refresh(order: Mapping[str, Any], voice: _Voice) -> str:
    """What became of it, in a word."""
    given = order["request"]
    request = RefreshRequest(Ask(given["ask"]), wait=given["wait"])
    host = Host.load(*HostInputs.read(order["host"]))
    calls, proxy = host.settings.calls, host.env.get("POINTSMAN_PROXY", "")
    clients: dict[str, Client] = {}

    def http(name: str) -> Client:
        if name not in clients:
            clients[name] = Client(name, connect=calls.connect, read=calls.first_token, proxy=proxy)
        return clients[name]

    cache = Cache(host.folders.cache)
    job = refresh_job(host, http, cache)
    if job.sources_signature != order["signature"]:
        return "other"
    voice.say(began=True)
    try:
        catalog = await job.refresh(request, lambda step: voice.say(step=asdict(step)))
    finally:
        for client in clients.values():
            await client.aclose()
        cache.close()
    return "done" if catalog is not None else "busy"


@define
class _Voice:
    """Where a child speaks to its parent, as long as there is one."""

    _out: int

    @classmethod
    def taken(cls) -> _Voice:
        """Standard output, for ourselves alone: what plugins print goes nowhere."""
        out, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        return cls(out)

    def say(self, **what: Any) -> None:
        """One line; where the parent is gone, nobody needs it."""
        line = json.dumps(what).encode() + b"\n"
        with suppress(OSError):
            while line:
                line = line[os.write(self._out, line) :]


class _Forward(logging.Handler):
    """Warnings are the parent's to show."""

    def __init__(self, voice: _Voice) -> None:
        super().__init__(logging.WARNING)
        self._voice = voice

    def emit(self, record: logging.LogRecord) -> None:
        self._voice.say(log=[record.levelno, record.name, redact(record.getMessage())])
