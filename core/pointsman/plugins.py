"""From installed distributions to named contributions: discover (no import) → load → collect.

One scan of the entry points, sorted, nothing imported; what is blocked is skipped; each module is imported,
registered and asked alone, so whatever it does wrong is a row with its name and reason, never the host's end.
"""

from __future__ import annotations

import inspect
import logging
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import ModuleType
from typing import Any

import importlib_metadata
import pluggy
from attrs import evolve, field, frozen, has

from pointsman import hookspecs
from pointsman.errors import PluginConflictError, PluginError
from pointsman.hookspecs import PROJECT, Extension
from pointsman.kinds import KINDS
from pointsman.types.secrets import redact

GROUP = "pointsman"
COMMANDS = "pointsman.commands"
HOST = "pointsman"
"""The core's own distribution: its built-ins come through the same entry points and cannot be blocked."""

_HOOKS = {kind.hook: kind.table for kind in KINDS.values()}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_MOST_RECORDS = 1000

log = logging.getLogger("pointsman.plugins")


@frozen
class Installed:
    """An entry point as the metadata tells it; nothing of it has been imported.

    Attributes:
        name: Of the entry point.
        value: The module (and attribute) it names.
        distribution, version: Who brought it.
    """

    name: str
    value: str
    distribution: str
    version: str
    _entry_point: importlib_metadata.EntryPoint = field(repr=False, eq=False)

    def load(self) -> Any:
        """Import what the entry point names; raises whatever that raises."""
        return self._entry_point.load()

    def __str__(self) -> str:
        return f"{self.name} ({self.distribution} {self.version})"


@frozen
class Contribution:
    """One extension, with who brought it. Its kind is a key of `pointsman.kinds.KINDS`."""

    kind: str
    name: str
    extension: Extension[Any]
    plugin: Installed


@frozen
class PluginStatus:
    """What became of one plugin.

    Attributes:
        plugin: Which.
        state: ``loaded``, ``blocked`` or ``broken``.
        reason: Why it is not loaded, or what part of it was left out; empty when all is well.
        error: The cause, for chaining.
        contributions: What it brought.
    """

    plugin: Installed
    state: str
    reason: str = ""
    error: BaseException | None = field(default=None, repr=False, eq=False)
    contributions: tuple[Contribution, ...] = ()


@frozen
class Plugins:
    """Everything installed, and what became of it.

    Attributes:
        statuses: One per entry point, in the order of `discover`.
        contributions: Kind → name → contribution.
    """

    statuses: tuple[PluginStatus, ...]
    contributions: Mapping[str, Mapping[str, Contribution]]

    def of(self, kind: str) -> Mapping[str, Contribution]:
        """The contributions of one kind, by name."""
        return self.contributions.get(kind, {})

    def left_out(self, name: str) -> PluginStatus | None:
        """The broken or blocked plugin of this entry-point name, if there is one."""
        return next((s for s in self.statuses if s.plugin.name == name and s.state != "loaded"), None)


def discover(group: str = GROUP) -> tuple[Installed, ...]:
    """Every entry point of the group: the core's own, then all others by name and value; imports nothing.

    The order in which metadata lists entry points is undefined, hence the sort. The core comes first, so that
    nobody takes the names of its built-ins.
    """
    found = (
        Installed(
            name=entry.name,
            value=entry.value,
            distribution=entry.dist.name if entry.dist else "unknown",
            version=entry.dist.version if entry.dist else "",
            entry_point=entry,
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


def load(installed: Sequence[Installed] | None = None, env: Mapping[str, str] | None = None) -> Plugins:
    """Load and ask every plugin, each on its own.

    Args:
        installed: What to load; by default everything discovered.
        env: Where ``POINTSMAN_BLOCK``, ``POINTSMAN_ONLY`` and ``POINTSMAN_STRICT`` are read.

    Raises:
        PluginError: Only with ``POINTSMAN_STRICT=1``, at the first thing wrong, chained to its cause.
    """
    env = os.environ if env is None else env
    strict = env.get("POINTSMAN_STRICT", "") not in {"", "0"}
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    statuses = []
    for plugin in discover() if installed is None else installed:
        reason = blocked(plugin, env)
        status = PluginStatus(plugin, "blocked", reason) if reason else _load_one(manager, plugin)
        if strict and status.error is not None:
            raise PluginError(str(plugin), status.reason) from status.error
        statuses.append(status)
    return _resolve_conflicts(statuses, strict=strict)


def _load_one(manager: pluggy.PluginManager, plugin: Installed) -> PluginStatus:
    """Import, register, check and ask one plugin; a failure of any kind becomes its status."""
    name = f"{plugin.distribution}:{plugin.name}"
    try:
        module = plugin.load()
        manager.register(module, name=name)
        manager.check_pending()
        return PluginStatus(plugin, "loaded", contributions=tuple(_collect(manager, module, plugin)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a plugin raises is its own failure)
        if manager.has_plugin(name):  # a registration that failed half-way counts as well
            manager.unregister(name=name)
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
        yield Contribution(kind, record.name, record, plugin)


def _check(hook: str, extension: Extension[Any]) -> None:
    name: object = extension.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{hook}: {name!r} is no name; use lower-case letters, digits, '.', '_', '-'")
    if not callable(extension.create):
        raise TypeError(f"{hook}: {name}: create must be callable")
    if extension.config is not None and not (isinstance(extension.config, type) and has(extension.config)):
        raise TypeError(f"{hook}: {name}: config must be an attrs class")


def _resolve_conflicts(statuses: Sequence[PluginStatus], *, strict: bool) -> Plugins:
    """Give each name to the first plugin in order; later ones stay reachable as ``plugin:name``."""
    kinds: dict[str, dict[str, Contribution]] = {kind: {} for kind in KINDS}
    resolved = []
    for status in statuses:
        kept, notes = [], []
        for each in status.contributions:
            holder = kinds[each.kind].get(each.name)
            contribution = each
            if holder is not None:
                contribution = evolve(each, name=_other_name(each, kinds[each.kind]))
                note = (
                    f"{each.kind} {each.name!r} is provided by both {holder.plugin} and {each.plugin}; "
                    f"this one is reachable as {contribution.name!r}"
                )
                if strict:
                    raise PluginConflictError([str(holder.plugin), str(each.plugin)], note)
                log.warning("%s", note)
                notes.append(note)
            kinds[each.kind][contribution.name] = contribution
            kept.append(contribution)
        resolved.append(evolve(status, contributions=tuple(kept), reason="; ".join(notes) or status.reason))
    return Plugins(tuple(resolved), kinds)


def _other_name(contribution: Contribution, taken: Mapping[str, Contribution]) -> str:
    """``plugin:name``, led by the distribution where two plugins share that as well."""
    name = f"{contribution.plugin.name}:{contribution.name}"
    return f"{contribution.plugin.distribution}:{name}" if name in taken else name


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


def _listed(names: str) -> set[str]:
    """Names as package indexes compare them: case and the kind of separator do not count."""
    return {re.sub(r"[-_.]+", "-", name.strip()).lower() for name in names.split(",") if name.strip()}
