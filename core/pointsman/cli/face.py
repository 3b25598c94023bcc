"""What the program shows, and where: results on stdout, everything said about them on stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from attrs import define

from pointsman.cli.exits import Exit, code_of, lines_of
from pointsman.errors import PointsmanError
from pointsman.types.secrets import redact

if TYPE_CHECKING:
    from pointsman.cli.output import Report
    from pointsman.plugins import Plugins


@define
class Face:
    """How this run of the program talks.

    Attributes: json: One JSON document instead of tables. verbosity: Below 0 quiet: no notes and no
    warnings; above 0 the library's own warnings, and from 2 all. debug: Show tracebacks.
    """

    json: bool = False
    verbosity: int = 0
    debug: bool = False

    @property
    def terminal(self) -> bool:
        """Whether results go to a person's terminal."""
        return not self.json and sys.stdout.isatty()

    def report(self, report: Report) -> None:
        """Show a result in the form asked for."""
        if self.json:
            click.echo(report.json())
        elif not self.terminal:
            click.echo(report.tsv())
        else:
            from rich.console import Console

            report.draw(Console(highlight=False, soft_wrap=False))

    def note(self, text: str) -> None:
        """One dim line about the result, unless quiet."""
        if self.verbosity >= 0:
            self._say(text, dim=True)

    def warn(self, text: str) -> None:
        """One line about what is not as it should be, unless quiet."""
        if self.verbosity >= 0:
            self._say(f"warning: {text}", fg="yellow")

    def fail(self, error: BaseException) -> Exit:
        """Tell of an error in one line, or one per problem, and give the exit code it means."""
        if isinstance(error, click.ClickException):
            self._usage(error)
            return Exit.USAGE if isinstance(error, click.UsageError) else Exit.FAILURE
        if isinstance(error, KeyboardInterrupt | click.Abort):
            self._say("interrupted", dim=True)
            return Exit.INTERRUPTED
        if self.debug:
            import traceback

            click.echo(redact("".join(traceback.format_exception(error))), err=True, nl=False)
        code = f" {error.code}" if isinstance(error, PointsmanError) else ""
        head, *rest = lines_of(error)
        if not code and not self.debug:
            head += "; this is a bug: run it again with --debug to see where"
        self._say(f"error{code}: {head}", fg="red")
        for line in rest:
            self._say(line)
        return code_of(error)

    def about(self, plugins: Plugins) -> None:
        """One line when plugins are broken; which plugin and why is a table of its own."""
        broken = [status for status in plugins.statuses if status.state == "broken"]
        if len(broken) == 1:
            self.warn(f"plugin {broken[0].plugin} is broken and left out: {broken[0].reason}")
        elif broken:
            names = ", ".join(status.plugin.name for status in broken)
            self.warn(f"{len(broken)} plugins are broken and left out: {names}; see: pointsman plugins")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Meanwhile, send log records to stderr as single lines, as far as the verbosity asks for them."""
        levels = {0: None, 1: logging.WARNING, 2: logging.INFO}
        level = logging.DEBUG if self.debug else levels.get(max(self.verbosity, 0), logging.DEBUG)
        # Without any handler, Python would write warnings to stderr itself.
        handler = logging.NullHandler() if level is None else _Lines(self, level)
        root, own = logging.getLogger(), logging.getLogger("pointsman")
        before = own.level
        root.addHandler(handler)  # plugins log under names of their own
        own.setLevel(level or logging.WARNING)
        try:
            yield
        finally:
            root.removeHandler(handler)
            own.setLevel(before)

    def _usage(self, error: click.ClickException) -> None:
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            click.echo(error.format_message(), err=True)
            return
        self._say(f"error: {error.format_message()}", fg="red")
        if isinstance(error, click.UsageError) and error.ctx is not None:
            self._say(f"try: {error.ctx.command_path} --help", dim=True)

    @staticmethod
    def _say(text: str, *, fg: str | None = None, dim: bool | None = None) -> None:
        plain = bool(os.environ.get("NO_COLOR"))
        click.echo(click.style(redact(text), fg=fg, dim=dim), err=True, color=False if plain else None)


class _Lines(logging.Handler):
    """One line per record."""

    def __init__(self, face: Face, level: int) -> None:
        super().__init__(level)
        self._face = face

    def emit(self, record: logging.LogRecord) -> None:
        text = " ".join(record.getMessage().split())
        self._face._say(f"{record.levelname.lower()}: {record.name}: {text}", dim=True)  # noqa: SLF001 (one module)
