"""What the tests run with is what ``pyproject.toml`` names, version by version."""

from __future__ import annotations

import tomllib
from importlib.metadata import distributions
from pathlib import Path

from tests.policies.source import ROOT
from tools.renew import KEYS, PIN, versions
from tools.workspace import named, project

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PYPROJECTS = [ROOT / "core" / "pyproject.toml", *ROOT.glob("*plugins/*/pyproject.toml")]
OWN = {named(project(path.parent)["name"]) for path in PYPROJECTS}
SEEDS = {"pip", "setuptools", "wheel"}
"""What some programs put into every environment; nothing of ours uses them."""

REMEDY = "run: uv run python -m tools.renew && uv sync"


def installed() -> dict[str, str]:
    """Name → version of what these tests run with, without the workspace's own distributions."""
    found = {named(each.name): each.version for each in distributions() if not _is_of_a_test(each._path)}  # type: ignore[attr-defined]
    return {name: version for name, version in found.items() if name not in OWN | SEEDS}


def _is_of_a_test(path: Path) -> bool:
    """Distributions that tests made for themselves, in temporary folders."""
    return "site-packages" not in path.parts


def test_every_version_is_named() -> None:
    """A machine set up tomorrow runs the tests with what they ran with today."""
    pinned = versions(TEXT)
    loose = {name: version for name, version in installed().items() if version not in pinned.get(name, ())}

    assert loose == {}, REMEDY


def test_what_builds_is_named_too() -> None:
    """Of every build requirement there is one exact version."""
    pyprojects = [tomllib.loads(path.read_text(encoding="utf-8")) for path in PYPROJECTS]
    wanted = {named(each) for table in pyprojects for each in table["build-system"]["requires"]}

    assert wanted == {name for name in wanted if len(versions(TEXT).get(f"{name} (build)", ())) == 1}, REMEDY


def test_names_and_versions_and_nothing_else() -> None:
    """No address, no path, no hash."""
    lists = tomllib.loads(TEXT)["tool"]["uv"]

    assert [pin for key in KEYS for pin in lists[key] if not PIN.fullmatch(pin)] == []


def test_no_lock_file_is_kept() -> None:
    """It would hold the addresses everything was fetched from."""
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
