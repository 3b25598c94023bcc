"""The project's own plugins, loaded apart from whatever else is installed here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pointsman.plugins import COMMANDS, HOST, Contribution, Installed, PluginStatus, discover, load

ROOT = Path(__file__).resolve().parents[2]


@cache
def own() -> tuple[PluginStatus, ...]:
    """What became of the core's and the first-party plugins.

    Raises:
        PluginError: One of them is broken.
    """
    names = _distributions()
    return load(
        [each for each in discover() if each.distribution in names], {"POINTSMAN_STRICT": "1"}
    ).statuses


def contributions(kind: str) -> list[tuple[PluginStatus, Contribution]]:
    """Everything of one kind, by name."""
    found = [(status, each) for status in own() for each in status.contributions if each.kind == kind]
    return sorted(found, key=lambda pair: pair[1].name)


def commands() -> list[Installed]:
    """Commands of first-party plugins."""
    return [each for each in discover(COMMANDS) if each.distribution in _distributions()]


def _distributions() -> set[str]:
    return {HOST, *(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))}
