"""``pointsman prices``: what each model costs, who says so, and how sure that is.

JSON: ``{"schema": "pointsman/prices/1", "catalog", "prices": [{"model", "input_usd", "output_usd",
"cache_read_usd", "cache_write_usd", "cache_write_1h_usd", "reasoning_usd", "input_audio_usd",
"output_audio_usd", "cache_read_audio_usd", "input_image_usd", "output_image_usd", "request_usd",
"search_usd", "tiers": [{"above", "marginal", "input_usd", …}], "variants": {"batch": {"input_usd", …}},
"regions": {"us": "1.1"}, "hourly", "source", "as_of", "estimated", "confidence", "disagreement",
"evidence"}], "quarantined": [{"source", "model", "provider", "offer", "input_usd", "output_usd",
"reason"}]}``.
USD per million tokens, ``request_usd`` per request, ``search_usd`` per web search. In a region every rate per
token is multiplied; ``hourly`` tells that the rates are those of the dearest hour. ``estimated`` tells a
fitted price from one that somebody asks, ``disagreement`` is the largest ratio between two sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import click

from pointsman.cli import complete, figures
from pointsman.cli.command import Command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.types import Candidate, ContextTier, Rates

_SURE = 0.995
_SHOWN = frozenset({"input_usd", "output_usd", "cache_read_usd"})
_NO_MONEY = frozenset({"above", "marginal", "tiers"})


class Prices(Command):
    """The command, and under its name another: ``prices accept``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] == ["accept"]:
            from pointsman.cli.prices_accept import accept

            return accept.make_context(f"{info_name} accept", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command("prices", cls=Prices, short_help="What each model costs, who says so, and how sure that is.")
@click.argument("model", nargs=-1, shell_complete=complete.models)
@click.option("--quarantined", "--held", is_flag=True, help="Only the rows held back, and why.")
@click.pass_obj
def prices(face: Face, model: Sequence[str], *, quarantined: bool) -> None:
    r"""The price of each MODEL (of all without one), in USD per million tokens.

    ~ marks an estimate, ? what nobody knows, x1.4 how far the sources are apart.

    \b
    pointsman prices accept PROVIDER/MODEL [--source NAME]
      confirms a price that is held back; see also: pointsman prices accept --help
    """
    from pointsman.cli.session import load_host, todays_catalog

    catalog = todays_catalog(load_host(face))
    wanted = [each for name in model for each in catalog.resolve(name)] if model else catalog.candidates
    held = [
        {
            "source": each.source,
            "model": each.model,
            "provider": each.provider,
            "offer": each.offer,
            "input_usd": each.rates.input,
            "output_usd": each.rates.output,
            "reason": each.reason,
        }
        for each in catalog.quarantined
    ]
    rows = [_row(each) for each in dict.fromkeys(wanted)]
    document = {"catalog": catalog.hash, "prices": rows, "quarantined": held}
    table = _held_table(held) if quarantined else _price_table(rows)
    note = f"{len(held)} rows are held back as unbelievable; see: pointsman prices --held"
    face.report(Report("prices", document, [table], [note] if held and not quarantined else []))


def _row(each: Candidate) -> dict[str, Any]:
    price = each.price
    if price is None:
        return {"model": each.key, **dict.fromkeys(_row_names())}
    return {
        "model": each.key,
        **_figures(price.rates),
        "tiers": [
            {"above": tier.above, "marginal": tier.marginal, **_figures(tier)} for tier in price.rates.tiers
        ],
        "variants": {each.service_tier: _known(_figures(each.rates)) for each in price.variants},
        "regions": {each.name: each.factor for each in price.regions},
        "hourly": price.hourly,
        "source": price.source,
        "as_of": price.as_of,
        "estimated": price.estimated,
        "confidence": round(price.confidence, 3),
        "disagreement": round(price.disagreement, 3),
        "evidence": price.evidence,
    }


def _row_names() -> list[str]:
    from pointsman.types import Rates

    about = ("source", "as_of", "estimated", "confidence", "disagreement", "evidence")
    return [*_figures(Rates()), "tiers", "variants", "regions", "hourly", *about]


def _figures(rates: Rates | ContextTier) -> dict[str, Any]:
    """Every rate by its name and unit."""
    names = (each.name for each in attrs.fields(type(rates)) if each.name not in _NO_MONEY)
    return {f"{name}_usd": getattr(rates, name) for name in names}


def _known(rates: dict[str, Any]) -> dict[str, Any]:
    return {name: rate for name, rate in rates.items() if rate is not None}


def _price_table(rows: Sequence[Row]) -> Table:
    columns = [
        Column("model"),
        _rate("input_usd", "in $"),
        _rate("output_usd", "out $"),
        _rate("cache_read_usd", "cached $"),
        *(Column(name, None) for name in _row_names() if name.endswith("_usd") and name not in _SHOWN),
        Column("source", show=lambda source: source or figures.UNKNOWN),
        Column("as_of", "age", show=lambda at: figures.age(at) if at else "", right=True, spare=2),
        Column("confidence", "sure", show=_sure, right=True, spare=1),
        Column("disagreement", "apart", show=_apart, right=True),
        Column("estimated", None),
        Column("evidence", None),
    ]
    return Table(columns, rows, empty="no model is known; see: pointsman plugins")


def _held_table(rows: Sequence[Row]) -> Table:
    columns = [
        Column("source"),
        Column("model", wide=True),
        Column("provider"),
        Column("offer", None),
        Column("input_usd", "in $", show=figures.rate, right=True),
        Column("output_usd", "out $", show=figures.rate, right=True),
        Column("reason", wide=True),
    ]
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
