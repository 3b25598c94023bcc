"""``pointsman sources``: where models, prices and scores come from, under which terms, and how old they are.

JSON: ``{"schema": "pointsman/sources/1", "sources": [{"source", "kind": "provider | prices | scores",
"state": "fresh | stale | failed | unasked | off | broken", "rows", "held", "fetched_at", "changes",
"licence", "url", "attribution", "reason"}]}``. ``held`` counts price rows that are held back; ``changes``
is how often new rows are to be expected, in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table
from pointsman.cli.session import cached_catalog
from pointsman.host import Diagnosis, Host
from pointsman.kinds import KINDS, FeedKind, SourceKind

if TYPE_CHECKING:
    from pointsman.catalog.feeds.sources import SourceStatus
    from pointsman.config import Instance


@command("sources", short_help="Where models, prices and scores come from, and under which terms.")
def sources(face: Face) -> None:
    """Every source of the catalog: how fresh its rows are, where they come from, their licence.

    Asks nobody; it shows what the last refresh found. To ask again: pointsman refresh.
    """
    found = Diagnosis.of()
    rows = sorted(_rows(found.host), key=lambda row: (row["state"] == "off", row["kind"], row["source"]))
    face.report(Report("sources", {"sources": rows}, [_table(rows)]))


def _rows(host: Host) -> Iterator[dict[str, Any]]:
    from pointsman.catalog.feeds.schedule import Schedule

    catalog, now = cached_catalog(host.folders), datetime.now(UTC)
    schedule = Schedule(timedelta(hours=host.settings.catalog.refresh_hours))
    known = {
        (each.kind, each.name): schedule.aged(each, now) for each in (catalog.sources if catalog else ())
    }
    for each in host.configured:
        kind = KINDS[each.kind]
        if isinstance(kind, FeedKind):
            status = known.get((kind.source_kind, each.name)) if each.state == "on" else None
            yield _row(kind.source_kind, each, status)


def _row(kind: SourceKind, instance: Instance, status: SourceStatus | None) -> dict[str, Any]:
    origin = instance.contribution.declared.origin
    state = "unasked" if instance.state == "on" else instance.state
    return {
        "source": instance.name,
        "kind": kind.value,
        "state": status.state.value if status else state,
        "rows": status.rows if status else 0,
        "held": status.quarantined if status else 0,
        "fetched_at": status.fetched_at if status else None,
        "changes": origin.changes if origin else "",
        "licence": origin.licence if origin else "",
        "url": origin.url if origin else "",
        "attribution": origin.attribution if origin else "",
        "reason": status.error if status else instance.reason,
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = [
        Column("source"),
        Column("kind"),
        Column("state"),
        Column("rows", right=True),
        Column("held", None),
        Column("fetched_at", "age", show=lambda at: figures.age(at) if at else "", right=True),
        Column("changes", spare=3),
        Column("licence", spare=1),
        Column("url", "from", wide=True, spare=2),
        Column("attribution", None),
        Column("reason", " ", wide=True),
    ]
    return Table(columns, rows, empty="no source is installed")
