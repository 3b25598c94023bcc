"""A server of others, as a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from tools.servers import AIMOCK, LITELLM, LLAMA, Server

PROGRAMS = Path(__file__).parent / "programs"
LITELLM_KEY = "sk-servers-canary-0123456789abcdef"
_PATIENCE = 120  # seconds; what never comes up is a failure, not a test that hangs
_POLL = 0.05


@frozen
class Running:
    """A server that answers.

    Attributes:
        url: ``http://127.0.0.1:PORT``.
        process: What serves there.
    """

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a crash would: at once, and without a word to anybody."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def needed(server: Server) -> Server:
    """`server`, if it is installed; a test that needs it is skipped otherwise, and fails in CI."""
    if not server.installed:
        missing = f"{server.name} is not installed; `uv run python -m tools.servers` does it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return server


@contextmanager
def llama(folder: Path) -> Iterator[Running]:
    """llama.cpp's server with one model, ``tiny``."""
    python = needed(LLAMA).program("python")
    with _running(lambda port: [python, str(PROGRAMS / "llama.py"), str(port), str(folder)], folder) as found:
        yield found


@contextmanager
def litellm(folder: Path, upstream: str) -> Iterator[Running]:
    """LiteLLM's proxy with the models of ``programs/litellm.yaml``; one of them is asked at `upstream`."""
    program, settings = needed(LITELLM).program("litellm"), str(PROGRAMS / "litellm.yaml")
    own = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "UPSTREAM": upstream}
    command = [program, "--config", settings, "--host", "127.0.0.1", "--port"]
    with _running(lambda port: [*command, str(port)], folder, "/health/liveliness", own) as found:
        yield found


@contextmanager
def aimock(folder: Path) -> Iterator[Running]:
    """Aimock with the answers of ``programs/aimock.mjs``."""
    server = needed(AIMOCK)
    module = server.folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "index.js"
    command = [server.program("node"), str(PROGRAMS / "aimock.mjs"), module.as_uri()]
    with _running(lambda port: [*command, str(port)], folder) as found:
        yield found


@contextmanager
def _running(
    command: Callable[[int], Sequence[str]],
    folder: Path,
    ready: str = "/health",
    env: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    port = _free_port()
    log = folder / f"server-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(port),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "HOME": str(folder), **(env or {})},
            start_new_session=True,
        )
    running = Running(f"http://127.0.0.1:{port}", process)
    try:
        _wait(running, ready, log)
        yield running
    finally:
        if process.poll() is None:
            running.kill()


def _wait(running: Running, ready: str, log: Path) -> None:
    last = time.monotonic() + _PATIENCE
    while time.monotonic() < last and running.process.poll() is None:
        try:
            with urllib.request.urlopen(running.url + ready, timeout=_PATIENCE):  # noqa: S310 (http, ours)
                return
        except OSError:  # nobody listens yet, or it says that it is not ready
            time.sleep(_POLL)
    pytest.fail(f"the server did not come up: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
