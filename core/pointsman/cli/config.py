"""``pointsman config show``: the configuration in force, and where each value comes from.

JSON: ``{"schema": "pointsman/config/1", "files": [strongest first], "values": [{"path", "value", "from"}],
"problems": […]}``. A key is shown as its fingerprint only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from pointsman.cli.command import command
from pointsman.cli.exits import Exit
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table
from pointsman.config.settings import Settings
from pointsman.host import Diagnosis, Host
from pointsman.kinds import KINDS
from pointsman.types import Secret

_SECRET_WORDS = ("key", "secret", "token", "password")


@click.group("config", short_help="The configuration in force, and where each value comes from.")
def config() -> None:
    """The configuration in force."""


@command("show", config, short_help="Every value, and where it comes from.")
def show(face: Face) -> Exit:
    """Every value in force and where it comes from: the environment, a file, or the defaults.

    Exit code 2 when something in it cannot be used.
    """
    found = Diagnosis.of()
    rows = list(_values(found.host))
    document = {"files": found.host.settings.origins, "values": rows, "problems": found.problems}
    columns = [Column("path"), Column("value", wide=True), Column("from", wide=True)]
    files = ", ".join(found.host.settings.origins) or "none"
    face.report(Report("config", document, [Table(columns, rows)], [f"files read, strongest first: {files}"]))
    for problem in found.problems:
        face.warn(problem)
    return Exit.USAGE if found.problems else Exit.OK


def _values(host: Host) -> Iterator[Row]:
    settings = host.settings
    layers = [(name, _parsed(name)) for name in settings.origins]
    for path, value in _leaves(settings):
        name = ".".join(path)
        yield {"path": name, "value": _masked(path, value), "from": _origin(path, host.env, layers)}


def _leaves(settings: Settings) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value that is set, by its path in the file."""
    for name in (*(kind.setting for kind in KINDS.values() if kind.setting), "offline"):
        yield (name,), getattr(settings, name)
    for section in ("calls", "catalog"):
        values = getattr(settings, section)
        for each in attrs.fields(type(values)):
            yield (section, each.name), getattr(values, each.name)
    for task, criteria in sorted(settings.tasks.items()):
        pairs = [
            (each.name, getattr(criteria, each.name))
            for each in attrs.fields(type(criteria))
            if each.name != "task" and getattr(criteria, each.name) != each.default
        ]
        for name, value in pairs:
            if value != frozenset():
                yield ("tasks", task, name), value
    for kind in KINDS:
        for instance, table in sorted(settings.tables.get(kind, {}).items()):
            for name, value in table.items():
                yield (kind, instance, name), value


def _origin(
    path: Sequence[str], env: Mapping[str, str], layers: Sequence[tuple[str, Mapping[str, Any]]]
) -> str:
    if path == ("catalog", "lock") and env.get("POINTSMAN_LOCK"):
        return "POINTSMAN_LOCK"
    variable = "_".join(("POINTSMAN", *path)).upper()
    if len(path) <= 2 and env.get(variable):  # noqa: PLR2004 (deeper ones have variables of their own)
        return variable
    for name, table in layers:
        value: Any = table
        for part in path:
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            return name
    return "default"


def _masked(path: Sequence[str], value: Any) -> Any:
    if isinstance(value, str) and value and path[0] in KINDS:
        name = path[-1].lower()
        if any(word in name for word in _SECRET_WORDS):
            return Secret(value).fingerprint
    return sorted(value) if isinstance(value, frozenset) else value


def _parsed(name: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
