"""The recorded real world on loopback: every model list, price feed and leaderboard, served by a process.

The server and the environment that points every plugin at it are tools that lie beside the checkout
(`tests.shared`); this module starts the one and reads the other.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.shared import shared

_START = 60.0  # seconds the server may take to read what it serves


@frozen
class World:
    """The served feeds.

    Attributes:
        port: Of the server on loopback.
    """

    port: int

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, home: Path) -> Mapping[str, str]:
        """Every variable a user of all these providers and feeds would have set, and nothing else.

        Args:
            home: Where Pointsman keeps its files; created.
        """
        script = f"set -a; source {shared('tools', 'realworld', 'env.sh')}; env -0"
        given = {"PATH": os.environ["PATH"], "PORT": str(self.port), "REALWORLD_HOME": str(home)}
        done = subprocess.run(["bash", "-c", script], env=given, capture_output=True, text=True, check=True)
        return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


@contextmanager
def served() -> Iterator[World]:
    """Serve everything recorded for as long as the block lasts.

    Raises:
        FileNotFoundError: The tools or the data are not beside the checkout.
        RuntimeError: The server did not start; the message holds what it said.
    """
    script = shared("tools", "realworld", "serve.py")
    port = _free_port()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([sys.executable, str(script), str(port)], stdout=said, stderr=said)
        try:
            if not _listens(port, process):
                said.seek(0)
                raise RuntimeError(f"{script} does not serve on port {port}: {said.read().strip()}")
            yield World(port)
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server takes connections before it ends or its time is over."""
    until = time.monotonic() + _START
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
