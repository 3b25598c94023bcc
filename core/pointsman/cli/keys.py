"""``pointsman keys``: a private file of keys, and which variables the installed plugins read.

JSON of ``keys list``: ``{"schema": "pointsman/keys/1", "path", "keys": [{"variable", "for", "secret", "from":
"environment | keys file | ", "fingerprint"}]}``. The value of a key is never shown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

import attrs
import click
from attrs import frozen

from pointsman.cli import complete
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table
from pointsman.cli.session import diagnose
from pointsman.config import Environment, Folders, KeysFile, nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.hookspecs import ENV
from pointsman.host import KEYS
from pointsman.types import Secret

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


@click.group("keys", short_help="Keep, list and remove keys.")
def keys() -> None:
    """Keep keys in a file that only you may read, instead of in the environment.

    A variable set in the environment wins over the file.
    """


@command("set", keys, short_help="Keep a key; it is asked for.")
@click.argument("name", shell_complete=complete.variables)
def set_key(face: Face, name: str) -> None:
    """Keep a key: NAME is a variable (ACME_API_KEY) or a provider (acme). The key itself is asked for, or
    read from a pipe; it is never an argument, for arguments stay in the shell's history.
    """
    variable = variable_of(name)
    value = Secret(_ask(variable))
    if not value:
        raise RequestError("nothing was given, nothing was kept", "value")
    file = keys_file()
    file.set(variable, value.reveal())
    document = {"variable": variable, "fingerprint": value.fingerprint, "path": str(file.path)}
    columns = [Column("variable"), Column("fingerprint"), Column("path", wide=True)]
    face.report(Report("keys-set", document, [Table(columns, [document])]))
    if Environment.over(file).origin(variable) == "environment":
        face.warn(f"{variable} is also set in the environment, which wins over the file")


@command("list", keys, short_help="Which variables are read, and where each is set.")
def list_keys(face: Face) -> None:
    """Which variables the installed plugins read, and from where each is set. Values are never shown."""
    file = keys_file()
    env = Environment.over(file)
    known = {each.variable: each for each in readable()}
    for name in env.kept:
        known.setdefault(name, Readable(name, (), secret=True))
    rows = [_row(each, env) for each in sorted(known.values(), key=lambda each: each.variable)]
    columns = [
        Column("variable"),
        Column("for", wide=True, show=lambda readers: ", ".join(readers) or "nobody installed"),
        Column("from", "set in", show=lambda origin: origin or "-"),
        Column("fingerprint", show=lambda value: value.replace("sha256:", "")),
        Column("secret", None),
    ]
    document = {"path": str(file.path), "keys": rows}
    empty = "no installed plugin reads a variable"
    face.report(Report("keys", document, [Table(columns, rows, empty=empty)], [f"keys file: {file.path}"]))


@command("path", keys, short_help="Where the keys file is.")
def path_of_keys(face: Face) -> None:
    """Where the keys file is, or would be."""
    path = keys_file().path
    document = {"path": str(path), "exists": path.exists()}
    if face.json:
        face.report(Report("keys-path", document))
    else:
        click.echo(path)


@command("remove", keys, short_help="Remove a key.")
@click.argument("name", shell_complete=complete.variables)
def remove_key(face: Face, name: str) -> None:
    """Remove a key from the file."""
    file = keys_file()
    kept = file.read()
    variable = name if name in kept else variable_of(name)
    if variable not in kept:
        raise UnknownNameError("key", name, nearest(variable, kept), f"kept: {', '.join(kept) or 'none'}")
    file.set(variable, "")
    document = {"variable": variable, "removed": True, "path": str(file.path)}
    face.report(Report("keys-remove", document, [Table([Column("variable"), Column("removed")], [document])]))


def keys_file() -> KeysFile:
    """The keys file of this environment."""
    return KeysFile(Folders.find(Environment.of()).config / KEYS)


def readable() -> tuple[Readable, ...]:
    """Every variable an installed extension reads."""
    readers: dict[str, list[str]] = {}
    secret: dict[str, bool] = {}
    for instance in diagnose().instances:
        for name, is_key in _variables(instance.contribution.extension.config):
            readers.setdefault(name, []).append(instance.contribution.name)
            secret[name] = secret.get(name, False) or is_key
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


def _variables(config: Any) -> Iterable[tuple[str, bool]]:
    if config is None:
        return
    attrs.resolve_types(config)
    for attribute in attrs.fields(config):
        for name in attribute.metadata.get(ENV, ()):
            yield name, "Secret" in str(attribute.type)


def _row(each: Readable, env: Environment) -> dict[str, Any]:
    origin = env.origin(each.variable)
    keys = env[each.variable].split(",") if origin and each.secret else []
    return {
        "variable": each.variable,
        "for": each.readers,
        "secret": each.secret,
        "from": origin,
        "fingerprint": ",".join(Secret(key.strip()).fingerprint for key in keys if key.strip()),
    }


def _ask(variable: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(variable, hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()
