"""Which HTTP library is used: httpx2 where it is installed, else httpx; and which transport below it.

The two have the same interface; httpx2 is the maintained fork. Requests go through the lean transport of
`pointsman.http.transport` where httptools can be imported. ``POINTSMAN_HTTP_LIBRARY`` forces one:
``httptools`` the lean transport, ``httpx2`` or ``httpx`` that library's own.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import TYPE_CHECKING

from pointsman.errors import ConfigError

VARIABLE = "POINTSMAN_HTTP_LIBRARY"
LEAN = "httptools"
CHOICES = ("httpx2", "httpx")


def load() -> ModuleType:
    """The library the environment asks for, else the first one installed.

    Raises:
        ConfigError: The environment asks for something else, or for one that is not installed.
    """
    wanted = _wanted()
    if wanted == LEAN:
        wanted = ""
    for name in (wanted,) if wanted else CHOICES:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    missing = wanted or "httpx"
    raise ConfigError([f"{VARIABLE}: {missing} is not installed; pip install {missing}"])


def is_lean() -> bool:
    """Whether requests go through the lean transport.

    Raises:
        ConfigError: The environment asks for it, and httptools is not installed.
    """
    wanted = _wanted()
    if wanted in CHOICES:
        return False
    try:
        importlib.import_module(LEAN)
    except ImportError as error:  # not installed, or made for another interpreter
        if wanted:
            raise ConfigError([f"{VARIABLE}: {LEAN} is not installed; pip install {LEAN}"]) from error
        return False
    return True


def _wanted() -> str:
    wanted = os.environ.get(VARIABLE, "")
    if wanted and wanted not in (LEAN, *CHOICES):
        raise ConfigError([f"{VARIABLE}: {wanted!r} is not one of {', '.join((LEAN, *CHOICES))}"])
    return wanted


if TYPE_CHECKING:
    import httpx
else:
    httpx = load()

__all__ = ["CHOICES", "LEAN", "VARIABLE", "httpx", "is_lean", "load"]
