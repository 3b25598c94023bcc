"""``pointsman prices``: what each model costs, who says so, and how sure that is.

JSON: ``{"schema": "pointsman/prices/1", "catalog", "prices": [{"model", "input_usd", "output_usd",
"cache_read_usd", "cache_write_usd", "reasoning_usd", "request_usd", "tiers", "source", "as_of", "estimated",
"confidence", "disagreement", "evidence"}], "quarantined": [{"source", "model", "provider", "reason"}]}``.
USD per million tokens, ``request_usd`` per request.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import complete, figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.catalog import Catalog
    from pointsman.types import Candidate

_SURE = 0.995


@command("prices", short_help="What each model costs, who says so, and how sure that is.")
@click.argument("model", nargs=-1, shell_complete=complete.models)
@click.option("--quarantined", is_flag=True, help="Only the rows held back as unbelievable, and why.")
def prices(face: Face, model: Sequence[str], *, quarantined: bool) -> None:
    """The price of each MODEL (of all without one), in USD per million tokens.

    ~ marks an estimate, ? what nobody knows, x1.4 how far the sources are apart.
    """
    from pointsman.cli.session import with_router
    from pointsman.routing.router import Router

    async def work(router: Router) -> Catalog:
        return await router.catalog()

    catalog = with_router(face, work)
    wanted = [each for name in model for each in catalog.resolve(name)] if model else catalog.candidates
    held = [
        {"source": each.source, "model": each.model, "provider": each.provider, "reason": each.reason}
        for each in catalog.quarantined
    ]
    rows = [_row(each) for each in dict.fromkeys(wanted)]
    document = {"catalog": catalog.hash, "prices": rows, "quarantined": held}
    table = _held_table(held) if quarantined else _price_table(rows)
    note = f"{len(held)} rows are held back as unbelievable; see: pointsman prices --quarantined"
    face.report(Report("prices", document, [table], [note] if held and not quarantined else []))


def _row(each: Candidate) -> dict[str, Any]:
    price = each.price
    if price is None:
        names = (
            "input_usd",
            "output_usd",
            "cache_read_usd",
            "cache_write_usd",
            "reasoning_usd",
            "request_usd",
            "tiers",
            "source",
            "as_of",
            "estimated",
            "confidence",
            "disagreement",
            "evidence",
        )
        return {"model": each.key, **dict.fromkeys(names)}
    rates = price.rates
    tiers = [
        {"above": tier.above, "input_usd": tier.input, "output_usd": tier.output} for tier in rates.tiers
    ]
    return {
        "model": each.key,
        "input_usd": rates.input,
        "output_usd": rates.output,
        "cache_read_usd": rates.cache_read,
        "cache_write_usd": rates.cache_write,
        "reasoning_usd": rates.reasoning,
        "request_usd": rates.request,
        "tiers": tiers,
        "source": price.source,
        "as_of": price.as_of,
        "estimated": price.estimated,
        "confidence": round(price.confidence, 3),
        "disagreement": round(price.disagreement, 3),
        "evidence": price.evidence,
    }


def _price_table(rows: Sequence[Row]) -> Table:
    columns = [
        Column("model"),
        _rate("input_usd", "in $"),
        _rate("output_usd", "out $"),
        _rate("cache_read_usd", "cached $"),
        Column("cache_write_usd", None),
        Column("reasoning_usd", None),
        Column("request_usd", None),
        Column("source", show=lambda source: source or figures.UNKNOWN),
        Column("as_of", "age", show=lambda at: figures.age(at) if at else "", right=True, spare=2),
        Column("confidence", "sure", show=_sure, right=True, spare=1),
        Column("disagreement", "apart", show=_apart, right=True),
        Column("estimated", None),
        Column("evidence", None),
    ]
    return Table(columns, rows, empty="no model is known; see: pointsman plugins")


def _held_table(rows: Sequence[Row]) -> Table:
    columns = [Column("source"), Column("model", wide=True), Column("provider"), Column("reason", wide=True)]
    return Table(columns, rows, empty="no price is held back")


def _rate(name: str, title: str) -> Column:
    return Column(name, title, show_row=partial(_written, name=name), right=True)


def _written(row: Row, name: str) -> str:
    if row[name] is None and name not in {"input_usd", "output_usd"}:
        return ""
    return figures.rate(row[name], estimated=bool(row["estimated"]))


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f"{confidence:.0%}"


def _apart(factor: float | None) -> str:
    return "" if factor is None or factor < 2 - _SURE else f"x{factor:.3g}"
