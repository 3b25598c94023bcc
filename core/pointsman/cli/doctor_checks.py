"""What `pointsman doctor` looks at: each check gives findings, and none of them raises."""

from __future__ import annotations

import os
import platform
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from pointsman.cli import figures
from pointsman.cli.session import cached_backoffs, cached_catalog
from pointsman.errors import ConfigError, PointsmanError
from pointsman.host import Diagnosis, Host

if TYPE_CHECKING:
    from pointsman.catalog import Catalog
    from pointsman.protocols import SharedState

_OLDEST_SAFE_SQLITE = (3, 51, 3)
"""Earlier ones may, rarely, corrupt a write-ahead log that several connections write to."""

_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


@frozen
class Finding:
    """One thing looked at.

    Attributes:
        area: What part it belongs to.
        check: What was looked at.
        state: ``ok``, ``note`` (a fact), ``warn`` or ``fail``.
        detail: What was found, and how to cure it.
    """

    area: str
    check: str
    state: str
    detail: str


def run_checks() -> list[Finding]:
    """Everything, in the order a person would look."""
    found = Diagnosis.of(fresh=True)
    try:
        catalog = cached_catalog(found.host.folders)
    except (OSError, PointsmanError):
        catalog = None
    return [
        *_versions(),
        *_folders(found.host),
        *_configuration(found),
        *_plugins(found.host),
        *_providers(found.host),
        *_feeds(catalog, found.host.settings.catalog.refresh_hours),
        *_refresh(found.host),
        *_ledger(found.host),
        *_shared_state(found.host),
        *_startup(),
    ]


def _versions() -> Iterator[Finding]:
    import sqlite3

    from pointsman import __version__

    yield Finding("versions", "pointsman", "ok", __version__)
    yield Finding("versions", "python", "ok", f"{platform.python_version()} at {sys.executable}")
    safe = sqlite3.sqlite_version_info >= _OLDEST_SAFE_SQLITE
    oldest = ".".join(map(str, _OLDEST_SAFE_SQLITE))
    advice = "" if safe else f"; {oldest} fixes a rare corruption when several processes write at once"
    yield Finding("versions", "sqlite", "ok" if safe else "warn", sqlite3.sqlite_version + advice)


def _folders(host: Host) -> Iterator[Finding]:
    for name, path in attrs.asdict(host.folders).items():
        if not path.exists():
            yield Finding("folders", name, "note", f"{path} does not exist yet")
            continue
        mode = path.stat().st_mode
        if os.name == "posix" and mode & _WRITABLE:
            cure = f"others may write in it; run: chmod go-w {path}"
            yield Finding("folders", name, "fail", f"{path} has mode {stat.S_IMODE(mode):04o}: {cure}")
        elif not os.access(path, os.W_OK):
            yield Finding("folders", name, "warn", f"{path} cannot be written to")
        else:
            yield Finding("folders", name, "ok", f"{path} (mode {stat.S_IMODE(mode):04o})")


def _configuration(found: Diagnosis) -> Iterator[Finding]:
    files = ", ".join(found.host.settings.origins) or "none; the defaults hold"
    yield Finding("config", "files", "ok", files)
    for problem in found.problems:
        yield Finding("config", "problem", "fail", problem)
    try:
        kept = found.host.keys.read()
    except ConfigError as error:
        yield Finding("keys", "file", "fail", "; ".join(error.problems))
        return
    where = f"{found.host.keys.path}: {len(kept)} kept" if kept else f"{found.host.keys.path}: none kept"
    yield Finding("keys", "file", "ok", where)
    for name in sorted(kept):
        shadowed = found.host.env.origin(name) == "environment"
        detail = "kept, but the environment's value wins" if shadowed else "kept"
        yield Finding("keys", name, "note" if shadowed else "ok", detail)


def _plugins(host: Host) -> Iterator[Finding]:
    states = {"loaded": "ok", "blocked": "note", "broken": "fail"}
    for status in host.plugins.statuses:
        detail = f"{status.plugin.distribution} {status.plugin.version}"
        if status.reason:
            detail += f": {status.reason}"
        state = "warn" if status.state == "loaded" and status.reason else states[status.state]
        yield Finding("plugins", status.plugin.name, state, detail)


def _providers(host: Host) -> Iterator[Finding]:
    providers = host.instances["providers"]
    for each in providers:
        state = "warn" if each.refused else {"on": "ok", "off": "note", "broken": "fail"}[each.state]
        keys = "key" if len(each.fingerprints) == 1 else f"{len(each.fingerprints)} keys"
        how = f"on, {keys} from {each.key_variable}" if each.key_variable else "on"
        yield Finding("providers", each.name, state, how if each.state == "on" else each.reason)
    if not any(each.state == "on" for each in providers):
        cure = "no provider is on; set a key: pointsman keys set NAME"
        yield Finding("providers", "any", "fail", cure)


def _feeds(catalog: Catalog | None, hours: float) -> Iterator[Finding]:
    if catalog is None:
        yield Finding("catalog", "last", "note", "nothing was fetched yet; run: pointsman refresh")
        return
    from pointsman.catalog.feeds.schedule import Schedule

    models = f"{figures.counted(len(catalog.candidates), 'model')}, made {figures.ago(catalog.at)}"
    yield Finding("catalog", "last", "ok" if catalog.candidates else "warn", models)
    schedule, now = Schedule(timedelta(hours=hours)), datetime.now(UTC)
    for each in (schedule.aged(status, now) for status in catalog.sources):
        state = {"fresh": "ok", "stale": "warn", "failed": "warn", "off": "note"}[each.state.value]
        detail = f"{each.kind}: {each.rows} rows, fetched {figures.ago(each.fetched_at)}"
        if each.quarantined:
            detail += f", {each.quarantined} held back (pointsman prices --quarantined)"
        if each.error:
            detail += f"; {each.error}"
        yield Finding("catalog", each.name, state, detail)


def _refresh(host: Host) -> Iterator[Finding]:
    """Whether the last refresh was cut off, or failed as a whole."""
    from pointsman.catalog.refresh import REFRESH

    backoff = cached_backoffs(host.folders).get(REFRESH)
    if backoff is None:
        return
    times = figures.counted(backoff.failures, "refresh")
    if backoff.failures == 1 and backoff.until > datetime.now(UTC):
        yield Finding("catalog", "refresh", "note", "one is under way, or was cut off just now")
    else:
        cure = "see why: pointsman refresh -v"
        yield Finding("catalog", "refresh", "warn", f"{times} in a row did not end; {cure}")


def _ledger(host: Host) -> Iterator[Finding]:
    import asyncio

    from pointsman.protocols import Checkable, Ledger
    from pointsman.types import UsageRow

    async def totals(ledger: Ledger) -> UsageRow | None:
        await ledger.open()
        try:
            if isinstance(ledger, Checkable):
                await ledger.check()
            return next(iter(await ledger.usage(())), None)
        finally:
            await ledger.close()

    used = host.on("ledgers").get(host.ledger)
    if used is None:
        yield Finding("ledger", "ledger", "fail", "no ledger is on, so no call can be recorded")
        return
    try:
        place = str(getattr(used.object, "path", "")) or used.name
        row = asyncio.run(totals(used.object))
    except (PointsmanError, OSError) as error:
        yield Finding("ledger", used.name, "fail", str(error))
        return
    yield Finding("ledger", used.name, "ok", f"{place}: {figures.counted(row.calls if row else 0, 'call')}")
    if row and row.unsettled:
        amount = figures.dollars(row.unsettled_usd)
        detail = (
            f"{row.unsettled} calls never ended and may have cost {amount}; see: pointsman usage --by state"
        )
        yield Finding("ledger", "unsettled", "warn", detail)


def _shared_state(host: Host) -> Iterator[Finding]:
    import asyncio

    async def problem(state: SharedState) -> str:
        await state.open()
        try:
            return str(getattr(state, "problem", ""))
        finally:
            await state.close()

    used = host.on("shared_states").get(host.shared_state)
    if used is None:
        yield Finding("shared state", "shared state", "fail", "none is on, so no limit can be counted")
        return
    try:
        place = str(getattr(used.object, "path", "")) or used.name
        wrong = asyncio.run(problem(used.object))
    except (PointsmanError, OSError) as error:
        yield Finding("shared state", used.name, "fail", str(error))
        return
    detail = f"{place} {wrong}; limits and cooldowns are each process's own" if wrong else place
    yield Finding("shared state", used.name, "warn" if wrong else "ok", detail)


def _startup() -> Iterator[Finding]:
    """Files that run code whenever Python starts and that belong to no installed distribution."""
    import importlib_metadata

    owned = set()
    twins = set()
    for distribution in importlib_metadata.distributions():
        if distribution.name == "pointsman":
            twins.add(str(distribution.locate_file("")))
        for file in distribution.files or ():
            if str(file).endswith(".pth"):
                owned.add(Path(str(file.locate())).resolve())
    if len(twins) > 1:
        yield Finding("python", "pointsman", "warn", f"installed more than once: {', '.join(sorted(twins))}")
    for folder in dict.fromkeys(sys.path):
        for path in sorted(Path(folder or ".").glob("*.pth")):
            if path.resolve() not in owned and _runs_code(path):
                detail = f"{path} runs code whenever Python starts, and no distribution owns it"
                yield Finding("python", path.name, "warn", detail)


def _runs_code(path: Path) -> bool:
    """Lines of a .pth file that begin with ``import`` are executed; all others are folders."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith(("import ", "import\t")) for line in lines)
