"""A command with the options every command has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from pointsman.cli.face import Face

Function = Callable[..., Any]


def _as_json(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Face).json = True


def _verbosity(context: click.Context, _: click.Parameter, value: int) -> None:
    context.ensure_object(Face).verbosity += value


def _quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Face).verbosity = -1


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Face).debug = True


def talk_options() -> list[click.Option]:
    """``-q``, ``-v`` and ``--debug``; they may stand before or after the command's name."""
    common: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        click.Option(
            ["-q", "--quiet"], is_flag=True, callback=_quiet, help="No notes, no warnings.", **common
        ),
        click.Option(
            ["-v", "--verbose"], count=True, callback=_verbosity, help="Say more; twice: all.", **common
        ),
        click.Option(["--debug"], is_flag=True, callback=_debug, help="Show tracebacks.", **common),
    ]


class Command(click.Command):
    """A command that also takes ``--json``, ``-q``, ``-v`` and ``--debug``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_json = click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_as_json,
            help="One JSON document.",
        )
        self.params += [as_json, *talk_options()]

    def invoke(self, ctx: click.Context) -> Any:
        with ctx.ensure_object(Face).listening():
            return super().invoke(ctx)


def command(name: str, group: click.Group | None = None, **kwargs: Any) -> Callable[[Function], Command]:
    """As `click.command`: makes a `Command`, in `group` if any, whose function gets the `Face` first."""

    def decorate(function: Function) -> Command:
        made = click.command(name, cls=Command, **kwargs)(click.pass_obj(function))
        if group is not None:
            group.add_command(made)
        return made

    return decorate
