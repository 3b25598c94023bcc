"""``pointsman scores``: how good each model is, by category, who measured it, and how sure that is.

JSON: ``{"schema": "pointsman/scores/1", "catalog", "scores": [{"model", "category", "quality",
"uncertainty", "success", "coverage", "sources", "as_of", "evidence"}], "unmeasured"}``. Quality is 0 to
100, ``uncertainty`` one standard deviation of it, ``success`` the share of its tasks a benchmark of the
category lets expect, 0 to 1, ``coverage`` the share of the category's benchmarks that measured the model;
``unmeasured`` counts the models without any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import complete, figures
from pointsman.cli.attribution import attributions
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.types import Candidate

_NOTHING = ("category", "quality", "uncertainty", "success", "coverage", "sources", "as_of", "evidence")


@command("scores", short_help="How good each model is, by category, and how sure that is.")
@click.argument("model", nargs=-1, shell_complete=complete.models)
@click.option(
    "--category", metavar="NAME", shell_complete=complete.categories, help="Only this one, best first."
)
def scores(face: Face, model: Sequence[str], category: str | None) -> None:
    """The scores of each MODEL (of all without one): 0 is the worst known, 100 the best.

    ±5 is one standard deviation; ? is a model nobody measured, which is not a bad one.
    """
    from pointsman.cli.session import load_host, todays_catalog

    host = load_host(face)
    catalog = todays_catalog(host)
    wanted = [each for name in model for each in catalog.resolve(name)] if model else catalog.candidates
    chosen = list(dict.fromkeys(wanted))
    rows = [row for each in chosen for row in _rows(each, category, always=bool(model))]
    if category:
        rows.sort(key=lambda row: (row["quality"] is None, -(row["quality"] or 0), row["model"]))
    unmeasured = sum(not each.quality for each in chosen)
    document = {"catalog": catalog.hash, "scores": rows, "unmeasured": unmeasured}
    notes = [f"{figures.counted(unmeasured, 'model')} without any score"] if unmeasured else []
    notes += attributions(host, {name for row in rows for name in row["sources"]})
    face.report(Report("scores", document, [_table(rows, evidence=bool(model))], notes))


def _rows(each: Candidate, category: str | None, *, always: bool) -> Iterator[dict[str, Any]]:
    """A row per category; where there is none, one that says so if `always`."""
    found = {name: one for name, one in each.quality.items() if category in {None, name}}
    for name, quality in sorted(found.items()):
        yield {
            "model": each.key,
            "category": name,
            "quality": round(quality.value, 2),
            "uncertainty": round(quality.uncertainty, 2),
            "success": quality.success,
            "coverage": round(quality.coverage, 3),
            "sources": list(quality.sources),
            "as_of": quality.as_of,
            "evidence": quality.evidence,
        }
    if always and not found:
        yield {"model": each.key, **dict.fromkeys(_NOTHING), "category": category, "sources": []}


def _table(rows: Sequence[Row], *, evidence: bool) -> Table:
    columns = [
        Column("model"),
        Column("category"),
        Column("quality", show_row=_quality, right=True),
        Column("uncertainty", None),
        Column("success", None),
        Column("coverage", show=lambda share: "" if share is None else f"{share:.0%}", right=True, spare=1),
        Column("sources", show=", ".join, wide=True),
        Column("as_of", "age", show=lambda at: figures.age(at) if at else "", right=True, spare=2),
        Column("evidence", "joined from" if evidence else None, wide=True, spare=3),
    ]
    return Table(columns, rows, empty="no score is known; see: pointsman plugins")


def _quality(row: Row) -> str:
    if row["quality"] is None:
        return figures.UNKNOWN
    return f"{row['quality']:.0f} ±{row['uncertainty']:.0f}"
