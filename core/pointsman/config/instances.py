"""From contributions, tables and environment to objects. An extension is on when its config can be built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from pointsman.config.environment import Environment
from pointsman.config.names import nearest
from pointsman.config.settings import Settings
from pointsman.config.structure import from_text, structure, types_in
from pointsman.errors import PluginError, UnknownNameError
from pointsman.hookspecs import ENV
from pointsman.kinds import KINDS
from pointsman.plugins import Contribution, Plugins, describe
from pointsman.types import Secret

_RESERVED = ("uses", "enabled")


@frozen
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
        objects: What was created, one for each key it has; empty unless `state` is ``on``.
        fingerprints: Of the keys, as `Secret.fingerprint`; one empty text where there is none.
    """

    kind: str
    name: str
    contribution: Contribution
    state: str
    reason: str = ""
    variables: tuple[str, ...] = ()
    key_variable: str = ""
    objects: tuple[Any, ...] = field(default=(), repr=False, eq=False)
    fingerprints: tuple[str, ...] = ("",)

    @property
    def object(self) -> Any:
        """What was created, with the first key; None unless `state` is ``on``."""
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
        config_class, create = self.contribution.extension.config, self.contribution.extension.create
        if config_class is None:
            problems = [f"{path}.{key}: unknown key; it takes no settings" for key in own]
            if problems:
                return self._instance("off", "; ".join(problems)), problems
            return self._instance("on", objects=(create(),)), []
        values, missing, key_variable = self._values(attrs.resolve_types(config_class), own)
        config, problems = structure(values, config_class, path)
        required = {f"{path}.{name}: is required" for name, _ in missing}
        problems = [problem for problem in problems if problem not in required]
        if problems:
            return self._instance("off", "; ".join(problems)), problems
        if missing:
            words = "; ".join(_how_to_set(path, name, variables) for name, variables in missing)
            variables = tuple(each for _, names in missing for each in names)
            return self._instance("off", words, variables=variables), []
        configs = _each_key(config)
        if not configs:
            return self._instance("off", "its key is empty", variables=(key_variable,)), []
        objects = tuple(create(each) for each in configs)
        prints = tuple(map(_fingerprint, configs))
        return self._instance("on", objects=objects, key_variable=key_variable, fingerprints=prints), []

    def _values(
        self, config: Any, own: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, tuple[str, ...]]], str]:
        """The table with the environment over it; what is required and missing; where the key came from."""
        values, missing, key_variable = dict(own), [], ""
        for attribute in attrs.fields(config):
            is_secret = Secret in types_in(attribute.type)
            variables = self._variables(attribute)
            found = self.env.first(variables)
            if found is None and attribute.name not in own and not is_secret:
                found = self.env.first(attribute.metadata.get(ENV, ()))
            if found is not None and attribute.name not in self.passed:
                values[attribute.name] = from_text(found[1], attribute.type)
                key_variable = key_variable or (found[0] if is_secret else "")
            elif attribute.name not in own and attribute.default is attrs.NOTHING and attribute.init:
                missing.append((attribute.name, variables))
        return values, missing, key_variable

    def _variables(self, attribute: Any) -> tuple[str, ...]:
        """Where a field is read from.

        A second instance has variables of its own: ``LAB_API_KEY``, ``LAB_BASE_URL`` for ``[providers.lab]``.
        It inherits the first one's settings but never its key, which is not for another address.
        """
        names: tuple[str, ...] = attribute.metadata.get(ENV, ())
        if not names or self.name == self.contribution.name:
            return names
        prefix = re.sub(r"\W", "_", self.name).upper()
        return (f"{prefix}_API_KEY" if attribute.name == "key" else f"{prefix}_{attribute.name.upper()}",)

    def _instance(self, state: str, reason: str = "", **more: Any) -> Instance:
        return Instance(self.kind, self.name, self.contribution, state, reason, **more)


def _each_key(config: Any) -> list[Any]:
    """One config per key: a key's variable may hold several, separated by commas (or none at all)."""
    for attribute in attrs.fields(type(config)):
        value = getattr(config, attribute.name)
        if isinstance(value, Secret) and "," in value.reveal():
            keys = [Secret(key.strip()) for key in value.reveal().split(",") if key.strip()]
            return [attrs.evolve(config, **{attribute.alias: key}) for key in keys]
    return [config]


def _fingerprint(config: Any) -> str:
    """Tells one key from another; empty where the config holds none."""
    values = (getattr(config, attribute.name) for attribute in attrs.fields(type(config)))
    return "+".join(each.fingerprint for each in values if isinstance(each, Secret))


def _how_to_set(path: str, name: str, variables: tuple[str, ...]) -> str:
    return f"set {' or '.join(variables)}" if variables else f"set {name} in [{path}]"
