"""The page of hooks: the plugin API, whole."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pointsman import hookspecs, protocols
from pointsman.kinds import KINDS

from docs.generator.docstrings import code, entries, prose, signature, summary, table
from docs.generator.fields import as_python, fields
from docs.generator.installed import contributions


def page() -> str:
    """``hooks.md``."""
    parts = ["# Hooks", prose(hookspecs), *_records()]
    for kind in KINDS.values():
        function = vars(hookspecs)[kind.hook]
        users = ", ".join(
            f"`{each.name}` ({status.plugin.distribution})" for status, each in contributions(kind.table)
        )
        parts += [f"## `{kind.hook}{signature(function)}`", prose(function), f"Shipped: {users}."]
        parts += _port(kind.protocol.__name__)
    parts += [
        "## The client",
        "Every method that does I/O is handed an `Http`; a plugin never makes one.",
        *_port("Http", "HttpAnswer", "HttpStream"),
        "## What more an object may do",
        "Found by shape, so a plugin only has to have the methods. The first three are for providers.",
        *_port("Embedder", "TokenCounter", "Forwarder", "Learner"),
    ]
    return "\n\n".join(parts)


def _records() -> Iterator[str]:
    extension = hookspecs.Extension
    rows = [(code(each.name), as_python(each.default), each.meaning) for each in fields(extension)]
    yield '## `Extension(name, create, config=None, summary="", default=False)`'
    yield prose(extension)
    yield table(("field", "default", "meaning"), rows)
    yield "## Settings: `secret(*env)` and `setting(*env, default=…)`"
    yield f"- `secret`: {summary(hookspecs.secret)}\n- `setting`: {summary(hookspecs.setting)}"
    yield "Command-line commands do not come from a hook: see [plugins](plugins.md#commands)."


def _port(*names: str) -> Iterator[str]:
    for name in names:
        port = vars(protocols)[name]
        yield f"**`{name}`**: {prose(port)}"
        yield "\n".join(_methods(port))


def _methods(port: type) -> Iterator[str]:
    for name, member in vars(port).items():
        if isinstance(member, property):
            yield f"- `{name}`"
        elif inspect.isfunction(member) and not name.startswith("_"):
            word = "async " if inspect.iscoroutinefunction(member) else ""
            says = " ".join(prose(member).split())
            yield f"- `{word}{name}{signature(member)}`" + (f" — {says}" if says else "")
            for section in ("Args", "Raises"):
                for entry, text in entries(member, section).items():
                    yield f"  - {'raises ' if section == 'Raises' else ''}`{entry}`: {text}"
