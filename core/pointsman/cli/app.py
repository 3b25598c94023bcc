"""The program: its commands by name, none of them loaded before it is used."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pointsman.cli.command import talk_options
from pointsman.cli.exits import MEANINGS, Exit
from pointsman.cli.face import Face
from pointsman.errors import PluginError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from pointsman.plugins import Installed

COMMANDS = {
    "ask": "Ask once; the best model there is answers.",
    "chat": "Talk, turn by turn.",
    "models": "What there is to choose from today.",
    "prices": "What each model costs, who says so, and how sure that is.",
    "scores": "How good each model is, by category, and how sure that is.",
    "tiers": "Where today's price tiers begin and end.",
    "explain": "Which model would be chosen, and why each other one not.",
    "refresh": "Fetch every model list, price and score again.",
    "sources": "Who tells models, prices and scores, and under which terms.",
    "diff": "What changed: new, gone, dearer, cheaper, re-scored, retiring.",
    "lock": "Write today's catalog to a file, to be used as it is.",
    "usage": "What was used and spent.",
    "calls": "The newest calls, and every attempt of one.",
    "plugins": "What is installed, and what would turn it on.",
    "keys": "Keep, list and remove keys.",
    "config": "The configuration in force, and where each value comes from.",
    "doctor": "Look for what is wrong.",
    "completion": "A script that completes commands and models in your shell.",
}
"""Name → summary. The command `name` is ``pointsman.cli.NAME.NAME``."""

HELP = """Send each language-model call to the best model there is today.

\b
Begin with:
  pointsman demo                 see it work, without a key
  pointsman keys set NAME        keep a provider's key
  pointsman ask 'Why is …?'      ask the best model there is
"""

# After \b click keeps the lines as they are.
EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code.value:<4} {meaning}" for code, meaning in MEANINGS.items())


class App(click.Group):
    """A group that knows its commands by name and summary, and loads one only when it is called.

    Plugins add commands through the entry-point group ``pointsman.commands``: a `click.Command`, loaded when
    it is called and not before.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own signature)
        return [*COMMANDS, *_plugin_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        if cmd_name in COMMANDS:
            command: click.Command = getattr(importlib.import_module(f"pointsman.cli.{cmd_name}"), cmd_name)
            return command
        plugin = _plugin_commands().get(cmd_name)
        return _load(plugin) if plugin else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            from pointsman.config.names import did_you_mean

            raise click.UsageError(f"no command {name!r}{did_you_mean(name, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (as above)
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        if more := _plugin_commands():
            with formatter.section("Commands from plugins"):
                formatter.write_dl([(name, f"from {each.distribution}") for name, each in more.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names from the table; click's own way would load every command."""
        from click.shell_completion import CompletionItem

        summaries = {**COMMANDS, **{name: f"from {p.distribution}" for name, p in _plugin_commands().items()}}
        if not incomplete.startswith("-"):
            found = [(name, summary) for name, summary in summaries.items() if name.startswith(incomplete)]
            return [CompletionItem(name, help=summary) for name, summary in found]
        return click.Command.shell_complete(self, ctx, incomplete)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, but a reader who leaves early is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _let_go()
            ctx.exit(Exit.OK)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run, and turn whatever is raised into one line and an exit code."""
        face = extra.setdefault("obj", Face())
        extra["prog_name"] = extra.get("prog_name") or "pointsman"
        run = partial(super().main, *args, standalone_mode=False, **extra)
        return _end(face, run) if standalone_mode else run()


def _end(face: Face, run: Callable[[], Any]) -> NoReturn:
    try:
        result = run()
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
        sys.exit(Exit.OK)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the last border: one line, an exit code)
        sys.exit(face.fail(error))
    sys.exit(int(result) if isinstance(result, int) else Exit.OK)


def _let_go() -> None:
    """Whoever read us wants no more; what is still buffered must not be written when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plugin_commands() -> dict[str, Installed]:
    """Commands of installed plugins by name, as the metadata tells them; the first of a name in order holds
    it.
    """
    from pointsman.plugins import COMMANDS as GROUP
    from pointsman.plugins import blocked, discover

    found: dict[str, Installed] = {}
    for each in discover(GROUP):
        if each.name not in COMMANDS and not blocked(each, os.environ):
            found.setdefault(each.name, each)
    return found


def _load(plugin: Installed) -> click.Command:
    """The command of a plugin; whatever is wrong with it is its own failure."""
    try:
        command = plugin.load()
    except (Exception, SystemExit) as error:
        reason = str(error).strip().partition("\n")[0]
        raise PluginError(
            str(plugin), f"its command {plugin.name!r} cannot be loaded: {type(error).__name__}: {reason}"
        ) from error
    if not isinstance(command, click.Command):
        raise PluginError(str(plugin), f"its command {plugin.name!r} is no click.Command: {plugin.value}")
    return command


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from pointsman import __version__

        click.echo(f"pointsman {__version__}")
        context.exit()


app = App(
    "pointsman",
    help=HELP,
    epilog=EPILOG,
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_version,
            help="Show the version.",
        ),
        *talk_options(),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
