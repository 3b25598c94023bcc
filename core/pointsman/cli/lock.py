"""``pointsman lock``: write today's catalog to a file, to be used as it is.

JSON: ``{"schema": "pointsman/lock/1", "path", "catalog", "at", "models"}``. ``catalog`` is its hash. (The
file itself is described in `pointsman.catalog.lock`.)
"""

from __future__ import annotations

from pathlib import Path

import click

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table


@command("lock", short_help="Write today's catalog to a file, to be used as it is.")
@click.argument("path", required=False, type=click.Path(dir_okay=False, path_type=Path))
def lock(face: Face, path: Path | None) -> None:
    """Write today's catalog to PATH (without one: where the catalog is locked to, else pointsman.lock.json).

    With POINTSMAN_LOCK=PATH, or lock = "PATH" under [catalog], calls are chosen from exactly that, and
    nothing is refreshed. What has changed since: pointsman diff.
    """
    from pointsman.catalog.lock import NAME, write
    from pointsman.cli.session import UNLOCKED, configured_lock, load_host, todays_catalog

    target = path or configured_lock() or Path(NAME)
    catalog = todays_catalog(load_host(face, UNLOCKED))
    write(catalog, target)
    row = {
        "path": str(target),
        "catalog": catalog.hash,
        "at": catalog.at,
        "models": len(catalog.candidates),
    }
    columns = [
        Column("path", wide=True),
        Column("catalog", show=lambda found: found[:12]),
        Column("at", "made", show=figures.ago),
        Column("models", right=True),
    ]
    face.report(Report("lock", row, [Table(columns, [row])], [f"use it: POINTSMAN_LOCK={target}"]))
