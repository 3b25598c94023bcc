"""Files that only their owner may use, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman import private_files

posix = pytest.mark.skipif(os.name != "posix", reason="modes mean nothing on this system")


def mode(path: Path) -> int:
    """Who may do what with it."""
    return path.stat().st_mode & 0o777


@pytest.fixture
def open_mask() -> Iterator[None]:
    """A user whose new files everybody may write."""
    before = os.umask(0)
    yield
    os.umask(before)


@posix
@pytest.mark.usefixtures("open_mask")
@pytest.mark.parametrize("make", [private_files.make_file, lambda path: private_files.write(path, "x")])
def test_only_the_owner_may_use_it(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Whatever the user's mask, and the folder likewise."""
    path = tmp_path / "folder" / "file"
    make(path)

    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


@posix
@pytest.mark.parametrize("make", [private_files.make_file, lambda path: private_files.write(path, "x")])
def test_a_file_that_was_open_to_others_is_so_no_more(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """It may have been made by hand."""
    path = tmp_path / "file"
    path.touch()
    path.chmod(0o666)
    make(path)

    assert mode(path) == 0o600


@posix
@pytest.mark.usefixtures("open_mask")
def test_a_shared_file_follows_the_users_mask(tmp_path: Path) -> None:
    """It is meant for version control and colleagues."""
    private_files.write_shared(tmp_path / "file", "x")

    assert mode(tmp_path / "file") == 0o666


@posix
@pytest.mark.parametrize(("tighten", "after"), [(False, 0o755), (True, 0o700)])
def test_a_folder_that_is_there_is_tightened_only_when_asked(
    tmp_path: Path, tighten: bool, after: int
) -> None:
    """The user's own folder is the user's business; a cache is nobody else's."""
    tmp_path.chmod(0o755)
    private_files.make_folder(tmp_path, tighten=tighten)

    assert mode(tmp_path) == after


def test_making_a_file_keeps_its_content(tmp_path: Path) -> None:
    """A ledger is opened again and again."""
    path = tmp_path / "file"
    private_files.write(path, "kept")
    private_files.make_file(path)

    assert path.read_text() == "kept"


@settings(deadline=None)  # other work on the machine is no failure
@given(st.binary() | st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, content: str | bytes) -> None:
    """Bytes as they are, text as UTF-8, without any change of line ends."""
    path = tmp_path_factory.mktemp("written") / "file"
    private_files.write(path, content)

    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("write", [private_files.write, private_files.write_shared])
@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_failed_write_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path, str], None],
    broken: str,
) -> None:
    """The old file stays whole, and nothing stays beside it; Ctrl-C included."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "file"
    write(path, "before")
    with monkeypatch.context() as patch:
        patch.setattr(Path if broken == "replace" else os, broken, fail)
        with pytest.raises(KeyboardInterrupt):
            write(path, "after")

    assert (path.read_text(), [each.name for each in tmp_path.iterdir()]) == ("before", ["file"])


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Many keep their configuration in a repository and link it."""
    target, link = tmp_path / "kept" / "keys.toml", tmp_path / "keys.toml"
    target.parent.mkdir()
    target.touch()
    link.symlink_to(target)
    private_files.write(link, "x")

    assert (link.is_symlink(), target.read_text()) == (True, "x")


@posix
@pytest.mark.parametrize(("given_mode", "found"), [(0o600, 0), (0o400, 0), (0o640, 0o640), (0o602, 0o602)])
def test_a_file_open_to_others_is_noticed(tmp_path: Path, given_mode: int, found: int) -> None:
    """By its mode, for the message."""
    path = tmp_path / "file"
    path.touch()
    path.chmod(given_mode)

    assert private_files.open_to_others(path) == found
