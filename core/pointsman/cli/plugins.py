"""``pointsman plugins``: what is installed, what became of it, and what would turn it on.

JSON: ``{"schema": "pointsman/plugins/1", "plugins": [{"plugin", "distribution", "version", "state": "loaded
| blocked | broken", "reason", "offers": [{"kind", "name", "extension", "state": "on | off | broken",
"reason", "variables", "summary"}]}], "commands": [{"name", "distribution", "version", "state", "reason"}],
"problems": […]}``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from pointsman.cli.command import command
from pointsman.cli.face import Face
from pointsman.cli.output import Column, Report, Row, Table
from pointsman.host import Diagnosis, Host
from pointsman.kinds import KINDS
from pointsman.plugins import COMMANDS, PluginStatus, blocked, discover


@command("plugins", short_help="What is installed, and what would turn it on.")
def plugins(face: Face) -> None:
    """Every installed plugin: its version, what it offers, what is on, and what would turn the rest on.

    An extension is on when its configuration can be built: mostly, when its key is set.
    """
    face.report(report(Diagnosis.of(fresh=True)))


def report(found: Diagnosis) -> Report:
    """Plugins, and the commands that come from some."""
    documents = [_document(status, found.host) for status in found.host.plugins.statuses]
    commands = list(_commands())
    rows = [row for each in documents for row in _rows(each)]
    rows += [{**each, "plugin": each["name"], "kind": "commands"} for each in commands]
    columns = [
        Column("plugin"),
        Column("kind", "offers", show=_singular),
        Column("name", show_row=_own_name),
        Column("state"),
        Column("reason", " ", wide=True),
        Column("version", spare=1),
        Column("distribution", None),
    ]
    document = {"plugins": documents, "commands": commands, "problems": found.problems}
    notes = [f"problem: {each}" for each in found.problems]
    return Report("plugins", document, [Table(columns, rows, empty="no plugin is installed")], notes)


def _document(status: PluginStatus, host: Host) -> dict[str, Any]:
    plugin = status.plugin
    offers = [
        {
            "kind": each.kind,
            "name": each.name,
            "extension": each.extension,
            "state": each.state,
            "reason": each.reason,
            "variables": each.variables,
            "summary": each.contribution.declared.summary,
        }
        for each in host.configured
        if each.contribution.plugin == plugin
    ]
    return {
        "plugin": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "state": status.state,
        "reason": status.reason,
        "offers": offers,
    }


def _rows(plugin: Row) -> Iterable[Row]:
    """One row per offer; a plugin that offers nothing is a row of its own, and its own problem comes
    first.
    """
    if plugin["reason"] or not plugin["offers"]:
        yield {**plugin, "kind": "", "name": ""}
    for offer in plugin["offers"]:
        yield {**plugin, **offer, "reason": offer["reason"] or ("" if offer["state"] == "on" else "?")}


def _singular(kind: str) -> str:
    return KINDS[kind].title if kind in KINDS else kind.removesuffix("s")


def _own_name(row: Row) -> str:
    """Most offers are called like their plugin; only another name says something."""
    return "" if row["name"] == row["plugin"] else str(row["name"])


def _commands() -> Iterable[dict[str, Any]]:
    for each in discover(COMMANDS):
        reason = blocked(each, os.environ)
        state = "blocked" if reason else "on"
        yield {
            "name": each.name,
            "distribution": each.distribution,
            "version": each.version,
            "state": state,
            "reason": reason,
        }
