"""``pointsman doctor``: look for what is wrong. Touches no network and changes nothing but an old ledger's
layout.

JSON: ``{"schema": "pointsman/doctor/1", "ok", "checks": [{"area", "check", "state": "ok | note | warn |
fail", "detail"}]}``.
"""

from __future__ import annotations

from pointsman.cli.command import command
from pointsman.cli.doctor_checks import Finding, run_checks
from pointsman.cli.exits import Exit
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table

_MARKS = {"ok": "✓", "note": "·", "warn": "!", "fail": "✗"}


@command("doctor", short_help="Look for what is wrong.")
def doctor(face: Face) -> Exit:
    """Versions, folders and modes, keys (never their values), feeds, providers, plugins, ledger, start-up
    files.

    Exit code 1 when something is wrong; a warning is not.
    """
    findings = run_checks()
    failed = [each for each in findings if each.state == "fail"]
    face.report(_report(findings, ok=not failed))
    return Exit.FAILURE if failed else Exit.OK


def _report(findings: list[Finding], *, ok: bool) -> Report:
    rows: list[Row] = [
        {"area": each.area, "check": each.check, "state": each.state, "detail": each.detail}
        for each in findings
    ]
    columns = [
        Column("state", " ", show=_MARKS.__getitem__),
        Column("area"),
        Column("check"),
        Column("detail", wide=True),
    ]
    counts = {state: sum(1 for each in findings if each.state == state) for state in ("fail", "warn")}
    note = (
        "all is well" if ok and not counts["warn"] else f"{counts['fail']} wrong, {counts['warn']} to look at"
    )
    return Report("doctor", {"ok": ok, "checks": rows}, [Table(columns, rows)], [note])
