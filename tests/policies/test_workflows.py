"""What runs elsewhere with rights of ours is pinned, and has no more rights than it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.policies.source import ROOT
from tools.tries import PYTHONS

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def read(name: str) -> dict[str, Any]:
    """A workflow as a document; every value is text."""
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (makes text, no objects)
    return document


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash(path: Path) -> None:
    """A tag can be moved; the version stands beside it for a reader."""
    used = [line.partition("uses: ")[2] for line in path.read_text("utf-8").splitlines() if "uses:" in line]

    assert [each for each in used if not PINNED.fullmatch(each)] == []
    assert used


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read(path: Path) -> None:
    """Whatever a job needs beyond that stands in the job."""
    assert read(path.name)["permissions"] == {"contents": "read"}


def test_ci_runs_the_ci_command_and_every_python() -> None:
    """The same two commands as anywhere."""
    jobs = read("ci.yml")["jobs"]
    commands = [step.get("run") for job in jobs.values() for step in job["steps"]]

    assert {"bash .ci/run", "uv run --python ${{ matrix.python }} pytest"} <= set(commands)
    assert tuple(jobs["pythons"]["strategy"]["matrix"]["python"]) == PYTHONS


def test_only_publishing_is_trusted_by_the_index() -> None:
    """The job that runs build scripts has no token; the one that has it builds nothing and asks first."""
    jobs = read("release.yml")["jobs"]
    commands = {name: [step.get("run", "") for step in job["steps"]] for name, job in jobs.items()}

    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]
    assert (jobs["publish"]["environment"], jobs["publish"]["needs"]) == ("pypi", "build")
    assert jobs["publish"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert [line for line in commands["publish"] if "build" in line] == []
    assert commands["publish"][-1] == "uv run python -m tools.release publish dist"
    assert "pypi_attestations sign" in commands["publish"][-2]
