"""Files and folders that only their owner may use: the one place that makes them.

A file is written whole or not at all, under any interruption. Modes mean nothing on Windows, where a user's
own folders are private already.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

_FOLDER = 0o700
_FILE = 0o600
_USUAL = 0o666  # less what the user's mask takes away
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path, *, tighten: bool = False) -> None:
    """A folder with mode 0700, and those above it.

    Args:
        path: Where.
        tighten: Whether a folder that is there gets that mode, too.

    Raises:
        OSError: It cannot be made, or is somebody else's and cannot be tightened.
    """
    path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    if tighten:
        path.chmod(_FOLDER)


def make_file(path: Path) -> None:
    """An empty file with mode 0600, in a folder of that kind; one that is there keeps its content.

    Raises:
        OSError: It cannot be made.
    """
    make_folder(path.parent)
    path.touch(mode=_FILE)
    with suppress(PermissionError):  # somebody else's file that we may write to
        path.chmod(_FILE)


def read(path: Path) -> bytes:
    """The content of a file that only its owner may use.

    Raises:
        OSError: There is none, it cannot be read, or it is open to others.
    """
    if mode := open_to_others(path):
        raise PermissionError(f"{path} is open to others (mode {mode:04o})")
    return path.read_bytes()


def write(path: Path, content: str | bytes) -> None:
    """Replace a file by one with mode 0600 and this content, in a private folder.

    Raises:
        OSError: It cannot be written; what was there before is unharmed.
    """
    make_folder(path.parent)
    _replace(path, content, _FILE)


def write_shared(path: Path, content: str | bytes) -> None:
    """The same for a file that others may read, in a folder that is there.

    Raises:
        OSError: It cannot be written; what was there before is unharmed.
    """
    _replace(path, content, _USUAL)


def open_to_others(path: Path) -> int:
    """The file's mode where anybody but its owner may read or write it, else 0.

    Raises:
        OSError: It cannot be looked at.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    return mode if os.name == "posix" and mode & _OTHERS else 0


def _replace(path: Path, content: str | bytes, mode: int) -> None:
    """A link stays, and what it points to is replaced."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{token_hex(4)}.tmp")
    try:
        # A name nobody has, so that nobody else's file or link is opened; the rename changes all or nothing.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
