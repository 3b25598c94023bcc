"""``pointsman prices accept``: confirm a row of a price list that is held back.

JSON: ``{"schema": "pointsman/prices-accept/1", "path", "accepted": [{"source", "model", "provider",
"input_usd", "output_usd", "reason"}]}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pointsman.cli import complete, figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table
from pointsman.cli.session import UNLOCKED, load_host, todays_catalog
from pointsman.errors import RequestError, UnknownNameError

if TYPE_CHECKING:
    from pointsman.catalog import Quarantined
    from pointsman.catalog.accepted import AcceptedFile


@command("accept", short_help="Confirm a price that is held back.")
@click.argument("model", shell_complete=complete.models)
@click.option("--source", default="", help="Whose row; needed where several sources are held back.")
def accept(face: Face, model: str, source: str) -> None:
    """Confirm what a held row asks for MODEL (provider/model, as `prices --held` lists it).

    The confirmation holds for these figures; a row that changes again is held back again.
    """
    from pointsman.catalog.accepted import Accepted

    catalog = todays_catalog(load_host(face, UNLOCKED))
    rows = _chosen(catalog.quarantined, model, source)
    file = accepted_file()
    file.add([Accepted.of(each.source, each.model, each.provider, each.rates) for each in rows])
    accepted = [
        {
            "source": each.source,
            "model": each.model,
            "provider": each.provider,
            "input_usd": each.rates.input,
            "output_usd": each.rates.output,
            "reason": each.reason,
        }
        for each in rows
    ]
    columns = [
        Column("source"),
        Column("model", wide=True),
        Column("provider"),
        Column("input_usd", "in $", show=figures.rate, right=True),
        Column("output_usd", "out $", show=figures.rate, right=True),
        Column("reason", "was held because", wide=True),
    ]
    document = {"path": str(file.path), "accepted": accepted}
    note = "a program that is running believes it from its next refresh on"
    face.report(Report("prices-accept", document, [Table(columns, accepted)], [note]))


def accepted_file() -> AcceptedFile:
    """Where confirmations are kept."""
    from pointsman.catalog.accepted import FILE, AcceptedFile
    from pointsman.config import Environment, Folders

    return AcceptedFile(Folders.find(Environment.of()).config / FILE)


def _chosen(quarantined: Sequence[Quarantined], model: str, source: str) -> list[Quarantined]:
    """The held rows that are meant.

    Raises:
        UnknownNameError: No row is held for this model.
        RequestError: None of them can be a price, or they differ and no source was named.
    """
    wanted = model.casefold()
    found = [each for each in quarantined if wanted in _names(each)] or [
        each for each in quarantined if each.model.casefold() == wanted.partition("/")[2]
    ]
    meant = [each for each in found if not source or each.source == source]
    if not meant:
        from pointsman.config.names import nearest

        known = sorted({each.offer or each.model for each in quarantined if each.acceptable})
        whose = f" of {source}" if source else ""
        hint = "; see: pointsman prices --held"
        raise UnknownNameError("held price" + whose, model, nearest(model, known), hint.lstrip("; "))
    possible = [each for each in meant if each.acceptable]
    if not possible:
        row = meant[0]
        raise RequestError(f"{model}: the row of {row.source} cannot be a price: {row.reason}", "model")
    if len({each.rates for each in possible}) > 1:
        sources = ", ".join(sorted({each.source for each in possible}))
        raise RequestError(f"{model}: several sources are held ({sources}); name one with --source", "source")
    return possible


def _names(row: Quarantined) -> frozenset[str]:
    names = (row.offer, row.model, f"{row.provider}/{row.model}" if row.provider else "")
    return frozenset(name.casefold() for name in names if name)
