"""Wheels, and a fresh virtual environment they are installed into with pip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

_SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it wrote is kept."""
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, check=False, **options)


def must(command: Sequence[str | Path], **options: Any) -> None:
    """Run a program that has to succeed; otherwise say what it said."""
    done = run(command, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def build(package: Path, folder: Path) -> Path:
    """Build the wheel of a package into a folder of its own below `folder`."""
    uv = [found] if (found := shutil.which("uv")) else [sys.executable, "-m", "uv"]
    target = folder / package.name
    must([*uv, "build", "--wheel", "--quiet", "--out-dir", target, package])
    (wheel,) = target.glob("*.whl")
    return wheel


def contents(wheel: Path) -> dict[str, bytes]:
    """Name → bytes of everything in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@frozen
class Site:
    """A virtual environment that knows nothing of this checkout."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> Site:
        """Make one, with pip in it."""
        venv.create(path, with_pip=True)
        return cls(path)

    def pip(self, *arguments: str | Path) -> None:
        """Run its pip."""
        python = self.path / _SCRIPTS / "python"
        must([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])

    def pointsman(self, home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the program in `home` with these variables and next to no others."""
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
        variables: Mapping[str, str] = {**kept, "HOME": str(home), "POINTSMAN_HOME": str(home), **env}
        return run([self.path / _SCRIPTS / "pointsman", *arguments], cwd=home, env=variables)

    def document(self, home: Path, *arguments: str, **env: str) -> Any:
        """What the program says with ``--json``; it has to succeed."""
        done = self.pointsman(home, *arguments, "--json", **env)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)
