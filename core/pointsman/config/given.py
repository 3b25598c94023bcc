"""What a table and the environment give for the settings of an extension, and the keys among it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs
from attrs import frozen

from pointsman.config.environment import Environment
from pointsman.plugins import Contribution, Setting
from pointsman.types import Secret
from pointsman.types.secrets import unusable


@frozen
class Given:
    """What is given for the settings of one instance.

    Attributes:
        texts: From the environment: name of the setting → text.
        missing: Settings that are required and given nowhere, each with the variables it is read from.
        free: Whether any text would do for each that is given, in the table or by the environment.
        fingerprints: Of the keys; one empty text where there is none.
        key_variable: The variable they were read from; empty where they stand in the table.
        refused: A key in a variable that cannot be used: names the variable, and says why; else empty.
    """

    texts: Mapping[str, str]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    free: bool
    fingerprints: tuple[str, ...]
    key_variable: str
    refused: str = ""

    @classmethod
    def of(
        cls,
        contribution: Contribution,
        name: str,
        table: Mapping[str, Any],
        env: Environment,
        passed: frozenset[str],
    ) -> Given:
        """What the environment gives over the table, and what is required and given by neither.

        Args:
            contribution: What is configured.
            name: Of the instance.
            table: Its own values.
            env: Wins over the table.
            passed: Keys of the table that the caller passed, which win over the environment.
        """
        settings = contribution.settings or ()
        found: dict[str, str] = {}
        missing: list[tuple[str, tuple[str, ...]]] = []
        prints: tuple[str, ...] = ("",)
        refused = ""
        free, key_variable = table.keys() <= {each.name for each in settings}, ""
        for each in settings:
            variables = _variables(each, contribution, name)
            pair = env.first(variables)
            if pair is None and each.name not in table and not each.secret:
                pair = env.first(each.variables)
            if pair is not None and each.name not in passed:
                found[each.name] = pair[1]
                key_variable = key_variable or (pair[0] if each.secret else "")
            elif each.name not in table:
                missing += [(each.name, variables)] if each.required else []
                continue
            text = found.get(each.name, table.get(each.name))
            free = free and each.free and isinstance(text, str)
            if each.secret and isinstance(text, str):
                secret = Secret(text)
                prints = _fingerprints(prints, secret)
                why = unusable(secret.reveal())
                free = free and not why
                if why and pair is not None and each.name in found:
                    refused = refused or f"{pair[0]}: {why}"
        return cls(found, tuple(missing), free, prints, key_variable, refused)


def each_key(config: Any) -> list[Any]:
    """One config per key: a variable may hold several, separated by commas (or none at all)."""
    for attribute in attrs.fields(type(config)):
        value = getattr(config, attribute.name)
        if isinstance(value, Secret) and (not value or "," in value.reveal()):
            return [attrs.evolve(config, **{attribute.alias: key}) for key in _split(value)]
    return [config]


def fingerprint(config: Any) -> str:
    """That of the key in a config; empty where there is none."""
    values = () if config is None else attrs.astuple(config, recurse=False)
    return "+".join(each.fingerprint for each in values if isinstance(each, Secret))


def _variables(setting: Setting, contribution: Contribution, name: str) -> tuple[str, ...]:
    """A second instance has variables of its own: ``LAB_API_KEY`` for ``[providers.lab]``.

    It inherits the first one's settings but never its key, which is not for another address.
    """
    if not setting.variables or name == contribution.name:
        return setting.variables
    prefix = re.sub(r"\W", "_", name).upper()
    return (f"{prefix}_API_KEY" if setting.name == "key" else f"{prefix}_{setting.name.upper()}",)


def _split(secret: Secret) -> list[Secret]:
    if secret and "," not in secret.reveal():
        return [secret]
    return [key for key in map(Secret, secret.reveal().split(",")) if key]


def _fingerprints(before: tuple[str, ...], secret: Secret) -> tuple[str, ...]:
    more = _split(secret) if len(before) == 1 else [secret]
    return tuple("+".join(filter(None, (one, each.fingerprint))) for one in before for each in more)
