"""Everything there is before the first call: plugins loaded, configuration read, extensions built."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import field, frozen

from pointsman import plugins as loader
from pointsman import redaction
from pointsman.config import (
    Environment,
    Folders,
    Instance,
    KeysFile,
    Settings,
    build_all,
    nearest,
    read_settings,
)
from pointsman.config.instances import unknown
from pointsman.errors import ConfigError, PluginError, UnknownNameError
from pointsman.kinds import KINDS
from pointsman.plugins import Plugins
from pointsman.types import Criteria, Secret

LAST_RESORT = "plain"
KEYS = "keys.toml"


_EXACT: Mapping[type, tuple[str, Callable[[str], Any]]] = {
    Decimal: ("$decimal", Decimal),
    datetime: ("$datetime", datetime.fromisoformat),
    date: ("$date", date.fromisoformat),
    time: ("$time", time.fromisoformat),
}
"""Values of a TOML file that JSON has no form of: written ``{"$decimal": "0.1"}``."""


@frozen
class HostInputs:
    """What a host is loaded from, for another process to load the same one.

    Attributes:
        process: Environment variables given instead of the process's own; None where those were read.
        override: A table as it would stand in ``pointsman.toml``; may hold keys.
        folder: The current folder, where a ``pointsman.toml`` may lie.
    """

    process: Mapping[str, str] | None = field(repr=False)
    override: Mapping[str, Any] | None = field(repr=False)
    folder: Path

    def written(self) -> str:
        """The environment and the configuration as JSON; keys stand in it plainly.

        Raises:
            TypeError: The configuration holds what has no written form.
        """
        process = None if self.process is None else dict(self.process)
        return json.dumps({"process": process, "override": self.override}, default=_plain)

    @staticmethod
    def read(text: str) -> tuple[Mapping[str, str] | None, Mapping[str, Any] | None]:
        """What `written` wrote, as `Host.load` takes it."""
        inputs = json.loads(text, object_hook=_restored)
        return inputs["process"], inputs["override"]


@frozen
class Host:
    """What is installed, configured and on.

    Attributes:
        env: Environment variables over the keys file.
        folders: Where things live.
        keys: The keys file.
        settings: The configuration.
        plugins: What became of every plugin.
        instances: Kind → every instance, on or off.
        inputs: What it was loaded from; None where it was put together by hand.
    """

    env: Environment
    folders: Folders
    keys: KeysFile
    settings: Settings
    plugins: Plugins
    instances: Mapping[str, tuple[Instance, ...]]
    inputs: HostInputs | None = None

    @classmethod
    def load(
        cls, process: Mapping[str, str] | None = None, override: Mapping[str, Any] | None = None
    ) -> Host:
        """Load plugins, read the configuration, build extensions. No network.

        Args:
            process: Instead of the process's own environment variables.
            override: A table as it would stand in ``pointsman.toml``; wins over everything.

        Raises:
            ConfigError: With every problem at once.
            PluginError: The configuration names a plugin that is broken.
        """
        found = Diagnosis.of(process, override)
        if found.error is not None:
            raise found.error
        if found.problems:
            raise ConfigError(found.problems)
        return found.host

    @property
    def configured(self) -> tuple[Instance, ...]:
        """Every instance of every kind, on or off."""
        return tuple(chain.from_iterable(self.instances.values()))

    def on(self, kind: str) -> dict[str, Instance]:
        """The instances of one kind that are on, by name."""
        return {each.name: each for each in self.instances[kind] if each.state == "on"}

    def default(self, kind: str) -> str:
        """Name of the one in use, of a kind of which one is: as configured, else as it declares itself."""
        configured: str = getattr(self.settings, KINDS[kind].setting)
        if configured:
            return configured
        willing = [each.name for each in self.on(kind).values() if each.contribution.declared.default]
        return willing[0] if willing else LAST_RESORT

    @property
    def strategy(self) -> str:
        """Name of the strategy used where the criteria name none."""
        return self.default("strategies")

    @property
    def ledger(self) -> str:
        """Name of the ledger."""
        return self.default("ledgers")

    @property
    def shared_state(self) -> str:
        """Name of the shared state."""
        return self.default("shared_states")

    def task(self, name: str) -> Criteria:
        """The criteria of a task.

        Raises:
            UnknownNameError: There is no such task.
        """
        criteria = self.settings.tasks.get(name)
        if criteria is None:
            known = self.settings.tasks
            hint = f"known: {', '.join(sorted(known))}; add it as [tasks.{name}]"
            raise UnknownNameError("task", name, nearest(name, known), hint)
        return criteria

    def dangling(self) -> list[str]:
        """Names in the configuration that stand for nothing."""
        chosen = [kind for kind in KINDS.values() if kind.setting]
        wanted = [(kind.setting, kind.table, getattr(self.settings, kind.setting)) for kind in chosen]
        wanted += [
            ("catalog.price_priority", "pricing_sources", name)
            for name in self.settings.catalog.price_priority
        ]
        for task, criteria in self.settings.tasks.items():
            path = f"tasks.{task}"
            wanted.append((f"{path}.strategy", "strategies", criteria.strategy))
            wanted += [(f"{path}.only_providers", "providers", name) for name in criteria.only_providers]
            excluded = [name for name in criteria.exclude_providers if not self.plugins.left_out(name)]
            wanted += [(f"{path}.exclude_providers", "providers", name) for name in excluded]
        problems = []
        for path, kind, name in wanted:
            known = [each.name for each in self.instances[kind]]
            if name and name not in known:
                problems += unknown(path, kind, name, self.plugins, known)
        return problems


@frozen
class Diagnosis:
    """A host although something may be wrong with it.

    Attributes:
        host: With defaults wherever something is wrong, and without the keys file where that cannot be read.
        problems: Everything wrong with the configuration, one line each.
        error: A plugin the configuration names is broken; its text is among the problems.
    """

    host: Host
    problems: tuple[str, ...]
    error: PluginError | None = None

    @classmethod
    def of(
        cls,
        process: Mapping[str, str] | None = None,
        override: Mapping[str, Any] | None = None,
        *,
        fresh: bool = False,
    ) -> Diagnosis:
        """As `Host.load`, but problems are values.

        Args:
            process: As there.
            override: As there.
            fresh: Whether every plugin is imported, whatever is known of it from an earlier run.

        Raises:
            PluginError: Only with ``POINTSMAN_STRICT=1``.
        """
        env = Environment.of(process)
        folders = Folders.find(env)
        keys = KeysFile(folders.config / KEYS)
        problems: list[str] = []
        try:
            env = Environment.over(keys, process)
        except ConfigError as error:
            problems += error.problems
        settings, found = read_settings(env, folders, override=override)
        problems += found
        plugins = loader.load(env=env, memory=None if fresh else folders.cache)
        for name in {"pointsman", *(each.plugin.module.partition(".")[0] for each in plugins.statuses)}:
            redaction.install(logging.getLogger(name))
        instances: dict[str, tuple[Instance, ...]] = dict.fromkeys(KINDS, ())
        broken: list[PluginError] = []
        for kind in KINDS:
            try:
                instances[kind], found = build_all(kind, plugins, settings, env)
                problems += found
            except PluginError as error:
                broken.append(error)
        inputs = HostInputs(process, override, Path.cwd())
        host = Host(env, folders, keys, settings, plugins, instances, inputs)
        try:
            problems += [] if broken else host.dangling()
        except PluginError as error:
            broken.append(error)
        return cls(host, (*problems, *map(str, broken)), broken[0] if broken else None)


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return list(value)
    if isinstance(value, Path):
        return str(value)
    if type(value) in _EXACT:
        name, _ = _EXACT[type(value)]
        return {name: str(value) if isinstance(value, Decimal) else value.isoformat()}
    raise TypeError(f"a {type(value).__name__} in the configuration has no written form")


def _restored(table: dict[str, Any]) -> Any:
    for name, read in _EXACT.values():
        if table.keys() == {name}:
            return read(table[name])
    return table
