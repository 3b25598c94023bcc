"""``pointsman usage``: what was used and spent, according to the ledger.

JSON: ``{"schema": "pointsman/usage/1", "by", "since", "until", "rows": [{…one key per group…, "calls",
"answered", "failed", "cancelled", "unsettled", "input_tokens", "output_tokens", "usd", "unpriced",
"unsettled_usd", "first_token_seconds"}], "total": {…the same…}}``. Money is exact: decimal text in US
dollars.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
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
    help="day, month, provider, model, task, state, tag.",
)
@click.option("--since", metavar="DATE", default="", help="From this day or time on (UTC).")
@click.option("--until", metavar="DATE", default="", help="Up to, not including.")
def usage(face: Face, by: Sequence[Sequence[str]], since: str, until: str) -> None:
    """Calls, tokens and money, summed by day, month, provider, model, task, state or tag."""
    from pointsman.cli.session import with_router
    from pointsman.routing.router import Router

    groups = joined(by)

    async def work(router: Router) -> Sequence[UsageRow]:
        return await router.usage(groups, since=since, until=until)

    rows = [_row(groups, each) for each in with_router(face, work)]
    document = {"by": groups, "since": since, "until": until, "rows": rows, "total": _total(rows)}
    face.report(Report("usage", document, [_table(groups, rows)], _notes(rows)))


def _row(groups: Sequence[str], each: UsageRow) -> dict[str, Any]:
    sums = {name: getattr(each, name) for name in _SUMS}
    return {**dict(zip(groups, each.group, strict=True)), **sums, "first_token_seconds": each.latency}


def _total(rows: Sequence[Row]) -> dict[str, Any]:
    zero = {"usd": Decimal(0), "unsettled_usd": Decimal(0)}
    return {name: sum((row[name] for row in rows), start=zero.get(name, 0)) for name in _SUMS}


def _table(groups: Sequence[str], rows: Sequence[Row]) -> Table:
    columns = [Column(name, show=lambda value: value or "-") for name in groups]
    columns += [Column("calls", right=True), Column("answered", None)]
    columns += [
        Column(name, show=lambda value: str(value or ""), right=True)
        for name in ("failed", "cancelled", "unsettled")
    ]
    columns += [
        Column("input_tokens", "in", show=figures.tokens, right=True),
        Column("output_tokens", "out", show=figures.tokens, right=True),
        Column("usd", "spent", show=figures.dollars, right=True),
        Column("unpriced", None),
        Column("unsettled_usd", None),
        Column("first_token_seconds", "first", show=_latency, right=True),
    ]
    return Table(columns, rows, empty="no call is recorded")


def _latency(seconds: float | None) -> str:
    return "" if seconds is None else figures.seconds(seconds)


def _notes(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    total = _total(rows)
    notes = [f"total: {figures.counted(total['calls'], 'call')}, {total['usd'].normalize():f} USD exactly"]
    if total["unpriced"]:
        notes.append(f"{total['unpriced']} answered calls have no known price and are not in the sum")
    if total["unsettled"]:
        amount = figures.dollars(total["unsettled_usd"])
        notes.append(f"{total['unsettled']} calls have no known end; they may have cost {amount}")
    return notes
