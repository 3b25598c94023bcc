"""``pointsman diff``: what changed since a lock, or since the catalog before this one.

JSON: ``{"schema": "pointsman/diff/1", "before": {"from", "catalog", "at"}, "after": {"from", "catalog",
"at"}, "changes": [{"change": "new | gone | dearer | cheaper | priced | unpriced | rescored | retiring",
"model", "category", "before", "after", "ratio", "detail"}], "otherwise"}``. Prices are blended USD per
million tokens; ``otherwise`` counts models that changed in something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.exits import Exit
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

if TYPE_CHECKING:
    from pointsman.catalog import Catalog
    from pointsman.catalog.diff import Diff

_FACTOR_FROM = 2  # a ratio from which it is written as a factor, not in percent


@command("diff", short_help="What changed: new, gone, dearer, cheaper, re-scored, retiring.")
@click.argument("lockfile", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--exit-code", is_flag=True, help="Exit code 1 when anything changed.")
def diff(face: Face, lockfile: Path | None, *, exit_code: bool) -> Exit:
    """What today's catalog has that LOCKFILE had not, and the other way round.

    Without LOCKFILE: since the file the catalog is locked to, else since pointsman.lock.json here, else since
    the catalog before the last change.
    """
    from pointsman.catalog.diff import compare
    from pointsman.cli.session import UNLOCKED, load_host, todays_catalog

    path = lockfile or _usual()
    before = _locked(path) if path else None
    after = todays_catalog(load_host(face, UNLOCKED))
    if before is None:
        before, after = _last_two(after)
    changes = compare(before, after)
    face.report(_report(changes, before, after, str(path) if path else "the catalog before"))
    return Exit.FAILURE if exit_code and not changes.empty else Exit.OK


def rows_of(changes: Diff) -> Iterator[dict[str, Any]]:
    """A row per change, what matters first."""
    for model in changes.new:
        yield _row("new", model)
    for gone in changes.gone:
        yield _row("gone", gone.model, detail=gone.reason)
    for change, found in (("dearer", changes.dearer), ("cheaper", changes.cheaper)):
        for each in found:
            detail = "estimated" if each.estimated else ""
            yield _row(
                change, each.model, before=each.before, after=each.after, ratio=each.ratio, detail=detail
            )
    for change, models in (("priced", changes.priced), ("unpriced", changes.unpriced)):
        yield from (_row(change, model) for model in models)
    for score in changes.rescored:
        yield _row("rescored", score.model, category=score.category, before=score.before, after=score.after)
    for retiring in changes.retiring:
        yield _row("retiring", retiring.model, after=retiring.day)


def _row(change: str, model: str, **more: Any) -> dict[str, Any]:
    blank: Mapping[str, Any] = {"category": "", "before": None, "after": None, "ratio": None, "detail": ""}
    return {"change": change, "model": model, **blank, **more}


def _usual() -> Path | None:
    """The lock to compare with where none is named."""
    from pointsman.catalog.lock import NAME
    from pointsman.cli.session import configured_lock

    return configured_lock() or (Path(NAME) if Path(NAME).is_file() else None)


def _locked(path: Path) -> Catalog:
    from pointsman.catalog.lock import read

    return read(path)


def _last_two(after: Catalog) -> tuple[Catalog, Catalog]:
    """The last change on disk; a refresh that ran behind the command may have made another one."""
    from pointsman.cli.session import cached_catalog, catalog_before
    from pointsman.config import Environment, Folders

    folders = Folders.find(Environment.of())
    found = catalog_before(folders)
    if found is None:
        raise click.UsageError(
            "nothing to compare with yet; write a lock with `pointsman lock`, or wait for a refresh",
            click.get_current_context(),
        )
    return found, cached_catalog(folders) or after


def _report(changes: Diff, before: Catalog, after: Catalog, since: str) -> Report:
    rows = list(rows_of(changes))
    document = {
        "before": {"from": since, "catalog": before.hash, "at": before.at},
        "after": {"from": "today", "catalog": after.hash, "at": after.at},
        "changes": rows,
        "otherwise": changes.otherwise,
    }
    columns = [
        Column("change"),
        Column("model", wide=True),
        Column("category", spare=1),
        Column("before", show_row=lambda row: _figure(row, "before"), right=True),
        Column("after", show_row=lambda row: _figure(row, "after"), right=True),
        Column("ratio", "by", show=_factor, right=True),
        Column("detail", " ", wide=True, spare=2),
    ]
    notes = [f"since {since}, catalog {before.hash[:12]} made {figures.ago(before.at)}"]
    if changes.otherwise:
        notes.insert(0, f"{figures.counted(changes.otherwise, 'model')} changed in something else")
    return Report("diff", document, [Table(columns, rows, empty="no change worth a line")], notes)


def _figure(row: Row, name: str) -> str:
    value = row[name]
    if row["change"] in {"dearer", "cheaper"}:
        return figures.rate(value, estimated=row["detail"] == "estimated")
    if row["change"] == "rescored":
        return figures.number(value, 1)
    return str(value or "")


def _factor(ratio: float | None) -> str:
    """``+12%``, ``-40%``, ``x3.5``."""
    if ratio is None:
        return ""
    return f"x{ratio:.3g}" if ratio >= _FACTOR_FROM else f"{(ratio - 1) * 100:+.3g}%"
