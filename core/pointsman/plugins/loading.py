"""Imports plugins and asks each alone what it brings."""

from __future__ import annotations

import inspect
import logging
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from attrs import has

from pointsman import hookspecs
from pointsman.errors import PluginError
from pointsman.hookspecs import PROJECT, Extension
from pointsman.kinds import KINDS
from pointsman.plugins.contributions import Contribution, Plugins, PluginStatus
from pointsman.plugins.index import Known, PluginIndex
from pointsman.plugins.installed import Installed, blocked, discover
from pointsman.types.secrets import redact

_HOOKS = {kind.hook: kind.table for kind in KINDS.values()}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MOST_RECORDS = 1000

log = logging.getLogger("pointsman.plugins")


def load(
    installed: Sequence[Installed] | None = None,
    env: Mapping[str, str] | None = None,
    memory: Path | None = None,
) -> Plugins:
    """Load and ask every plugin, each on its own.

    Args:
        installed: What to load; by default everything discovered.
        env: Where ``POINTSMAN_BLOCK``, ``POINTSMAN_ONLY`` and ``POINTSMAN_STRICT`` are read.
        memory: A folder where what everything discovered brings is kept between runs. A plugin that is
            known from there is not imported before one of its extensions is used. None: all are.

    Raises:
        PluginError: Only with ``POINTSMAN_STRICT=1``, at the first thing wrong, chained to its cause.
    """
    env = os.environ if env is None else env
    strict = env.get("POINTSMAN_STRICT", "") not in {"", "0"}
    index = None if memory is None or installed or strict else PluginIndex.read(memory)
    if installed is None:
        installed = index.installed if index else discover()
    loader, statuses = _Loader(), []
    for plugin in installed:
        reason = blocked(plugin, env)
        known = index.known(plugin) if index else None
        if reason:
            status = PluginStatus(plugin, "blocked", reason)
        elif known is not None:
            status = PluginStatus(
                plugin, "loaded", contributions=tuple(loader.remembered(plugin, each) for each in known)
            )
        else:
            status = loader.load(plugin)
        if strict and status.error is not None:
            raise PluginError(str(plugin), status.reason) from status.error
        statuses.append(status)
    if index is not None and memory is not None:
        index.keep(memory, statuses)
    return Plugins.of_all(statuses, strict=strict)


class _Loader:
    """Imports, registers, checks and asks plugins one by one; a failure of any kind becomes a status."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._loaded: dict[Installed, PluginStatus] = {}
        self._lock = threading.RLock()

    def load(self, plugin: Installed) -> PluginStatus:
        """What becomes of a plugin; the first time decides."""
        with self._lock:
            if plugin not in self._loaded:
                self._loaded[plugin] = self._load(plugin)
            return self._loaded[plugin]

    def remembered(self, plugin: Installed, known: Known) -> Contribution:
        """An extension of a plugin that is imported when it is used."""
        return Contribution(
            known.declared.name,
            plugin,
            known.declared,
            True,
            lambda: self._extension(plugin, known),
            lambda: known.settings,
        )

    def _extension(self, plugin: Installed, known: Known) -> Extension[Any]:
        status = self.load(plugin)
        if status.error is not None:
            raise PluginError(str(plugin), status.reason) from status.error
        wanted = (known.declared.kind, known.declared.name)
        found = (each for each in status.contributions if (each.kind, each.declared.name) == wanted)
        contribution = next(found, None)
        if contribution is None:
            raise PluginError(str(plugin), f"no longer brings {' '.join(wanted)}")
        return contribution.extension

    def _load(self, plugin: Installed) -> PluginStatus:
        name = f"{plugin.distribution}:{plugin.name}"
        try:
            module = plugin.load()
            self._manager.register(module, name=name)
            self._manager.check_pending()
            contributions = tuple(_collect(self._manager, module, plugin))
            return PluginStatus(plugin, "loaded", contributions=contributions)
        except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a plugin raises is its own failure)
            if self._manager.has_plugin(name):  # a registration that failed half-way counts as well
                self._manager.unregister(name=name)
            reason = describe(error)
            log.warning("plugin %s is left out: %s", plugin, reason)
            return PluginStatus(plugin, "broken", reason, error)


def _collect(manager: pluggy.PluginManager, module: ModuleType, plugin: Installed) -> Iterable[Contribution]:
    """Ask one plugin's hooks through a caller that sees no other plugin, so every record is attributed.

    A hook marked optional that this version does not know is not asked.
    """
    others = [each for each in manager.get_plugins() if each is not module]
    callers = manager.get_hookcallers(module) or []
    if not callers:
        raise PluginError(str(plugin), "holds no function marked with @hookimpl")
    seen = set()
    for hook in (caller.name for caller in callers if caller.name in _HOOKS):
        answers = manager.subset_hook_caller(hook, remove_plugins=others)()
        for records in answers or [None]:  # pluggy drops the None of a hook that forgot to yield
            for each in _contributions(_HOOKS[hook], hook, records, plugin):
                if (hook, each.name) in seen:
                    raise ValueError(f"{hook} yields {each.name!r} twice")
                seen.add((hook, each.name))
                yield each


def _contributions(kind: str, hook: str, records: Any, plugin: Installed) -> Iterable[Contribution]:
    if inspect.iscoroutine(records):
        records.close()
        raise TypeError(f"{hook} is async; hooks are plain def and yield Extension records")
    if isinstance(records, (str, bytes, Mapping)) or not isinstance(records, Iterable):
        raise TypeError(f"{hook} must yield Extension records, got {type(records).__name__}")
    for number, record in enumerate(records):
        if number >= _MOST_RECORDS:
            raise ValueError(f"{hook} yields more than {_MOST_RECORDS} records")
        if not isinstance(record, Extension):
            raise TypeError(f"{hook} must yield Extension records, got {type(record).__name__}")
        _check(hook, record)
        yield Contribution.of(kind, record, plugin)


def _check(hook: str, extension: Extension[Any]) -> None:
    name: object = extension.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{hook}: {name!r} is no name; use lower-case letters, digits, '.', '_', '-'")
    if not callable(extension.create):
        raise TypeError(f"{hook}: {name}: create must be callable")
    if extension.config is not None and not (isinstance(extension.config, type) and has(extension.config)):
        raise TypeError(f"{hook}: {name}: config must be an attrs class")


def describe(error: BaseException) -> str:
    """One line on what a plugin raised, without any key; an error that cannot be printed keeps its class."""
    if isinstance(error, SystemExit):
        return f"calls sys.exit({'' if error.code is None else error.code})"
    try:
        text = redact(str(error)).strip()
    except Exception:  # noqa: BLE001 (the message is the plugin's code as well)
        text = ""
    if isinstance(error, PluginError):
        return text.removeprefix(f"plugin {error.plugin}: ")
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__
