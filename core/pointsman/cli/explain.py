"""``pointsman explain``: which model would be chosen, and why each other one not. Asks nobody.

JSON: ``{"schema": "pointsman/explain/1", "strategy", "catalog", "at", "criteria", "relaxed", "warnings",
"chosen", "ranking": [{"rank", "model", "score", "parts", "expected": {"quality", "quality_uncertainty",
"cost_usd", "latency", "speed"}, "note"}], "excluded": [{"model", "rule", "reason"}]}``. With ``--match``
see `pointsman.cli.match`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import complete, figures
from pointsman.cli.command import command
from pointsman.cli.exits import Exit
from pointsman.cli.face import Face
from pointsman.cli.options import chat_options, wanted
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.types import Criteria, Decision, Ranked

STAND_IN = "Why is the sky blue?"
"""Asked about when no prompt is given; only its length matters."""

_FEW = 20
_SHOWN = 15


@command("explain", short_help="Which model would be chosen, and why each other one not.")
@click.argument("prompt", nargs=-1)
@wanted
@click.option("--all", "everything", is_flag=True, help="Every model in its own line, however many.")
@click.option(
    "--match",
    "named",
    metavar="ID",
    shell_complete=complete.models,
    help="Instead: how this id was read, what was joined to it, and the runner-up.",
)
def explain(face: Face, prompt: Sequence[str], named: str | None, *, everything: bool, **given: Any) -> Exit:
    """The decision for PROMPT (for a short one without it) as a table: every candidate with the parts of its
    score, and every model left out with its reason. Exit code 3 when nobody is left.
    """
    from pointsman.cli.match import explain_match
    from pointsman.cli.session import with_router
    from pointsman.routing.router import Router

    if named:
        explain_match(face, named)
        return Exit.OK

    async def work(router: Router) -> Decision:
        providers = [each.name for each in router.host.instances["providers"]]
        return await router.decide(" ".join(prompt) or STAND_IN, **chat_options(given, providers))

    decision = with_router(face, work)
    face.report(report(decision, everything=everything))
    return Exit.OK if decision.ranking else Exit.NO_CANDIDATE


def report(decision: Decision, *, everything: bool = False) -> Report:
    """A decision as rows."""
    ranking = [_ranked(rank, each) for rank, each in enumerate(decision.ranking, 1)]
    excluded = [
        {"model": each.candidate.key, "rule": each.rule, "reason": each.reason} for each in decision.excluded
    ]
    document = {
        "strategy": decision.strategy,
        "catalog": decision.catalog,
        "at": decision.at,
        "criteria": _criteria(decision.criteria),
        "relaxed": decision.relaxed,
        "warnings": decision.warnings,
        "chosen": decision.chosen.key if decision.chosen else None,
        "ranking": ranking,
        "excluded": excluded,
    }
    return Report("explain", document, _tables(ranking, excluded, everything=everything), _notes(decision))


def _ranked(rank: int, each: Ranked) -> dict[str, Any]:
    expected = each.expected
    return {
        "rank": rank,
        "model": each.candidate.key,
        "score": each.score,
        "parts": dict(each.parts),
        "expected": {
            "quality": expected.quality,
            "quality_uncertainty": expected.quality_uncertainty,
            "cost_usd": expected.cost,
            "latency": expected.latency,
            "speed": expected.speed,
        },
        "estimated": bool(each.candidate.price and each.candidate.price.estimated),
        "note": each.note,
    }


def _tables(ranking: Sequence[Row], excluded: Sequence[Row], *, everything: bool) -> list[Table]:
    """For people the ranking and what was left out apart; for machines one table of all models."""
    parts = list(dict.fromkeys(name for each in ranking for name in each["parts"]))
    rows = [{**each, **_flat(each)} for each in ranking]
    shown = rows if everything else rows[:_SHOWN]
    hidden = f" (and {len(rows) - len(shown)} more; --all shows them)" if len(rows) > len(shown) else ""
    people = [
        Table(_rank_columns(parts), shown, title=f"Ranked, best first{hidden}", empty="nobody", machine=False)
    ]
    if excluded:
        people.append(_left_out(excluded, everything=everything))
    names = ("quality", "cost_usd", "latency", "note", "rule", "reason")
    columns = ["rank", "model", "score", *(f"part_{name}" for name in parts), *names]
    return [*people, Table([Column(name) for name in columns], [*rows, *excluded], people=False)]


def _rank_columns(parts: Sequence[str]) -> list[Column]:
    return [
        Column("rank", "#", right=True),
        Column("model"),
        Column("score", show=_short, right=True),
        *(
            Column(f"part_{name}", f"· {name}", show=_short, right=True, spare=place)
            for place, name in enumerate(parts)
        ),
        Column("quality", show_row=_quality, right=True, spare=8),
        Column("cost_usd", "cost", show_row=_cost, right=True),
        Column("latency", "first", show=figures.seconds, right=True, spare=9),
        Column("note", wide=True, spare=7),
    ]


def _left_out(excluded: Sequence[Row], *, everything: bool) -> Table:
    """Each model with its reason; when they are many, one line per rule."""
    if everything or len(excluded) <= _FEW:
        columns = [Column("model", wide=True), Column("rule"), Column("reason", wide=True)]
        return Table(columns, excluded, title="Left out", machine=False)
    groups: dict[str, list[Row]] = {}
    for each in excluded:
        groups.setdefault(each["rule"], []).append(each)
    rows = [
        {"rule": rule, "count": len(found), "reason": f"{found[0]['model']}: {found[0]['reason']}"}
        for rule, found in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    columns = [Column("rule"), Column("count", right=True), Column("reason", "for example", wide=True)]
    return Table(columns, rows, title=f"Left out: {len(excluded)} (--all shows each)", machine=False)


def _notes(decision: Decision) -> list[str]:
    notes = [f"warning: {each}" for each in decision.warnings]
    bounds = {name: value for name, value in _criteria(decision.criteria).items() if name != "category"}
    asked = ", ".join(f"{name}={_plain(value)}" for name, value in bounds.items())
    notes.append(f"asked for: {asked or 'anything'}, scores of category {decision.criteria.category}")
    notes.append(f"strategy {decision.strategy} · catalog {decision.catalog[:12]} · nobody was asked")
    return notes


def _criteria(criteria: Criteria) -> dict[str, Any]:
    """What was set, by name."""
    import attrs

    values = {each.name: getattr(criteria, each.name) for each in attrs.fields(type(criteria))}
    return {name: value for name, value in values.items() if value not in (None, (), "", False, frozenset())}


def _flat(each: Mapping[str, Any]) -> dict[str, Any]:
    parts = {f"part_{name}": value for name, value in each["parts"].items()}
    return {**parts, **each["expected"]}


def _plain(value: Any) -> str:
    return ",".join(sorted(map(str, value))) if isinstance(value, frozenset | tuple) else str(value)


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.4g}"  # noqa: PLR2004 (as many digits as matter)


def _quality(row: Row) -> str:
    if row["quality"] is None:
        return figures.UNKNOWN
    doubt = row["quality_uncertainty"]
    return f"{row['quality']:.0f}" + (f" ±{doubt:.0f}" if doubt else "")


def _cost(row: Row) -> str:
    return figures.dollars(row["cost_usd"], estimated=row["estimated"])
