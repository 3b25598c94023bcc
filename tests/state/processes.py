"""Starting the processes of these tests, and ending them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A module as a process that ends when its input does."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()


@contextlib.contextmanager
def toy() -> Iterator[int]:
    """The toy server's port."""
    with running("tests.state.toy_server") as process:
        yield int(line(process))


def line(process: subprocess.Popen[str]) -> str:
    """The next line of its output."""
    assert process.stdout is not None
    return process.stdout.readline()


class Member:
    """One of several processes that share a state."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, method: str, *arguments: Any) -> None:
        """Have something done."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([method, *arguments]) + "\n")
        self.process.stdin.flush()

    def end(self) -> Any:
        """What came of it."""
        return json.loads(line(self.process))

    def ask(self, method: str, *arguments: Any) -> Any:
        """Both."""
        self.begin(method, *arguments)
        return self.end()

    def sees(self, expected: Any, method: str, *arguments: Any) -> bool:
        """Wait until the answer is this one."""
        while self.ask(method, *arguments) != expected:
            time.sleep(0.02)
        return True
