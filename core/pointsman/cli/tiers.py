"""``pointsman tiers``: where today's price tiers begin and end, and how many models are in each.

JSON: ``{"schema": "pointsman/tiers/1", "catalog", "at", "tiers": [{"tier", "above_usd", "up_to_usd",
"models", "share"}]}``. Blended USD per million tokens; the last row, whose ``tier`` is null, counts the
models whose price nobody knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.catalog import Catalog


@command("tiers", short_help="Where today's price tiers begin and end.")
def tiers(face: Face) -> None:
    """The cut points of today's tiers: thirds of the known prices of today's catalog, never lists of names.

    Prices are USD per million tokens, three parts input to one part output.
    """
    from pointsman.cli.session import load_host, todays_catalog

    catalog = todays_catalog(load_host(face))
    rows = _rows(catalog)
    document = {"catalog": catalog.hash, "at": catalog.at, "tiers": rows}
    cut = catalog.cuts.budget is not None
    note = "" if cut else "; too few known prices to cut, so whatever costs anything is standard"
    notes = [f"catalog {catalog.hash[:12]}, made {figures.ago(catalog.at)}{note}"]
    face.report(Report("tiers", document, [_table(rows)], notes))


def _rows(catalog: Catalog) -> list[dict[str, Any]]:
    from pointsman.types import Tier

    counts = Counter(each.tier for each in catalog.candidates)
    budget, standard = catalog.cuts.budget, catalog.cuts.standard
    bounds: Sequence[tuple[Tier | None, Decimal | None, Decimal | None]] = (
        (Tier.FREE, None, Decimal(0)),
        (Tier.BUDGET, Decimal(0) if budget else None, budget),
        (Tier.STANDARD, budget or Decimal(0), standard),
        (Tier.PREMIUM, standard, None),
        (None, None, None),
    )
    total = len(catalog.candidates)
    return [
        {
            "tier": tier.value if tier else None,
            "above_usd": above,
            "up_to_usd": up_to,
            "models": counts[tier],
            "share": round(counts[tier] / total, 3) if total else 0.0,
        }
        for tier, above, up_to in bounds
    ]


def _table(rows: Sequence[Row]) -> Table:
    columns = [
        Column("tier", show=lambda tier: tier or f"{figures.UNKNOWN} (no known price)"),
        Column("above_usd", "above $", show=_bound, right=True),
        Column("up_to_usd", "up to $", show=_bound, right=True),
        Column("models", right=True),
        Column("share", show=lambda share: f"{share:.0%}", right=True),
    ]
    return Table(columns, rows)


def _bound(usd: Decimal | None) -> str:
    return "" if usd is None else figures.rate(usd)
