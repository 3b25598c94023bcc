"""``pointsman usage``: what was used and spent, according to the ledger.

JSON: ``{"schema": "pointsman/usage/1", "by", "since", "until", "rows": [{…one key per group…, "calls",
"attempts", "answered", "failed", "cancelled", "unsettled", "input_tokens", "output_tokens", "usd",
"unpriced", "unsettled_usd", "first_token_seconds"}], "total": {…the same…}}``. Grouped by provider or model,
a row counts attempts where they happened: answered, failed and cancelled are attempts, and a call stands in
the row of everybody it asked; else they are calls. The total is of the calls, each counted once. Money is
exact: decimal text in US dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.options import Names, joined
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.types import UsageRow

_SUMS = (
    "calls",
    "attempts",
    "answered",
    "failed",
    "cancelled",
    "unsettled",
    "input_tokens",
    "output_tokens",
    "usd",
    "unpriced",
    "unsettled_usd",
)


@command("usage", short_help="What was used and spent.")
@click.option(
    "--by",
    type=Names(),
    multiple=True,
    default=[("day",)],
    metavar="NAME,…",
    show_default="day",
    help="day, month, provider, model, task, state, tag, user, key.",
)
@click.option("--since", metavar="DATE", default="", help="From this day or time on (UTC).")
@click.option("--until", metavar="DATE", default="", help="Up to, not including.")
def usage(face: Face, by: Sequence[Sequence[str]], since: str, until: str) -> None:
    """Calls, attempts, tokens and money, summed by day, month, provider, model, task, state, tag, user, key.

    Grouped by provider or model, what answered and failed are attempts, each where it happened; else calls.
    """
    from pointsman.cli.session import with_router
    from pointsman.routing.router import Router

    groups = joined(by)

    async def work(router: Router) -> tuple[Sequence[UsageRow], UsageRow]:
        rows = await router.usage(groups, since=since, until=until)
        (total,) = await router.usage((), since=since, until=until)
        return rows, total

    found, all_of_it = with_router(face, work)
    rows, total = [_row(groups, each) for each in found], _row((), all_of_it)
    document = {"by": groups, "since": since, "until": until, "rows": rows, "total": total}
    face.report(Report("usage", document, [_table(groups, rows)], _notes(total) if rows else []))


def _row(groups: Sequence[str], each: UsageRow) -> dict[str, Any]:
    sums = {name: getattr(each, name) for name in _SUMS}
    return {**dict(zip(groups, each.group, strict=True)), **sums, "first_token_seconds": each.latency}


def _table(groups: Sequence[str], rows: Sequence[Row]) -> Table:
    columns = [Column(name, show=lambda value: value or "-") for name in groups]
    columns += [Column("calls", right=True), Column("attempts", right=True), Column("answered", None)]
    columns += [
        Column(name, show=lambda value: str(value or ""), right=True, spare=spare)
        for name, spare in (("failed", 0), ("cancelled", 2), ("unsettled", 1))
    ]
    columns += [
        Column("input_tokens", "in", show=figures.tokens, right=True),
        Column("output_tokens", "out", show=figures.tokens, right=True),
        Column("usd", "spent", show=figures.dollars, right=True),
        Column("unpriced", None),
        Column("unsettled_usd", None),
        Column("first_token_seconds", "first", show=_latency, right=True, spare=3),
    ]
    return Table(columns, rows, empty="no call is recorded")


def _latency(seconds: float | None) -> str:
    return "" if seconds is None else figures.seconds(seconds)


def _notes(total: Row) -> list[str]:
    calls = f"{figures.counted(total['calls'], 'call')} with {figures.counted(total['attempts'], 'attempt')}"
    notes = [f"total: {calls}, {total['usd'].normalize():f} USD exactly"]
    if total["unpriced"]:
        answers = figures.counted(total["unpriced"], "answer")
        notes.append(f"the price of {answers} is not known; it is not in the sum")
    if total["unsettled"]:
        amount, open_calls = (
            figures.dollars(total["unsettled_usd"]),
            figures.counted(total["unsettled"], "call"),
        )
        notes.append(f"the end of {open_calls} is not known; they may have cost {amount}")
    return notes
