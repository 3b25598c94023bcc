"""``pointsman refresh``: fetch every model list, price and score again.

JSON: ``{"schema": "pointsman/refresh/1", "catalog", "models", "sources": [{"source", "kind", "state": "done
| kept | failed", "rows", "seconds", "fetched_at", "error"}], "changes": {"new", "gone", "dearer",
"cheaper"}}``, the changes as lists of models. ``kept`` means that it failed and its last good rows stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pointsman.cli import figures
from pointsman.cli.command import command
from pointsman.cli.exits import Exit
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Table

if TYPE_CHECKING:
    from pointsman.catalog import Catalog, Progress
    from pointsman.catalog.diff import Diff
    from pointsman.catalog.opening import CatalogSource

_MOST = 8


@command("refresh", short_help="Fetch every model list, price and score again.")
def refresh(face: Face) -> Exit:
    """Ask every provider for its models and every source for its prices and scores, all at once.

    A source that fails keeps its last good rows; exit code 1 when no provider's models are known after all.
    """
    from pointsman.cli.session import UNLOCKED, cached_catalog, configured_lock, load_host, with_catalog
    from pointsman.config import Environment, Folders

    before = cached_catalog(Folders.find(Environment.of()))
    ended: list[Progress] = []

    async def work(catalogs: CatalogSource) -> Catalog:
        with _watching(face) as show:

            def progress(step: Progress) -> None:
                show(step)
                if step.state != "asking":
                    ended.append(step)

            return await catalogs.refresh(progress=progress)

    after = with_catalog(load_host(face, UNLOCKED), work)
    face.report(_report(ended, before, after))
    if lock := configured_lock():
        face.warn(f"calls are still chosen from the locked catalog {lock}; see: pointsman diff")
    known = any(each.kind.value == "provider" and each.state != "failed" for each in ended)
    return Exit.OK if known else Exit.FAILURE


def changes(before: Catalog | None, after: Catalog) -> Diff:
    """What the refresh brought; nothing on the first one, when all would be new."""
    from pointsman.catalog.diff import Diff, compare

    return compare(before, after) if before else Diff()


def _report(ended: Sequence[Progress], before: Catalog | None, after: Catalog) -> Report:
    fetched = {(each.kind, each.name): each.fetched_at for each in after.sources}
    sources = [
        {
            "source": each.name,
            "kind": each.kind.value,
            "state": each.state,
            "rows": each.rows,
            "seconds": round(each.seconds, 3),
            "fetched_at": fetched.get((each.kind, each.name)),
            "error": each.error,
        }
        for each in sorted(ended, key=lambda each: (each.kind, each.name))
    ]
    changed = changes(before, after)
    lists = _lists(changed)
    document = {
        "catalog": after.hash,
        "models": len(after.candidates),
        "sources": sources,
        "changes": lists,
    }
    columns = [
        Column("source"),
        Column("kind"),
        Column("state"),
        Column("rows", right=True),
        Column("seconds", "took", show=figures.seconds, right=True),
        Column("fetched_at", "age", show=figures.age, right=True),
        Column("error", " ", wide=True),
    ]
    left_out = f", {len(after.left_out)} more listed but not for chat" if after.left_out else ""
    notes = [
        f"{len(after.candidates)} models may be asked{left_out} · catalog {after.hash[:12]}",
        summary(changed, len(after.quarantined)),
    ]
    return Report(
        "refresh", document, [Table(columns, sources, empty="no source is on")], [*notes, *_named(lists)]
    )


def _lists(changed: Diff) -> dict[str, list[str]]:
    return {
        "new": list(changed.new),
        "gone": [each.model for each in changed.gone],
        "dearer": [each.model for each in changed.dearer],
        "cheaper": [each.model for each in changed.cheaper],
    }


def summary(changed: Diff, quarantined: int) -> str:
    """``14 price changes, 2 quarantined; see: pointsman diff``."""
    facts = [figures.counted(changed.price_changes, "price change"), f"{quarantined} quarantined"]
    scored = len({each.model for each in changed.rescored})
    if scored:
        facts.insert(1, f"{scored} re-scored")
    return f"{', '.join(facts)}; see: pointsman diff"


def _named(changed: Mapping[str, Sequence[str]]) -> list[str]:
    lines = []
    for what, models in changed.items():
        if models:
            more = f" and {len(models) - _MOST} more" if len(models) > _MOST else ""
            lines.append(f"{what}: {', '.join(models[:_MOST])}{more}")
    return lines


class _watching:  # noqa: N801 (used as a function)
    """A line per source on a terminal while it is asked; gone when all have answered. Elsewhere nothing."""

    def __init__(self, face: Face) -> None:
        self._live: Any = None
        self._tasks: dict[tuple[str, str], Any] = {}
        if face.terminal and face.verbosity >= 0:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._live = Progress(
                TextColumn("{task.description}"),
                BarColumn(24, style="dim", complete_style="green", finished_style="green", pulse_style="dim"),
                TextColumn("[dim]{task.fields[state]}"),
                console=Console(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Callable[[Progress], None]:
        if self._live is not None:
            self._live.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def _step(self, step: Progress) -> None:
        if self._live is None:
            return
        place = (step.kind.value, step.name)
        if place not in self._tasks:
            label = f"{step.name} ({step.kind})"
            self._tasks[place] = self._live.add_task(label, total=None, state="asking")
        if step.state != "asking":
            state = f"{step.rows} rows" if step.state == "done" else step.state
            self._live.update(self._tasks[place], total=1, completed=1, state=state)
