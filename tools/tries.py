"""Try the whole test suite with other versions than the pinned ones.

    uv run python -m tools.tries lowest
    uv run python -m tools.tries newest
    uv run python -m tools.tries 3.11 3.12 3.13 3.14

``lowest`` takes the lowest version of everything that a ``pyproject.toml`` of ours names, ``newest`` the
newest there are today; both leave the pins aside. The others keep the pins and take another Python, which uv
may download; one that cannot be had is said to be missing, and is no failure. Each try happens in a copy of
the tree with an environment of its own, so that yours stays as it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from attrs import frozen

from tools.renew import KEYS, rewritten
from tools.steps import Result, State, Step, main
from tools.workspace import ROOT, copy, must, run, uv

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Every one that is supported; the classifiers of the core say the same."""

_LATER = ("tests/policies/test_constraints.py",)
"""What is true of the pinned versions alone."""

_SHOWN = 60  # lines of a failure


@frozen
class Try:
    """One way to install the workspace.

    Attributes:
        name: How it is called for.
        python: Which Python; the lowest supported one decides what the lowest versions are.
        resolution: uv's name for which version to take.
        pinned: Whether the pins hold.
    """

    name: str
    python: str
    resolution: str = "highest"
    pinned: bool = True


TRIES: Mapping[str, Try] = {
    "lowest": Try("lowest", PYTHONS[0], resolution="lowest-direct", pinned=False),
    "newest": Try("newest", PYTHONS[0], pinned=False),
    **{version: Try(version, version) for version in PYTHONS},
}


def attempt(wanted: Try, root: Path = ROOT) -> Result:
    """Install and test in a copy of the tree."""
    python, why_not = interpreter(wanted.python, root)
    if python is None:
        return Result(State.MISSING, f"no Python {wanted.python}: {why_not}")
    with tempfile.TemporaryDirectory() as folder:
        tree = copy(Path(folder), root)
        if not wanted.pinned:
            path = tree / "pyproject.toml"
            bare = rewritten(path.read_text(encoding="utf-8"), {KEYS[0]: ()})
            path.write_text(bare, encoding="utf-8")
        installed = uv("sync", "--python", python, "--resolution", wanted.resolution, cwd=tree)
        if installed.returncode:
            return Result(State.FAILED, "it cannot be installed", installed.stderr)
        return _tested(tree, wanted)


def _tested(tree: Path, wanted: Try) -> Result:
    ignored = [] if wanted.pinned else [f"--ignore={name}" for name in _LATER]
    program = tree / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    with tempfile.TemporaryFile("w+") as output:
        done = run(
            [program, "-m", "pytest", "-q", "-rfE", *ignored],
            cwd=tree,
            capture_output=False,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        output.seek(0)
        lines = output.read().splitlines() or [f"pytest ended with {done.returncode} and said nothing"]
    state = State.FAILED if done.returncode else State.PASSED
    return Result(state, lines[-1].strip(" ="), "\n".join(lines[-_SHOWN:]) if done.returncode else "")


def interpreter(version: str, cwd: Path) -> tuple[str | None, str]:
    """A Python of this version: one that is there, else one that uv fetches; or None and why not."""
    env = _pyenv()
    found = uv("python", "find", "--system", version, cwd=cwd, env=env)
    if found.returncode:
        fetched = uv("python", "install", "--no-bin", version, cwd=cwd)
        if fetched.returncode:
            said = [
                line.strip().removeprefix("error: ") for line in fetched.stderr.splitlines() if line.strip()
            ]
            return None, "; ".join(dict.fromkeys([*said[:1], *said[-1:]])) or "uv says nothing"
        found = uv("python", "find", "--system", version, cwd=cwd, env=env)
    return _real(must(found).strip(), env), ""


def _pyenv() -> Mapping[str, str]:
    """What makes every Python of pyenv answer to its name, where pyenv is."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return {}
    listed = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True, check=False)
    known = [line for line in listed.stdout.split() if line.startswith("3.")]
    return {"PYENV_VERSION": ":".join(known)} if known else {}


def _real(program: str, env: Mapping[str, str]) -> str:
    """The interpreter behind a name that only works with those variables."""
    done = run([program, "-c", "import sys; print(sys.executable)"], cwd=Path.cwd(), env=dict(env))
    return done.stdout.strip() or program


def steps() -> tuple[Step, ...]:
    """All tries, by name."""
    return tuple(Step(f"tests {each.name}", partial(attempt, each)) for each in TRIES.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="+", choices=TRIES)
    chosen = {f"tests {name}" for name in parser.parse_args().names}
    sys.exit(main([step for step in steps() if step.name in chosen]))
