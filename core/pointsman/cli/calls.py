"""``pointsman calls``: the newest calls, or one of them with every attempt.

JSON: ``{"schema": "pointsman/calls/1", "calls": [{"id", "at", "state", "task", "category", "operation",
"stream", "tags", "key", "user", "strategy", "catalog", "first_choice", "estimate_usd", "answered_by",
"error", "usd", "usd_source", "usd_estimated", "first_token_seconds", "duration_seconds", "attempts":
[{"number", "step", "provider", "model", "response_model", "key", "state", "error", "detail",
"start_seconds", "first_token_seconds", "duration_seconds", "usage": {…every count…}, "usd", "usd_source",
"usd_estimated", "maybe_billed"}]}]}``. Numbers, steps and keys of attempts are counted from 1; an attempt's
start is counted from that of its call, its first token and duration from its own. Money is exact: decimal
text in US dollars. What is not known, or not yet, is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.types import Attempt, Call

_SHOWN = 8  # characters of an id; as good as unique, and two more than the fewest that may stand for it


def _first_choice(row: Row) -> str:
    """Only where another answered."""
    return "" if row["first_choice"] == row["answered_by"] else str(row["first_choice"])


def _spent(row: Row) -> str:
    if row["usd_source"] is None:
        return ""
    return figures.dollars(row["usd"], estimated=bool(row["usd_estimated"]))


def _seconds(value: float | None) -> str:
    return "" if value is None else figures.seconds(value)


def _tokens(count: int | None) -> str:
    return "" if count is None else figures.tokens(count)


_CALL = (
    Column("id", show=lambda value: str(value)[:_SHOWN]),
    Column("at", "when", show=figures.ago),
    Column("task", spare=3),
    Column("first_choice", "first choice", show_row=_first_choice, wide=True, spare=1),
    Column("answered_by", "answered by", wide=True),
    Column("state"),
    Column("error", spare=5),
    Column("attempts", right=True),
    Column("usd", "spent", show_row=_spent, right=True),
    Column("first_token_seconds", "first", show=_seconds, right=True, spare=4),
    Column("duration_seconds", "took", show=_seconds, right=True, spare=2),
)
_ATTEMPT = (
    Column("number", "#", right=True),
    Column("model", wide=True, show_row=lambda row: f"{row['provider']}/{row['model']}"),
    Column("provider", None),
    Column("response_model", None),
    Column("key", right=True, spare=6),
    Column("step", right=True, spare=7),
    Column("state"),
    Column("error", show_row=lambda row: f"{row['error']} {row['detail']}".strip(), wide=True),
    Column("detail", None),
    Column("start_seconds", "after", show=_seconds, right=True, spare=4),
    Column("first_token_seconds", "first", show=_seconds, right=True, spare=3),
    Column("duration_seconds", "took", show=_seconds, right=True),
    Column("input_tokens", "in", show=_tokens, right=True, spare=2),
    Column("output_tokens", "out", show=_tokens, right=True, spare=1),
    Column("usd", "spent", show_row=_spent, right=True),
    Column("usd_source", "price", spare=5),
    Column("maybe_billed", None),
)


@command("calls", short_help="The newest calls, and every attempt of one.")
@click.argument("id", required=False)
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many of the newest."
)
def calls(face: Face, id: str | None, limit: int) -> None:  # noqa: A002 (the argument's name for users)
    """The newest calls of the ledger; with ID, that one alone and every attempt of it.

    ID may be the beginning of an id: six characters or more.
    """
    from pointsman.cli.session import with_router
    from pointsman.errors import UnknownNameError
    from pointsman.routing.router import Router

    async def work(router: Router) -> Sequence[Call]:
        if not id:
            return await router.calls(limit)
        found = await router.call(id)
        if found is None:
            raise UnknownNameError("call", id, hint="the newest are listed by: pointsman calls")
        return [found]

    face.report(report(with_router(face, work), alone=bool(id)))


def report(found: Sequence[Call], *, alone: bool) -> Report:
    """Calls as rows, or one alone with its attempts as rows."""
    calls = [_document(each) for each in found]
    return _one(calls[0]) if alone else _list(calls)


def _list(found: Sequence[Row]) -> Report:
    rows = [{**each, "attempts": len(each["attempts"])} for each in found]
    notes = ["one with every attempt: pointsman calls ID"] if rows else []
    return Report("calls", {"calls": found}, [Table(_CALL, rows, empty="no call is recorded")], notes)


def _one(call: Row) -> Report:
    """For people the call and its attempts, for machines the attempts."""
    facts = [{"name": name, "value": value} for name, value in _facts(call) if value]
    rows = [{**each, **each["usage"]} for each in call["attempts"]]
    about = Table(
        [Column("name", " "), Column("value", " ", wide=True)],
        facts,
        title=f"Call {call['id']}",
        machine=False,
    )
    empty = "nothing is known of its attempts yet" if call["duration_seconds"] is None else "nothing was sent"
    attempts = Table(_ATTEMPT, rows, title="Attempts", empty=empty)
    notes = [
        f"attempt {each['number']} failed, and may have been charged for"
        for each in rows
        if each["maybe_billed"]
    ]
    return Report("calls", {"calls": [call]}, [about, attempts], notes)


def _facts(call: Row) -> list[tuple[str, str]]:
    estimate = figures.dollars(call["estimate_usd"]) if call["estimate_usd"] is not None else ""
    spent = f"{_spent(call)} ({call['usd_source']})" if call["usd_source"] else ""
    return [
        ("when", f"{call['at'].isoformat(sep=' ', timespec='seconds')}, {figures.ago(call['at'])}"),
        ("state", f"{call['state']} {call['error'] or ''}".strip()),
        ("operation", call["operation"] + (", streamed" if call["stream"] else "")),
        ("task", call["task"]),
        ("category", call["category"]),
        ("tags", ", ".join(call["tags"])),
        ("key", call["key"]),
        ("user", call["user"]),
        ("first choice", call["first_choice"]),
        ("strategy", call["strategy"]),
        ("catalog", call["catalog"][:12]),
        ("expected cost", estimate),
        ("spent", spent),
        ("first token after", _seconds(call["first_token_seconds"])),
        ("took", _seconds(call["duration_seconds"])),
    ]


def _document(call: Call) -> dict[str, Any]:
    reserved, end = call.reservation, call.settlement
    answer = end.answer if end else None
    answered = answer if answer and answer.state.answered else None
    cost = end.cost if end else None
    return {
        "id": reserved.id,
        "at": reserved.at,
        "state": call.state.value,
        "task": reserved.task,
        "category": reserved.category,
        "operation": reserved.operation,
        "stream": reserved.stream,
        "tags": reserved.tags,
        "key": reserved.key,
        "user": reserved.user,
        "strategy": reserved.strategy,
        "catalog": reserved.catalog,
        "first_choice": f"{reserved.provider}/{reserved.model}",
        "estimate_usd": reserved.estimate,
        "answered_by": f"{answered.provider}/{answered.model}" if answered else None,
        "error": end.error if end else None,
        "usd": cost.usd if cost else None,
        "usd_source": cost.source if cost else None,
        "usd_estimated": cost.estimated if cost else None,
        "first_token_seconds": end.first_token if end else None,
        "duration_seconds": end.duration if end else None,
        "attempts": [_attempt(call, number, each) for number, each in enumerate(end.attempts, 1)]
        if end
        else [],
    }


def _attempt(call: Call, number: int, attempt: Attempt) -> dict[str, Any]:
    import attrs

    return {
        "number": number,
        "step": attempt.step + 1,
        "provider": attempt.provider,
        "model": attempt.model,
        "response_model": attempt.response_model,
        "key": attempt.key + 1,
        "state": attempt.state.value,
        "error": attempt.error,
        "detail": attempt.detail,
        "start_seconds": (attempt.at - call.reservation.at).total_seconds(),
        "first_token_seconds": attempt.first_token,
        "duration_seconds": attempt.duration,
        "usage": attrs.asdict(attempt.usage),
        "usd": attempt.cost.usd,
        "usd_source": attempt.cost.source,
        "usd_estimated": attempt.cost.estimated,
        "maybe_billed": attempt.maybe_billed,
    }
