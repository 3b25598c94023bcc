"""From contributions, tables and environment to objects. An extension is on when its config can be built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs
from attrs import define, field, frozen

from pointsman.config.environment import Environment
from pointsman.config.given import Given, each_key, fingerprint
from pointsman.config.names import nearest
from pointsman.config.settings import Settings
from pointsman.config.structure import from_text, structure
from pointsman.errors import PluginError, UnknownNameError
from pointsman.kinds import KINDS
from pointsman.plugins import Contribution, Plugins, describe

_RESERVED = ("uses", "enabled")


@define(frozen=True, slots=False)
class Instance:
    """One configured extension.

    Attributes:
        kind: ``providers``, ``pricing_sources`` …
        name: The instance's own name.
        contribution: What it is an instance of.
        state: ``on``, ``off`` (something required is not set, or it is disabled) or ``broken``.
        reason: Why it is not on.
        variables: Environment variables that would turn it on.
        key_variable: The variable its key was read from; empty when it has none or it stands in a file.
        fingerprints: Of its keys, as `Secret.fingerprint`, one for each object; one empty text without a key.
        refused: Why its key cannot be used, with the variable it stands in; empty where that is not so.
    """

    kind: str
    name: str
    contribution: Contribution
    state: str
    reason: str = ""
    variables: tuple[str, ...] = ()
    key_variable: str = ""
    fingerprints: tuple[str, ...] = ("",)
    refused: str = ""
    _create: Callable[[], tuple[Any, ...]] = field(default=tuple, repr=False, eq=False)

    @cached_property
    def objects(self) -> tuple[Any, ...]:
        """What was created, one for each key it has; empty unless `state` is ``on``.

        Raises:
            PluginError: Its plugin is used only now, and it is broken; chained to its cause.
        """
        return self._create()

    @property
    def object(self) -> Any:
        """What was created, with the first key; None unless `state` is ``on``.

        Raises:
            PluginError: As `objects`.
        """
        return self.objects[0] if self.objects else None

    @property
    def extension(self) -> str:
        """Name of the extension it is an instance of."""
        return self.contribution.name


def build_all(
    kind: str, plugins: Plugins, settings: Settings, env: Environment
) -> tuple[tuple[Instance, ...], list[str]]:
    """Every instance of one kind, sorted by name: each extension once, and each table that `uses` one.

    Returns:
        The instances, and every problem of every table, with its path.

    Raises:
        PluginError: A table names a plugin that is broken; chained to its cause.
    """
    tables, passed = settings.tables.get(kind, {}), settings.passed.get(kind, {})
    instances: list[Instance] = []
    problems: list[str] = []
    for name, contribution, table in _wanted(kind, plugins, tables, problems):
        maker = _Maker(kind, name, contribution, env, frozenset(passed.get(name, {})))
        instance, found = maker.make(table)
        instances.append(instance)
        problems += found
    return tuple(sorted(instances, key=lambda each: each.name)), problems


def _wanted(
    kind: str,
    plugins: Plugins,
    tables: Mapping[str, Mapping[str, Any]],
    problems: list[str],
) -> Iterator[tuple[str, Contribution, Mapping[str, Any]]]:
    known = plugins.of(kind)
    for name, contribution in known.items():
        if "uses" not in tables.get(name, {}):
            yield name, contribution, tables.get(name, {})
    for name, table in tables.items():
        wanted = table.get("uses", name)
        if not isinstance(wanted, str):
            problems.append(f"{kind}.{name}.uses: must be the name of an extension")
        elif wanted not in known:
            problems += unknown(f"{kind}.{name}", kind, wanted, plugins, known)
        elif "uses" in table:
            yield name, known[wanted], table


def unknown(path: str, kind: str, name: str, plugins: Plugins, known: Iterable[str]) -> list[str]:
    """The problem with a `name` at `path` that stands for nothing known; none when it is only blocked.

    Raises:
        PluginError: It stands for a plugin that is broken; chained to its cause.
    """
    status = plugins.left_out(name)
    if status is not None and status.state == "broken":
        message = f"the configuration needs it ({path}), but it is broken: {status.reason}"
        raise PluginError(str(status.plugin), message) from status.error
    if status is not None:
        return []
    hint = f"known: {', '.join(known) or 'none'}; is its plugin installed? try: pip install pointsman-{name}"
    return [f"{path}: {UnknownNameError(KINDS[kind].title, name, nearest(name, known), hint)}"]


@frozen
class _Maker:
    """Makes one instance.

    Attributes:
        passed: Keys of its table that the caller passed, which win over the environment.
    """

    kind: str
    name: str
    contribution: Contribution
    env: Environment
    passed: frozenset[str]

    def make(self, table: Mapping[str, Any]) -> tuple[Instance, list[str]]:
        """Off when something required is missing, a problem when something is wrong.

        Whatever the plugin's own code raises (its config class, its `create`) is its own failure.
        """
        path = f"{self.kind}.{self.name}"
        enabled = table.get("enabled", True)
        if not isinstance(enabled, bool):
            return self._instance("off"), [f"{path}.enabled: must be true or false"]
        if not enabled:
            return self._instance("off", "disabled in the configuration"), []
        own = {key: value for key, value in table.items() if key not in _RESERVED}
        try:
            return self._configured(own, path)
        except (Exception, SystemExit) as error:  # noqa: BLE001 (see above)
            return self._instance("broken", describe(error)), []

    def _configured(self, own: Mapping[str, Any], path: str) -> tuple[Instance, list[str]]:
        given = Given.of(self.contribution, self.name, own, self.env, self.passed)
        if given.refused:
            return self._instance("off", given.refused, refused=given.refused), []
        if self.contribution.remembered and given.free:
            return self._believed(given, own, path), []
        configs, problems = self._configs(given, own, path)
        if problems:
            return self._instance("off", "; ".join(problems)), problems
        if given.missing:
            return self._missing(given, path), []
        if not configs:
            return self._keyless(given), []
        objects = self._created(configs)
        return self._on(given, tuple(map(fingerprint, configs)), lambda: objects), []

    def _believed(self, given: Given, own: Mapping[str, Any], path: str) -> Instance:
        """As its plugin declared in an earlier run: nothing given can be wrong, so it is built when used."""

        def late() -> tuple[Any, ...]:
            try:
                configs, problems = self._configs(given, own, path)
                if problems:
                    raise ValueError("; ".join(problems))  # noqa: TRY301 (all problems are reported the same way)
                return self._created(configs)
            except (Exception, SystemExit) as error:
                reason = f"{self.name!r} cannot be built: {describe(error)}"
                raise PluginError(str(self.contribution.plugin), reason) from error

        if given.missing:
            return self._missing(given, path)
        return self._on(given, given.fingerprints, late) if given.fingerprints else self._keyless(given)

    def _configs(self, given: Given, own: Mapping[str, Any], path: str) -> tuple[list[Any], list[str]]:
        """A config for each key, or None alone where it takes no settings; and what is wrong with a value."""
        cls = self.contribution.extension.config
        if cls is None:
            return [None], [f"{path}.{key}: unknown key; it takes no settings" for key in own]
        types = {each.name: each.type for each in attrs.fields(attrs.resolve_types(cls))}
        texts = {name: from_text(text, types.get(name)) for name, text in given.texts.items()}
        config, problems = structure({**own, **texts}, cls, path)
        required = {f"{path}.{name}: is required" for name, _ in given.missing}
        wrong = [problem for problem in problems if problem not in required]
        return [] if config is None else each_key(config), wrong

    def _created(self, configs: Iterable[Any]) -> tuple[Any, ...]:
        create = self.contribution.extension.create
        return tuple(create() if config is None else create(config) for config in configs)

    def _on(self, given: Given, prints: tuple[str, ...], create: Callable[[], tuple[Any, ...]]) -> Instance:
        return self._instance("on", key_variable=given.key_variable, fingerprints=prints, create=create)

    def _missing(self, given: Given, path: str) -> Instance:
        words = "; ".join(_how_to_set(path, name, variables) for name, variables in given.missing)
        variables = tuple(each for _, names in given.missing for each in names)
        return self._instance("off", words, variables=variables)

    def _keyless(self, given: Given) -> Instance:
        return self._instance("off", "its key is empty", variables=(given.key_variable,))

    def _instance(self, state: str, reason: str = "", **more: Any) -> Instance:
        return Instance(self.kind, self.name, self.contribution, state, reason, **more)


def _how_to_set(path: str, name: str, variables: tuple[str, ...]) -> str:
    return f"set {' or '.join(variables)}" if variables else f"set {name} in [{path}]"
