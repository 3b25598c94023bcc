"""Every distribution has the same few files, and says what it is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.policies.source import DISTRIBUTIONS, ROOT

CORE = tomllib.loads((ROOT / "core" / "pyproject.toml").read_text())
GROUPS = {"pointsman", "pointsman.commands"}
VENDOR_SDKS = {
    "openai",
    "anthropic",
    "google-genai",
    "mistralai",
    "groq",
    "cohere",
    "ollama",
    "litellm",
    "boto3",
}


def project(folder: Path) -> dict[str, Any]:
    """The ``[project]`` table of a distribution."""
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return table


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda folder: folder.name)
def test_a_distribution_is_complete(folder: Path) -> None:
    """A name that is its folder's, an entry point, a page to read, tests to run."""
    table = project(folder)
    readme = (folder / "README.md").read_text()

    assert (folder.name, True, True, True, "MIT") == (
        table["name"],
        bool(GROUPS & set(table["entry-points"])),
        len(readme.splitlines()) >= 5,
        any(folder.glob("tests/test_*.py")),
        table["license"],
    )


@pytest.mark.parametrize("folder", DISTRIBUTIONS, ids=lambda folder: folder.name)
def test_no_distribution_needs_a_vendors_sdk(folder: Path) -> None:
    """Their pins conflict with each other and with the user's own."""
    names = {
        requirement.split(">")[0].split("=")[0].split("[")[0].strip()
        for requirement in project(folder)["dependencies"]
    }

    assert names & VENDOR_SDKS == set()


def test_all_share_one_version() -> None:
    """Released together, numbered together."""
    import pointsman

    versions = {project(folder)["version"] for folder in DISTRIBUTIONS} | {CORE["project"]["version"]}

    assert {pointsman.__version__} == versions


def test_the_core_has_few_dependencies() -> None:
    """Each one more is somebody's conflict; adding one is a decision made here, in sight."""
    names = {requirement.split(">")[0] for requirement in CORE["project"]["dependencies"]}

    assert names == {
        "attrs",
        "click",
        "diskcache",
        "filelock",
        "httptools",
        "httpx",
        "importlib-metadata",
        "jsonschema",
        "msgspec",
        "orjson",
        "platformdirs",
        "pluggy",
        "rich",
        "tomli-w",
    }
