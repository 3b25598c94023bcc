"""A catalog pinned to a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pointsman.catalog import Catalog, LeftOut
from pointsman.catalog.lock import NAME, Locked, read, write
from pointsman.errors import ConfigError
from pointsman.types import Kind

from tests.builders import NOW, candidate

CATALOG = Catalog(
    (candidate("acme/alpaca-1", rate="0.1"), candidate("other/alpaca-2", rate=None)),
    embedders=(candidate("other/vectors"),),
    at=NOW,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A lock of the catalog above."""
    write(CATALOG, tmp_path / NAME)
    return tmp_path / NAME


def spoil(path: Path, **changes: Any) -> None:
    """Change the file by hand."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def problem(path: Path) -> str:
    """What reading it says."""
    with pytest.raises(ConfigError) as caught:
        read(path)
    (line,) = caught.value.problems
    return line


def test_what_is_written_is_read(path: Path) -> None:
    """The same catalog to the byte, and nothing else is left in the folder."""
    assert read(path).to_json() == CATALOG.to_json()
    assert [each.name for each in path.parent.iterdir()] == [NAME]


def test_the_same_catalog_is_the_same_file(path: Path, tmp_path: Path) -> None:
    """So that a lock in version control changes only when the catalog does."""
    before = path.read_bytes()
    write(read(path), path)

    assert before == path.read_bytes()


def test_a_lock_changed_by_hand_is_an_error_that_names_it(path: Path) -> None:
    """A price of somebody's own would otherwise look like everybody's."""
    document = json.loads(path.read_text(encoding="utf-8"))["catalog"]
    document["candidates"][0]["price"]["rates"]["input"] = "0.01"
    spoil(path, catalog=document)

    assert problem(path) == (
        f"{path}: its hash does not fit its content, so it was changed by hand; "
        f"write it anew with: pointsman lock {path}"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not a JSON file"),
        ("[]", "not a lock of this version"),
        ('{"schema": "pointsman/lock/9"}', "not a lock of this version"),
        ('{"schema": "pointsman/lock/1", "catalog": {"candidates": 1}}', "its catalog cannot be read"),
        ('{"schema": "pointsman/lock/1"}', "its catalog cannot be read"),
    ],
)
def test_what_is_no_lock_is_an_error_that_names_the_file(path: Path, content: str, words: str) -> None:
    """Never an empty catalog, never a traceback."""
    path.write_text(content, encoding="utf-8")

    assert problem(path).startswith(f"{path}: {words}")


def test_a_missing_lock_says_how_to_write_one(tmp_path: Path) -> None:
    """It was asked for by name."""
    path = tmp_path / "none.json"

    assert problem(path) == f"{path}: there is no such lock; write it anew with: pointsman lock {path}"


def test_a_lock_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where its folder is missing."""
    with pytest.raises(ConfigError, match="cannot be written"):
        write(CATALOG, tmp_path / "missing" / NAME)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_a_locked_catalog_never_changes(path: Path) -> None:
    """Not even by a refresh."""
    locked = Locked.of(path, ["acme", "other"])
    found = [await locked.current(), await locked.refresh(), await locked.refresh(force=False)]
    await locked.wait_for_refresh(1.0)
    await locked.aclose()

    assert [CATALOG.hash] * 3 == [each.hash for each in found]


@pytest.mark.anyio
async def test_models_of_a_provider_that_is_not_on_are_left_out(path: Path) -> None:
    """A lock may come from somebody with more keys."""
    found = await Locked.of(path, ["acme"]).current()
    reason = "in the locked catalog, but its provider is not on here"

    assert [each.key for each in (*found.candidates, *found.embedders)] == ["acme/alpaca-1"]
    assert found.left_out == (LeftOut("other", "alpaca-2", Kind.CHAT, "off", reason),)
