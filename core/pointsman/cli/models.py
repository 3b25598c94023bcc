"""``pointsman models``: what there is to choose from today.

JSON: ``{"schema": "pointsman/models/1", "catalog", "at", "category", "models": [{"model", "provider",
"tier", "input_usd", "output_usd", "price_source", "price_estimated", "quality", "quality_uncertainty",
"quality_sources", "tokens_per_second", "first_token_seconds", "context_window", "can", "cannot", "value",
"frontier"}],
"left_out": [{"model", "provider", "kind", "rule", "reason"}], "cuts": {"budget", "standard"}}``. Prices are
USD per million tokens; ``value`` is quality per blended USD, ``frontier`` whether none of these models is as
cheap and as good and better in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from pointsman.cli import complete, figures
from pointsman.cli.attribution import attributions
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.options import NEEDS, Names, Tokens
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.catalog import Catalog
    from pointsman.cli.picture import Scene
    from pointsman.types import Candidate, Criteria

_SHORT = {"json_schema": "json", "audio_input": "audio", "document_input": "docs"}
_HIDDEN = "streaming"

Key = Callable[[Row], Any]
_SORTS: Mapping[str, Key] = {
    "quality": lambda row: _last_if_unknown(row["quality"], descending=True),
    "price": lambda row: _last_if_unknown(row["blended_usd"]),
    "value": lambda row: _last_if_unknown(row["value"], descending=True),
    "speed": lambda row: _last_if_unknown(row["tokens_per_second"], descending=True),
    "name": lambda row: (False, row["model"]),
}


def _picture_path(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """The path, if its name says how to write it; said before anybody is asked for models."""
    from pointsman.cli.picture import FORMS

    if path is not None and path.suffix.lower() not in FORMS:
        raise click.BadParameter(f"{path} must end in {' or '.join(FORMS)}", context, option)
    return path


@command("models", short_help="What there is to choose from today.")
@click.argument("text", required=False, default="")
@click.option("--category", default="general", show_default=True, help="Which scores to show.")
@NEEDS
@click.option("--max-price", metavar="USD", help="Per million tokens, three parts input to one part output.")
@click.option("--known-prices", is_flag=True, help="Only models whose price somebody tells, no estimates.")
@click.option("--min-quality", type=click.FloatRange(0, 100), metavar="0-100", help="In the category.")
@click.option("--context", type=Tokens(), metavar="TOKENS", help="At least; such as 100k.")
@click.option(
    "--provider",
    type=Names(),
    multiple=True,
    metavar="NAME,…",
    shell_complete=complete.providers,
    help="Only these providers.",
)
@click.option(
    "--sort", type=click.Choice(list(_SORTS)), default="quality", show_default=True, help="Best first."
)
@click.option("-n", "--limit", type=click.IntRange(1), help="Show so many at most.")
@click.option("--all", "everything", is_flag=True, help="Also what is left out, with its reason.")
@click.option("--plot", is_flag=True, help="Draw quality against price, and list the Pareto frontier.")
@click.option(
    "--plot-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    callback=_picture_path,
    help="Write the same picture to a file: .svg or .html.",
)
def models(
    face: Face,
    text: str,
    sort: str,
    limit: int | None,
    plot_file: Path | None,
    *,
    everything: bool,
    plot: bool,
    **given: Any,
) -> None:
    """Every model that may be asked; TEXT keeps those whose name holds it.

    Prices are USD per million tokens; ~ marks an estimate, ? what nobody knows.
    """
    from pointsman.cli.options import chat_options
    from pointsman.cli.session import load_host, todays_catalog
    from pointsman.routing.request import build_criteria
    from pointsman.types import Criteria

    host = load_host(face)
    providers = [each.name for each in host.instances["providers"]]
    options = {**given, "min_context": given["context"], "only": given["provider"]}
    criteria = build_criteria(Criteria(), chat_options(options, providers))
    catalog = todays_catalog(host)
    kept, objections = _sifted(catalog, criteria)
    kept = tuple(each for each in kept if text.casefold() in each.key.casefold())
    scene = _scene(catalog, kept, criteria.category)
    line = {point.model for point in scene.line}
    rows = [{**row_of(each, criteria.category), "frontier": each.key in line} for each in kept]
    rows.sort(key=lambda row: (*_SORTS[sort](row), row["model"]))
    left_out = [*objections, *_left_out(catalog)] if everything else []
    report = _report(catalog, criteria.category, rows[:limit], left_out, len(rows))
    report = evolve(report, notes=[*report.notes, *attributions(host, _sources_of(rows[:limit]))])
    face.report(_pictured(report, scene, rows) if plot else report)
    if plot_file:
        _write_picture(face, scene, plot_file)


def _sources_of(rows: Sequence[Row]) -> set[str]:
    """Names of the sources whose figures stand in `rows`."""
    scored = {name for row in rows for name in row["quality_sources"]}
    return scored | {row["price_source"] for row in rows if row["price_source"]}


def row_of(each: Candidate, category: str) -> dict[str, Any]:
    """What the catalog knows of one candidate, flat."""
    price, speed = each.price, each.speed
    quality = each.quality.get(category) or each.quality.get("general")
    blended = price.rates.blended if price else None
    return {
        "model": each.key,
        "provider": each.provider,
        "tier": each.tier.value if each.tier else None,
        "input_usd": price.rates.input if price else None,
        "output_usd": price.rates.output if price else None,
        "blended_usd": blended,
        "price_source": price.source if price else None,
        "price_estimated": price.estimated if price else None,
        "quality": round(quality.value, 2) if quality else None,
        "quality_uncertainty": round(quality.uncertainty, 2) if quality else None,
        "quality_sources": list(quality.sources) if quality else [],
        "tokens_per_second": speed.output_tokens_per_second if speed else None,
        "first_token_seconds": speed.time_to_first_token if speed else None,
        "context_window": each.context_window,
        "can": sorted(each.can),
        "cannot": sorted(each.cannot),
        "value": round(quality.value / float(blended), 2) if quality and blended else None,
    }


def _scene(catalog: Catalog, kept: Sequence[Candidate], category: str) -> Scene:
    """What a picture of these candidates holds."""
    from pointsman.catalog.pareto import frontier, points
    from pointsman.cli.picture import Scene

    found = points(kept, category)
    undrawn = len(kept) - len(found)
    unknown = f", {undrawn} more without a known price or score" if undrawn else ""
    drawn = figures.counted(len(found), "model")
    about = f"{drawn}{unknown} · catalog {catalog.hash[:12]}, {catalog.at:%Y-%m-%d}"
    return Scene(found, frontier(found), category, about)


def _pictured(report: Report, scene: Scene, rows: Sequence[Row]) -> Report:
    """The report with the picture, and for people only the line; machines get every model as before."""
    from pointsman.cli.scatter import FEW, MANY, ON_LINE, draw

    best = {row["model"]: row for row in rows if row["frontier"]}
    line = [best[point.model] for point in scene.line]
    (whole, *more), legend = (
        report.tables,
        f"{ON_LINE} nobody is as cheap and as good  {FEW} one  {MANY} several",
    )
    title = "Pareto frontier, cheapest first"
    tables = [
        Table(
            columns(scene.category),
            line,
            title=title,
            empty="no model has a price and a score",
            machine=False,
        ),
        evolve(whole, people=False),
        *more,
    ]
    picture = partial(draw, scene.points, scene.line)
    return evolve(report, tables=tables, notes=[legend, scene.about], picture=picture)


def _write_picture(face: Face, scene: Scene, path: Path) -> None:
    from pointsman.cli.picture import write

    try:
        write(scene, path)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from error
    face.note(f"wrote {path}")


def _sifted(catalog: Catalog, criteria: Criteria) -> tuple[tuple[Candidate, ...], list[Row]]:
    """What the filters leave, and what they do not: by the rules every call is chosen by, but never
    relaxed.
    """
    from pointsman.routing.eligibility import eligible
    from pointsman.routing.rules import Demand, References
    from pointsman.types import Exclusion

    found = eligible(catalog.candidates, criteria, Demand(0), References())
    kept, excluded = found.candidates, list(found.excluded)
    if found.relaxed:
        why = f"fits only without {', '.join(found.relaxed)}"
        excluded += [Exclusion(each, found.relaxed[0], why) for each in kept]
        kept = ()
    rows: list[Row] = [
        {
            "model": each.candidate.key,
            "provider": each.candidate.provider,
            "kind": "chat",
            "rule": each.rule,
            "reason": each.reason,
        }
        for each in excluded
    ]
    return kept, rows


def _left_out(catalog: Catalog) -> list[Row]:
    return [
        {
            "model": f"{each.provider}/{each.model}",
            "provider": each.provider,
            "kind": each.kind or "unknown",
            "rule": each.rule,
            "reason": each.reason,
        }
        for each in catalog.left_out
    ]


def _report(
    catalog: Catalog, category: str, rows: Sequence[Row], left_out: Sequence[Row], found: int
) -> Report:
    document = {
        "catalog": catalog.hash,
        "at": catalog.at,
        "category": category,
        "models": rows,
        "left_out": left_out,
        "cuts": {"budget": catalog.cuts.budget, "standard": catalog.cuts.standard},
    }
    tables = [Table(columns(category), rows, empty="no model fits; --all shows why")]
    if left_out:
        columns_out = [Column("model", wide=True), Column("rule"), Column("reason", wide=True)]
        tables.append(Table(columns_out, left_out, title="Left out", machine=False))
    shown = f"{len(rows)} of {found} models" if len(rows) < found else figures.counted(found, "model")
    note = f"{shown} · USD per million tokens · catalog {catalog.hash[:12]}, made {figures.ago(catalog.at)}"
    return Report("models", document, tables, [note])


def columns(category: str) -> list[Column]:
    """How candidates are shown: what matters first, and what a terminal has room for."""
    return [
        Column("model"),
        Column("tier", show=lambda tier: tier or figures.UNKNOWN, spare=1),
        Column("input_usd", "in $", show_row=partial(_price, name="input_usd"), right=True),
        Column("output_usd", "out $", show_row=partial(_price, name="output_usd"), right=True),
        Column("price_estimated", None),
        Column("price_source", None),
        Column("quality", category[:8], show=figures.number, right=True),
        Column(
            "tokens_per_second",
            "tok/s",
            show=figures.number,
            right=True,
        ),
        Column("context_window", "context", show=figures.tokens, right=True, spare=2),
        Column("can", show=_abilities, wide=True, spare=4),
        Column("value", None),
        Column("frontier", None),
    ]


def _price(row: Row, name: str) -> str:
    return figures.rate(row[name], estimated=bool(row["price_estimated"]))


def _abilities(can: Sequence[str]) -> str:
    return " ".join(_SHORT.get(each, each) for each in can if each != _HIDDEN)


def _last_if_unknown(value: Any, *, descending: bool = False) -> tuple[bool, Any]:
    return (True, 0) if value is None else (False, -value if descending else value)
