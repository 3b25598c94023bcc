"""The environment variables that installed extensions read."""

from __future__ import annotations

import re

from attrs import frozen

from pointsman.config import Instance, nearest
from pointsman.errors import UnknownNameError
from pointsman.host import Diagnosis
from pointsman.plugins import Setting

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


@frozen
class Readable:
    """A variable that some installed extension reads.

    Attributes:
        variable: Its name.
        readers: Who reads it.
        secret: Whether it is a key.
    """

    variable: str
    readers: tuple[str, ...]
    secret: bool


def readable() -> tuple[Readable, ...]:
    """Every variable an installed extension reads."""
    readers: dict[str, list[str]] = {}
    secret: dict[str, bool] = {}
    for instance in Diagnosis.of().host.configured:
        for setting in _settings(instance):
            for name in setting.variables:
                readers.setdefault(name, []).append(instance.contribution.name)
                secret[name] = secret.get(name, False) or setting.secret
        for name in instance.variables:
            readers.setdefault(name, []).append(instance.name)
            secret.setdefault(name, name.endswith("_KEY"))
    return tuple(Readable(name, tuple(dict.fromkeys(who)), secret[name]) for name, who in readers.items())


def variable_of(name: str) -> str:
    """The variable `name` means: itself, or the one the extension of that name reads its key from.

    Raises:
        UnknownNameError: It is neither a variable's name nor an installed extension's.
    """
    if _VARIABLE.fullmatch(name):
        return name
    found = [each for each in readable() if each.secret and name in each.readers]
    if found:
        return found[0].variable
    known = {reader for each in readable() if each.secret for reader in each.readers}
    hint = "a variable is written in capitals, such as ACME_API_KEY"
    raise UnknownNameError("variable or provider", name, nearest(name, known), hint)


def _settings(instance: Instance) -> tuple[Setting, ...]:
    """Those of its extension; none where they cannot be read."""
    return () if instance.state == "broken" else instance.contribution.settings or ()
