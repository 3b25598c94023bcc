"""The page of first-party plugins."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from pointsman.plugins import HOST, PluginStatus

from docs.generator.docstrings import code, markdown, table
from docs.generator.fields import as_toml, fields
from docs.generator.installed import commands, own


def page() -> str:
    """``plugins.md``."""
    parts = [
        "# First-party plugins",
        (
            "Each is a distribution of its own; the core knows none of them. `pointsman plugins` shows what"
            " is installed here, what is on, and what would turn the rest on."
        ),
        _overview(),
    ]
    for status in own():
        parts += _plugin(status)
    parts += ["## Commands", *_commands()]
    return "\n\n".join(parts)


def _overview() -> str:
    rows = [
        (
            code(each.name),
            each.kind.replace("_", " "),
            code(status.plugin.distribution),
            each.extension.summary,
        )
        for status in own()
        for each in status.contributions
    ]
    return table(("name", "kind", "distribution", "what it is"), rows)


def _plugin(status: PluginStatus) -> Iterator[str]:
    plugin = status.plugin
    title = (
        f"`{plugin.name}`, part of the core" if plugin.distribution == HOST else f"`{plugin.distribution}`"
    )
    yield f"## {title}"
    yield markdown(inspect.cleandoc(inspect.getdoc(plugin.load()) or ""))
    configs: dict[Any, list[str]] = {}
    for each in status.contributions:
        configs.setdefault(each.extension.config, []).append(f"`[{each.kind}.{each.name}]`")
    for config, names in configs.items():
        if config is not None:
            rows = [
                (code(field.name), ", ".join(map(code, field.variables)), as_toml(field.default))
                for field in fields(config)
            ]
            yield f"Settings of {' and '.join(names)}:"
            yield table(("setting", "environment", "default"), rows)


def _commands() -> Iterator[str]:
    yield (
        "A plugin adds a command to `pointsman` with an entry point in the group"
        " `pointsman.commands`: its name is"
        " the command's, its value a `click.Command`. It is imported when it is called, not before."
    )
    yield table(
        ("command", "distribution"),
        [(f"`pointsman {each.name}`", code(each.distribution)) for each in commands()],
    )
