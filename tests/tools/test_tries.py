"""Which ways of installing the workspace are tried, and what is said where one cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import tries
from tools.steps import State
from tools.tries import PYTHONS, TRIES, Try, attempt, interpreter
from tools.workspace import ROOT, must, project, run


def test_every_supported_python_is_tried() -> None:
    """From the lowest the distributions allow to the highest their classifiers name."""
    table = project(ROOT / "core")
    named = [line.rpartition(" ")[2] for line in table["classifiers"] if ":: Python :: 3." in line]

    assert (f">={PYTHONS[0]}", PYTHONS) == (table["requires-python"], tuple(named))
    assert tuple(TRIES) == ("lowest", "newest", *PYTHONS)


def test_a_python_that_cannot_be_had_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With uv's reason; it is neither passed nor failed."""
    monkeypatch.setattr(tries, "interpreter", lambda *_: (None, "nobody serves it"))
    result = attempt(Try("next", "3.99"))

    assert (result.state, result.remark) == (State.MISSING, "no Python 3.99: nobody serves it")


def test_uv_says_why_there_is_none(tmp_path: Path) -> None:
    """A version nobody will ever release is refused without a network."""
    python, why_not = interpreter("3.999", tmp_path)

    assert (python, "3.999" in why_not) == (None, True)


def test_the_running_version_is_found(tmp_path: Path) -> None:
    """And the interpreter is a real one: it runs outside of whatever found it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    python, _ = interpreter(version, tmp_path)
    said = must(run([str(python), "-c", "import sys; print(*sys.version_info[:2], sep='.')"], cwd=tmp_path))

    assert version == said.strip()
