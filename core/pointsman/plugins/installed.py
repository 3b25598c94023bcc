"""What is installed, as the metadata has it, and what the environment keeps out."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from attrs import frozen

GROUP = "pointsman"
COMMANDS = "pointsman.commands"
HOST = "pointsman"
"""The core's own distribution: its built-ins come through the same entry points and cannot be blocked."""


@frozen
class Installed:
    """An entry point as the metadata has it; nothing of it has been imported.

    Attributes:
        name: Of the entry point.
        value: The module (and attribute) it names.
        distribution, version: Who brought it.
    """

    name: str
    value: str
    distribution: str
    version: str

    @property
    def module(self) -> str:
        """Name of the module alone."""
        return self.value.partition("[")[0].partition(":")[0].strip()

    def load(self) -> Any:
        """Import what the entry point names; raises whatever that raises."""
        attributes = self.value.partition("[")[0].partition(":")[2].strip()
        found = importlib.import_module(self.module)
        return functools.reduce(getattr, filter(None, attributes.split(".")), found)

    def __str__(self) -> str:
        return f"{self.name} ({self.distribution} {self.version})"


def discover(group: str = GROUP) -> tuple[Installed, ...]:
    """Every entry point of the group: the core's own, then all others by name and value; imports nothing.

    The order in which metadata lists entry points is undefined, so they are sorted. The core comes first:
    nobody takes the names of its built-ins.
    """
    import importlib_metadata

    found = (
        Installed(
            name=entry.name,
            value=entry.value,
            distribution=entry.dist.name if entry.dist else "unknown",
            version=entry.dist.version if entry.dist else "",
        )
        for entry in importlib_metadata.entry_points(group=group)
    )
    order = attrgetter("name", "value", "distribution")
    return tuple(sorted(found, key=lambda each: (each.distribution != HOST, *order(each))))


def blocked(plugin: Installed, env: Mapping[str, str]) -> str:
    """Why the environment keeps this plugin out; empty when it does not.

    ``POINTSMAN_BLOCK=a,b`` blocks these, ``POINTSMAN_ONLY=a,b`` blocks all others (``""`` blocks all), by
    entry-point or distribution name.
    """
    if plugin.distribution == HOST:
        return ""
    names = _listed(f"{plugin.name},{plugin.distribution}")
    if names & _listed(env.get("POINTSMAN_BLOCK", "")):
        return "named in POINTSMAN_BLOCK"
    only = env.get("POINTSMAN_ONLY")
    if only is not None and not names & _listed(only):
        return "not named in POINTSMAN_ONLY"
    return ""


def _listed(names: str) -> set[str]:
    """Names as package indexes compare them: case and the kind of separator do not count."""
    return {re.sub(r"[-_.]+", "-", name.strip()).lower() for name in names.split(",") if name.strip()}
