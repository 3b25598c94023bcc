"""``pointsman ask``: one question, one answer.

JSON: ``{"schema": "pointsman/ask/1", "text", "provider", "requested_model", "model", "finish_reason",
"usage": {"input_tokens", "output_tokens", "estimated"}, "cost": {"usd", "source", "estimated"}, "attempts",
"seconds", "first_token_seconds", "call_id"}``. ``model`` is the id that answered.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.options import chat_options, wanted
from pointsman.cli.output import Report, printable
from pointsman.errors import ResponseError

if TYPE_CHECKING:
    from pointsman.routing.router import Router
    from pointsman.types import ChatResponse

Turns = Sequence[Mapping[str, str]]


@frozen
class TimedResponse:
    """An answer and how long it took.

    Attributes:
        response: The whole answer.
        seconds: From the question to its end.
        first_token: Seconds to the first piece; None when it came whole.
    """

    response: ChatResponse
    seconds: float
    first_token: float | None = None


@command("ask", short_help="Ask once; the best model there is answers.")
@click.argument("prompt", nargs=-1)
@wanted
@click.option("-s", "--system", metavar="TEXT", help="Instructions before the prompt.")
@click.option(
    "--max-output-tokens", type=click.IntRange(1), metavar="TOKENS", help="Upper bound of the answer."
)
@click.option("--temperature", type=float, help="Of the sampling.")
@click.option("--tag", metavar="TEXT", help="A label in the ledger.")
@click.option("--no-stream", is_flag=True, help="Show the answer when it is whole.")
def ask(face: Face, prompt: Sequence[str], system: str | None, *, no_stream: bool, **given: Any) -> None:
    """Ask PROMPT (standard input without one; - among the words stands for it too).

    The answer goes to stdout, one line about it to stderr. Ctrl-C stops it; what was streamed is still
    recorded.
    """
    from pointsman.cli.session import catalog_ready, with_router

    messages = turns(question(prompt), system)

    async def work(router: Router) -> TimedResponse:
        providers = [each.name for each in router.host.instances["providers"]]
        options = chat_options(given, providers)
        await catalog_ready(face, router)
        return await tell(face, router, messages, options, stream=not (no_stream or face.json))

    timed = with_router(face, work)
    if face.json:
        face.report(Report("ask", document(timed)))
    else:
        about(face, timed)


def question(words: Sequence[str]) -> str:
    """The prompt: the words, with ``-`` replaced by standard input; all of standard input without words."""
    if words:
        return " ".join(sys.stdin.read() if word == "-" else word for word in words)
    if sys.stdin.isatty():
        raise click.UsageError("nothing to ask; give a prompt, or pipe one in", click.get_current_context())
    return sys.stdin.read()


def turns(prompt: str, system: str | None) -> list[dict[str, str]]:
    """A conversation that begins here."""
    head = [{"role": "system", "content": system}] if system else []
    return [*head, {"role": "user", "content": prompt}]


async def tell(
    face: Face, router: Router, messages: Turns, options: Mapping[str, Any], *, stream: bool
) -> TimedResponse:
    """Ask, and unless the result is to be a document, write the answer as it comes."""
    started = time.perf_counter()
    if not stream:
        response = await router.chat(messages, **options)
        if not face.json:
            _write(face, response.text)
            _write(face, "\n")
        return TimedResponse(response, time.perf_counter() - started)
    first: float | None = None
    async with router.stream(messages, **options) as pieces:
        try:
            async for chunk in pieces:
                if chunk.text:
                    first = time.perf_counter() - started if first is None else first
                    _write(face, chunk.text)
        finally:
            if first is not None:
                _write(face, "\n")
    if pieces.response is None:
        raise ResponseError("the stream ended without an answer")
    return TimedResponse(pieces.response, time.perf_counter() - started, first)


def about(face: Face, timed: TimedResponse) -> None:
    """One dim line: who answered, tokens, cost, time; and what is not as one might think."""
    response = timed.response
    key = f"{response.provider}/{response.requested_model}"
    if response.model and response.model != response.requested_model:
        key += f" (answered by {response.model})"
    usage = response.usage
    facts = [
        key,
        f"{figures.tokens(usage.input_tokens)} in, {figures.tokens(usage.output_tokens)} out",
        figures.dollars(response.usd, estimated=response.cost.estimated),
        figures.seconds(timed.seconds),
    ]
    if response.attempts > 1:
        facts.append(f"{response.attempts} attempts")
    face.note(" · ".join(facts))
    if response.finish_reason == "length":
        face.warn("the answer was cut short by the limit on its length")
    elif response.finish_reason == "content_filter":
        face.warn("the provider withheld the rest of the answer")


def document(timed: TimedResponse) -> dict[str, Any]:
    """An answer as a document."""
    response = timed.response
    return {
        "text": response.text,
        "provider": response.provider,
        "requested_model": response.requested_model,
        "model": response.model,
        "finish_reason": response.finish_reason.value,
        "usage": {
            "input_tokens": response.usage.input_tokens,
            "output_tokens": response.usage.output_tokens,
            "estimated": response.usage.estimated,
        },
        "cost": {
            "usd": response.cost.usd,
            "source": response.cost.source,
            "estimated": response.cost.estimated,
        },
        "attempts": response.attempts,
        "seconds": round(timed.seconds, 3),
        "first_token_seconds": None if timed.first_token is None else round(timed.first_token, 3),
        "call_id": response.call_id,
    }


def _write(face: Face, text: str) -> None:
    """A piece of an answer; a terminal gets none of the control characters a model may have written."""
    sys.stdout.write(printable(text) if face.terminal else text)
    sys.stdout.flush()
