"""The distributions of this workspace, and a copy of its tree to try things in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
"""Recorded data beside the checkout; the tests look for it there."""

_NAME = re.compile(r"[A-Za-z0-9._-]+")


@frozen(order=True)
class Distribution:
    """One distribution that is published.

    Attributes:
        rank: How many others must be on the index before it, at most one after the other.
        name: As in its ``pyproject.toml``.
        version: Likewise.
        folder: Where it lives.
    """

    rank: int
    name: str
    version: str = field(order=False)
    folder: Path = field(order=False)

    @property
    def stem(self) -> str:
        """How its files begin: ``pointsman_aider-0.1.0``."""
        return f"{self.name.replace('-', '_')}-{self.version}"

    def entry_points(self, group: str) -> tuple[str, ...]:
        """The names it has in a group of entry points."""
        return tuple(project(self.folder).get("entry-points", {}).get(group, ()))


def project(folder: Path) -> Mapping[str, Any]:
    """The ``[project]`` table of a folder's ``pyproject.toml``."""
    table: Mapping[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return table


def named(requirement: str) -> str:
    """The name in ``pointsman[httpx2]>=1``."""
    found = _NAME.match(requirement.strip())
    if found is None:
        raise ValueError(f"this is no requirement: {requirement!r}")
    return found[0].lower().replace("_", "-").replace(".", "-")


def published(root: Path = ROOT) -> tuple[Distribution, ...]:
    """Every distribution that is published, each after what it needs: the core, then the plugins.

    The samples of the tutorial are not published.
    """
    folders = [root / "core", *sorted(path.parent for path in root.glob("plugins/*/pyproject.toml"))]
    tables = {project(folder)["name"]: (project(folder), folder) for folder in folders}
    needs = {
        name: {named(each) for each in table.get("dependencies", ())} & tables.keys()
        for name, (table, _) in tables.items()
    }

    def rank(name: str, above: tuple[str, ...] = ()) -> int:
        if name in above:
            raise ValueError(f"these need each other: {', '.join(above)}")
        return max((1 + rank(other, (*above, name)) for other in needs[name]), default=0)

    return tuple(
        sorted(
            Distribution(rank(name), name, table["version"], folder)
            for name, (table, folder) in tables.items()
        )
    )


def copy(target: Path, root: Path = ROOT) -> Path:
    """The tree as git sees it, changes included, with the recorded data beside it; returns its folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    tree = target / "tree"
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, tree / name)
    if SHARED.is_dir():
        (target / SHARED.name).symlink_to(SHARED)
    return tree


def uv(*arguments: str | Path, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run uv in a folder, outside of the environment this process runs in; what it wrote is kept."""
    program = [found] if (found := shutil.which("uv")) else [sys.executable, "-m", "uv"]
    return run([*program, *map(str, arguments)], cwd=cwd, **options)


def run(command: Sequence[str | Path], *, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, outside of the environment this process runs in; what it wrote is kept."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"} | options.pop(
        "env", {}
    )
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=cwd, env=env, text=True, check=False, **{"capture_output": True, **options}
    )


def must(done: subprocess.CompletedProcess[str]) -> str:
    """What a program wrote to its output.

    Raises:
        RuntimeError: It failed; with what it said.
    """
    if done.returncode:
        raise RuntimeError(f"{' '.join(done.args)} failed:\n{done.stdout or ''}{done.stderr or ''}")
    return done.stdout or ""
