"""Files and environment into `Settings`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import fields_dict, frozen, resolve_types

from pointsman.config.environment import Environment
from pointsman.config.folders import Folders
from pointsman.config.names import did_you_mean
from pointsman.config.settings import CallSettings, CatalogSettings, Settings
from pointsman.config.structure import from_text, structure
from pointsman.errors import ConfigError
from pointsman.kinds import KINDS
from pointsman.types import Criteria

FILE = "pointsman.toml"
_TOP = ("strategy", "ledger", "shared_state", "offline", "calls", "catalog", "tasks", *KINDS)


@frozen
class _Top:
    """The scalars at the top of the file."""

    strategy: str = ""
    ledger: str = ""
    shared_state: str = ""
    offline: bool = False


def read_settings(
    env: Environment, folders: Folders, *, override: Mapping[str, Any] | None = None
) -> tuple[Settings, list[str]]:
    """Read every file that applies and the environment over them.

    Args:
        env: ``POINTSMAN_CONFIG`` names the one file to read instead of the usual two;
            ``POINTSMAN_STRATEGY``, ``POINTSMAN_LEDGER``, ``POINTSMAN_SHARED_STATE``,
            ``POINTSMAN_OFFLINE`` and ``POINTSMAN_CALLS_*`` /
            ``POINTSMAN_CATALOG_*`` win over the files. ``POINTSMAN_LOCK`` is short for
            ``POINTSMAN_CATALOG_LOCK``.
        folders: Where the user's own file is.
        override: A table as it would stand in a file; wins over everything.

    Returns:
        The settings, with the default wherever something is wrong, and every problem with its path.
    """
    layers = [_parse(resources.files("pointsman") / "defaults.toml", "defaults")]
    problems: list[str] = []
    origins = []
    try:
        files = _files(env, folders)
    except ConfigError as error:
        files, problems = [], list(error.problems)
    for path in files:
        try:
            layers.append(_parse(path, str(path)))
            origins.append(str(path))
        except ConfigError as error:
            problems += error.problems
    merged: dict[str, Any] = {}
    for layer in [*layers, _from_environment(env), *([override] if override else [])]:
        merged = _merge(merged, layer)
    settings, found = _structure(merged, override or {}, tuple(reversed(origins)))
    return settings, problems + found


def _files(env: Environment, folders: Folders) -> list[Path]:
    """The files that apply, weakest first."""
    if named := env.get("POINTSMAN_CONFIG"):
        path = Path(named).expanduser()
        if not path.is_file():
            raise ConfigError([f"POINTSMAN_CONFIG: there is no file {path}"])
        return [path]
    usual = [folders.config / FILE, Path.cwd() / FILE]
    return [path for path in dict.fromkeys(usual) if path.is_file()]


def _parse(path: Any, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name}: not a TOML file: {error}"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{name}: cannot be read: {error}"]) from None


def _merge(weak: Mapping[str, Any], strong: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(weak)
    for key, value in strong.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(before, value)
        else:
            merged[key] = value
    return merged


def _from_environment(env: Environment) -> dict[str, Any]:
    """``POINTSMAN_STRATEGY=…`` as ``strategy = …``, ``POINTSMAN_CALLS_IDLE=…`` as ``[calls] idle = …``."""
    layer: dict[str, Any] = {}
    sections: tuple[tuple[str, type], ...] = (
        ("", _Top),
        ("calls", CallSettings),
        ("catalog", CatalogSettings),
    )
    for section, cls in sections:
        prefix = f"POINTSMAN_{section.upper()}_" if section else "POINTSMAN_"
        for name, attribute in fields_dict(resolve_types(cls)).items():
            if text := env.get(prefix + name.upper()):
                target = layer.setdefault(section, {}) if section else layer
                target[name] = from_text(text, attribute.type)
    if lock := env.get("POINTSMAN_LOCK"):
        layer.setdefault("catalog", {})["lock"] = lock
    return layer


def _structure(
    merged: Mapping[str, Any], override: Mapping[str, Any], origins: tuple[str, ...]
) -> tuple[Settings, list[str]]:
    problems = [f"{key}: unknown key{did_you_mean(key, _TOP)}" for key in merged if key not in _TOP]
    top, found = structure({key: merged[key] for key in fields_dict(_Top) if key in merged}, _Top, "")
    problems += found
    calls, found = structure(_table(merged, "calls", problems), CallSettings, "calls")
    problems += found
    catalog, found = structure(_table(merged, "catalog", problems), CatalogSettings, "catalog")
    problems += found
    top = top or _Top()
    settings = Settings(
        top.strategy,
        top.ledger,
        top.shared_state,
        top.offline,
        calls or CallSettings(),
        catalog or CatalogSettings(),
        _tasks(merged, problems),
        {kind: _tables(merged, kind, problems) for kind in KINDS},
        {kind: _tables(override, kind, []) for kind in KINDS},
        origins,
    )
    return settings, problems


def _tasks(merged: Mapping[str, Any], problems: list[str]) -> dict[str, Criteria]:
    tasks = {}
    for name, table in _tables(merged, "tasks", problems).items():
        if "task" in table:
            problems.append(f"tasks.{name}.task: unknown key; the table's own name is the task's")
        criteria, found = structure({**table, "task": name}, Criteria, f"tasks.{name}")
        problems += found
        if criteria:
            tasks[name] = criteria
    return tasks


def _tables(merged: Mapping[str, Any], key: str, problems: list[str]) -> dict[str, Mapping[str, Any]]:
    """The tables ``[key.NAME]``, by name."""
    found = _table(merged, key, problems)
    return {name: _table(found, name, problems, f"{key}.{name}") for name in found}


def _table(merged: Mapping[str, Any], key: str, problems: list[str], path: str = "") -> Mapping[str, Any]:
    """The table ``[key]``; empty when there is none, and a problem when it is something else."""
    value = merged.get(key, {})
    if isinstance(value, Mapping):
        return value
    problems.append(f"{path or key}: must be a table, [{path or key}]")
    return {}
