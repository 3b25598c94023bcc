"""The page of the command line."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import click
from pointsman.cli.app import COMMANDS, app
from pointsman.cli.exits import MEANINGS

from docs.generator.docstrings import code, markdown, table
from docs.generator.installed import commands


def page() -> str:
    """``cli.md``."""
    context = click.Context(app, info_name="pointsman")
    parts = [
        "# Command line",
        (
            "A table on a terminal, tab-separated values in a pipe, one JSON document with `--json`."
            " Results go to"
            " standard output, everything said about them to standard error. `NO_COLOR` is heeded."
        ),
        table(
            ("command", "what it does"),
            [(f"[{name}](#pointsman-{name})", text) for name, text in COMMANDS.items()],
        ),
        "Options of every command. All but `--json` may also stand before its name, `--version` only there:",
        _options(app, context),
    ]
    for name in COMMANDS:
        module = importlib.import_module(f"pointsman.cli.{name}")
        parts += _command(vars(module)[name], f"pointsman {name}", 2)
        parts += _json(module.__doc__ or "")
    for each in commands():
        command = each.load()
        parts += _command(command, f"pointsman {each.name}", 2)
        parts.append(f"Comes from the plugin `{each.distribution}`.")
    exits = [(code(each.value), meaning) for each, meaning in MEANINGS.items()]
    return "\n\n".join([*parts, "## Exit codes", table(("code", "meaning"), exits)])


def _command(command: click.Command, name: str, depth: int) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    yield f"{'#' * depth} `{name}`"
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```console\n$ {name} {pieces}\n```"
    yield markdown(inspect.cleandoc(command.help or command.short_help or ""))
    if options := _options(command, context):
        yield options
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _command(command.commands[inner], f"{name} {inner}", depth + 1)


def _options(command: click.Command, context: click.Context) -> str:
    common = {"--help"} if command is app else {"--help", "--json", *(each.opts[-1] for each in app.params)}
    rows = []
    for each in command.get_params(context):
        record = each.get_help_record(context)
        if record and isinstance(each, click.Option) and not common & set(each.opts):
            rows.append((code(record[0]), markdown(record[1])))
    return table(("option", "meaning"), rows)


def _json(docstring: str) -> Iterator[str]:
    """The paragraph of a command's module that describes its JSON form."""
    for paragraph in inspect.cleandoc(docstring).split("\n\n"):
        if paragraph.startswith("JSON"):
            yield markdown(" ".join(paragraph.split()))
