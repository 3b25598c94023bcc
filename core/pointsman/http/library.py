"""Which HTTP library is used: httpx2 where it is installed, else httpx.

They have the same interface; httpx2 is the maintained fork and about twice as fast.
``POINTSMAN_HTTP_LIBRARY`` forces one of the two.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import TYPE_CHECKING

from pointsman.errors import ConfigError

VARIABLE = "POINTSMAN_HTTP_LIBRARY"
CHOICES = ("httpx2", "httpx")


def load() -> ModuleType:
    """The library the environment asks for, else the first one installed.

    Raises:
        ConfigError: The environment asks for something else, or for one that is not installed.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted and wanted not in CHOICES:
        raise ConfigError([f"{VARIABLE}: {wanted!r} is not one of {', '.join(CHOICES)}"])
    for name in (wanted,) if wanted else CHOICES:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    missing = wanted or "httpx"
    raise ConfigError([f"{VARIABLE}: {missing} is not installed; pip install {missing}"])


if TYPE_CHECKING:
    import httpx
else:
    httpx = load()

__all__ = ["CHOICES", "VARIABLE", "httpx", "load"]
