"""``pointsman keys``: a private file of keys, and which variables the installed plugins read.

JSON of ``keys list``: ``{"schema": "pointsman/keys/1", "path", "keys": [{"variable", "for", "secret", "from":
"environment | keys file | ", "fingerprint"}]}``. The value of a key is never shown.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from pointsman.cli import complete
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table
from pointsman.cli.variables import Readable, readable, variable_of
from pointsman.config import Environment, Folders, KeysFile, nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.host import KEYS
from pointsman.types import Secret


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
