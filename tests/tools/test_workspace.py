"""What is published, in which order, and the copy that things are tried in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.workspace import ROOT, copy, must, named, project, published, run, uv


def write(root: Path, name: str, *needs: str) -> None:
    """A distribution that needs others."""
    folder = root / ("core" if name == "pointsman" else f"plugins/{name}")
    folder.mkdir(parents=True)
    text = f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {list(needs)}\n'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_everything_comes_after_what_it_needs(tmp_path: Path) -> None:
    """An index never shows a distribution that cannot be installed."""
    write(tmp_path, "pointsman", "attrs>=1")
    write(tmp_path, "pointsman-a", "pointsman", "pointsman-z[x]>=1")
    write(tmp_path, "pointsman-b", "pointsman")
    write(tmp_path, "pointsman-z", "pointsman>=0.1")

    assert [each.name for each in published(tmp_path)] == [
        "pointsman",
        "pointsman-b",
        "pointsman-z",
        "pointsman-a",
    ]


def test_a_circle_is_an_error(tmp_path: Path) -> None:
    """It has no order."""
    write(tmp_path, "pointsman", "pointsman-a")
    write(tmp_path, "pointsman-a", "pointsman")

    with pytest.raises(ValueError, match="need each other"):
        published(tmp_path)


def test_the_core_is_first_and_no_sample_is_published() -> None:
    """Of this workspace."""
    names = [each.name for each in published()]
    samples = {project(path.parent)["name"] for path in ROOT.glob("sample_plugins/*/pyproject.toml")}

    assert (names[0], len(names) > 35, samples & set(names), len(samples)) == ("pointsman", True, set(), 3)


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("attrs>=24", "attrs"), ("Typing_Extensions", "typing-extensions"), ("a.b[c] ; x", "a-b")],
)
def test_names_are_compared_as_the_index_does(requirement: str, name: str) -> None:
    """Whatever their case and separators."""
    assert name == named(requirement)


def test_the_copy_is_what_git_sees(tmp_path: Path) -> None:
    """Changed and new files as they are; ignored and deleted ones not."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("kept", "changed", "deleted"):
        (root / name).write_text(name)
    must(run(["git", "init", "--quiet"], cwd=root))
    must(run(["git", "add", "."], cwd=root))
    (root / ".gitignore").write_text("ignored\n")
    for name in ("ignored", "new", "changed"):
        (root / name).write_text("now")
    (root / "deleted").unlink()
    tree = copy(tmp_path / "to", root)

    assert {path.name: path.read_text() for path in tree.iterdir()} == {
        ".gitignore": "ignored\n",
        "kept": "kept",
        "changed": "now",
        "new": "now",
    }


def test_a_failure_says_what_the_program_said(tmp_path: Path) -> None:
    """Both of its streams, and how it was called."""
    with pytest.raises(RuntimeError, match=r"(?s)uv no-such-command failed:.*no-such-command"):
        must(uv("no-such-command", cwd=tmp_path))
