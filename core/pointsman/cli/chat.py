"""``pointsman chat``: a conversation; each turn is chosen anew.

JSON, when the conversation ends: ``{"schema": "pointsman/chat/1", "turns": [{"prompt", …as ask…}], "usd"}``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
from attrs import define, field

from pointsman.cli import figures
from pointsman.cli.ask import TimedResponse, about, document, tell
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.options import chat_options, wanted
from pointsman.cli.output import Report
from pointsman.errors import PointsmanError

if TYPE_CHECKING:
    import asyncio

    from pointsman.routing.router import Router

HELP = """\
/task NAME    choose as this task says; without a name, as the options said
/model NAME   only this model; without a name, the best one
/cost         what this conversation cost so far
/new          forget what was said
/quit         end (or Ctrl-D)"""


@define
class Conversation:
    """What was said, how it is chosen who answers, and what it cost.

    Attributes:
        options: As `pointsman.Router.chat` takes them.
        system: Instructions before everything.
        messages: Every turn that was answered.
        timed: Every prompt with its answer, forgotten turns included.
    """

    options: dict[str, Any]
    system: str = ""
    messages: list[dict[str, str]] = field(factory=list)
    timed: list[tuple[str, TimedResponse]] = field(factory=list)

    def asking(self, prompt: str) -> list[dict[str, str]]:
        """The conversation with this prompt at its end."""
        head = [{"role": "system", "content": self.system}] if self.system else []
        return [*head, *self.messages, {"role": "user", "content": prompt}]

    def answered(self, prompt: str, timed: TimedResponse) -> None:
        """Keep a turn that was answered."""
        self.messages += [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": timed.response.text},
        ]
        self.timed.append((prompt, timed))

    def set(self, option: str, value: str) -> str:
        """Set or drop an option; what to say about it."""
        if value:
            self.options[option] = value
            return f"{option}: {value}"
        self.options.pop(option, None)
        return f"{option}: {'the best one' if option == 'model' else 'none'}"

    @property
    def usd(self) -> Decimal:
        """Sum of the costs that are known."""
        return sum((timed.response.usd or Decimal(0) for _, timed in self.timed), Decimal(0))

    def cost(self) -> str:
        """What it cost, in words."""
        unknown = sum(1 for _, timed in self.timed if timed.response.usd is None)
        more = f"; the cost of {unknown} is not known" if unknown else ""
        answers = figures.counted(len(self.timed), "answer")
        return f"{answers}, {figures.dollars(self.usd)}{more}"


@command("chat", short_help="Talk, turn by turn.")
@wanted
@click.option("-s", "--system", metavar="TEXT", default="", help="Instructions before everything.")
@click.option("--tag", metavar="TEXT", help="A label in the ledger.")
def chat(face: Face, system: str, **given: Any) -> None:
    """Talk; every turn goes to the best model for it. /help lists what else may be said; Ctrl-C stops an
    answer.
    """
    import asyncio

    from pointsman.cli.session import catalog_ready, load_host
    from pointsman.routing.router import Router

    router = Router(load_host(face))
    providers = [each.name for each in router.host.instances["providers"]]
    conversation = Conversation(chat_options(given, providers), system)
    with asyncio.Runner() as runner:
        runner.run(router.start())
        try:
            runner.run(catalog_ready(face, router))
            for line in _lines(face):
                if not _turn(face, router, runner, conversation, line):
                    break
        finally:
            runner.run(router.aclose())
    if face.json:
        turns = [{"prompt": prompt, **document(timed)} for prompt, timed in conversation.timed]
        face.report(Report("chat", {"turns": turns, "usd": conversation.usd}))
    elif conversation.timed:
        face.note(conversation.cost())


def _turn(face: Face, router: Router, runner: asyncio.Runner, conversation: Conversation, line: str) -> bool:
    """One line of the user's; whether to go on. An error ends the turn, not the conversation."""
    if line.startswith("/"):
        return _order(face, router, conversation, line)
    try:
        timed = runner.run(
            tell(face, router, conversation.asking(line), conversation.options, stream=not face.json)
        )
    except KeyboardInterrupt:
        face.note("stopped; what was streamed is recorded")
        return True
    except PointsmanError as error:
        face.fail(error)
        return True
    conversation.answered(line, timed)
    if not face.json:
        about(face, timed)
    return True


def _order(face: Face, router: Router, conversation: Conversation, line: str) -> bool:
    """A line that is not for a model."""
    name, _, rest = line[1:].partition(" ")
    value = rest.strip()
    if name in {"quit", "exit", "q"}:
        return False
    if name in {"task", "model"}:
        try:
            if name == "task" and value:
                router.host.task(value)
        except PointsmanError as error:
            face.fail(error)
            return True
        face.note(conversation.set(name, value))
    elif name == "cost":
        face.note(conversation.cost())
    elif name == "new":
        conversation.messages.clear()
        face.note("forgotten")
    else:
        face.note(HELP)
    return True


def _lines(face: Face) -> Iterator[str]:
    """What the user says, line by line, until the end of input."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    with suppress(ImportError):  # not on every system
        import readline  # noqa: F401 (importing it gives `input` its history and editing)
    face.note("/help for help, Ctrl-D to end")
    while True:
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            click.echo(err=True)
            return
        if line:
            yield line
