"""The page of configuration: every table, key, type, default and environment variable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

from pointsman import config, types
from pointsman.config import CallSettings, CatalogSettings, Settings
from pointsman.kinds import KINDS
from pointsman.types import Criteria

from docs.generator.docstrings import code, prose, table
from docs.generator.fields import Field, as_toml, fields
from docs.generator.installed import contributions

_USUAL = {"key": "The key.", "base_url": "Where the endpoint is."}
_SCALARS = {"strategy", "ledger", "shared_state", "offline"}
_HEAD = ("key", "type", "default", "environment", "meaning")

SECOND = """[providers.lab]
uses = "openai-compatible"
base_url = "http://127.0.0.1:8080/v1"
local = true"""

VARIABLES = {
    "POINTSMAN_HOME": "One folder for configuration, ledger and cache, instead of the platform's own three.",
    "POINTSMAN_CONFIG": "The one configuration file to read, instead of the usual two.",
    "POINTSMAN_STRATEGY": "As `strategy`.",
    "POINTSMAN_LEDGER": "As `ledger`.",
    "POINTSMAN_SHARED_STATE": "As `shared_state`.",
    "POINTSMAN_OFFLINE": "As `offline`.",
    "POINTSMAN_LOCK": "As `catalog.lock`.",
    "POINTSMAN_BLOCK": "Plugins to leave out, by entry-point or distribution name: `a,b`.",
    "POINTSMAN_ONLY": "The only plugins to load; set to nothing it means none. The core's own always load.",
    "POINTSMAN_STRICT": "`1`: a broken plugin is an error at once. For plugin authors.",
    "POINTSMAN_FORCE_MODEL": "The model (or a list, best first) for every call, whatever it asks for.",
    "POINTSMAN_TASK_<NAME>_MODEL": "The same for one task; a model the caller names wins over it.",
    "<PROVIDER>_MODEL_NAME": "Of this provider only this model (or these).",
    "<INSTANCE>_API_KEY, <INSTANCE>_BASE_URL": "Settings of a second instance of a provider; see above.",
    "POINTSMAN_PROXY": "Address of an HTTP proxy. No other variable is read; loopback is never proxied.",
    "POINTSMAN_HTTP_LIBRARY": "`httptools` (the lean transport; default), `httpx2` or `httpx` (its own).",
    "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates to trust, as the HTTP library reads them.",
    "NO_COLOR": "No colours on a terminal.",
}
"""Variables that belong to no single key; those that do are found in the code."""


def page() -> str:
    """``configuration.md``."""
    order = prose(config).split("\n\n", 1)[1]
    parts = [
        "# Configuration",
        f"A file `pointsman.toml`, environment variables, and a private file of keys. {order}",
        (
            "Everything is optional. Unknown keys are errors, and all problems are reported at once, each"
            " with its path."
            " `pointsman config show` shows every value in force and where it comes from."
        ),
        "## At the top",
        _table([each for each in fields(Settings) if each.name in _SCALARS], ""),
        "## `[calls]`",
        _table(list(fields(CallSettings)), "calls"),
        "## `[catalog]`",
        _table(list(fields(CatalogSettings)), "catalog"),
        *_tasks(),
        *_extensions(),
        *_environment(),
        *_words(),
    ]
    return "\n\n".join(parts)


def _table(found: list[Field], section: str) -> str:
    prefix = f"POINTSMAN_{section.upper()}_" if section else "POINTSMAN_"
    rows = [
        (
            code(each.name),
            code(each.type),
            as_toml(each.default),
            code(prefix + each.name.upper()),
            each.meaning,
        )
        for each in found
    ]
    return table(_HEAD, rows)


def _tasks() -> Iterator[str]:
    rows = [
        (code(each.name), code(each.type), as_toml(each.default), each.meaning)
        for each in fields(Criteria)
        if each.name != "task"
    ]
    yield "## `[tasks.NAME]`"
    yield (
        "The criteria of a task; the table's name is the task's. `router.chat(..., task=\"NAME\")` and"
        " `pointsman ask --task NAME` take them as the base, and what the call itself says wins."
        " Lists stand for"
        " tuples and sets, and words for the names below."
    )
    yield table(("key", "type", "default", "meaning"), rows)
    text = (resources.files("pointsman") / "defaults.toml").read_text(encoding="utf-8").strip()
    yield "What holds when no file says otherwise:"
    yield f"```toml\n{text}\n```"


def _extensions() -> Iterator[str]:
    yield "## `[providers.NAME]` and the other kinds"
    yield (
        f"One table per instance of an extension, of every kind: {', '.join(map(code, KINDS))}. An"
        " extension is on"
        " when its table and the environment give it all that it requires; a table is only needed to change"
        " something. Two keys belong to every table:"
    )
    yield table(
        ("key", "type", "default", "meaning"),
        [
            (
                "`uses`",
                "`str`",
                "the table's own name",
                "The extension it is an instance of, for a second instance.",
            ),
            ("`enabled`", "`bool`", "`true`", "`false` turns it off."),
        ],
    )
    yield (
        "A second instance has variables of its own, made from its name: `[providers.lab]` reads"
        " `LAB_API_KEY` and"
        " `LAB_BASE_URL`. It inherits the first one's other settings from the environment, never its key."
    )
    yield f"```toml\n{SECOND}\n```"
    for kind in KINDS:
        for _, each in contributions(kind):
            if each.extension.config is not None:
                yield f"### `[{kind}.{each.name}]`"
                yield table(_HEAD, [_setting(field) for field in fields(each.extension.config)])


def _setting(each: Field) -> tuple[str, str, str, str, str]:
    return (
        code(each.name),
        code(each.type),
        as_toml(each.default),
        ", ".join(map(code, each.variables)),
        each.meaning or _USUAL.get(each.name, ""),
    )


def _environment() -> Iterator[str]:
    yield "## Environment variables that are no key's"
    yield (
        'A variable set to nothing counts as not set. The keys file holds `NAME = "value"` lines for'
        " any variable"
        " named on this page; see [keys](../how-to/keys.md). Numbers and `true`/`false` are written"
        " as in the file,"
        " lists with commas."
    )
    yield table(
        ("variable", "meaning"),
        [(", ".join(map(code, names.split(", "))), meaning) for names, meaning in VARIABLES.items()],
    )


def _words() -> Iterator[str]:
    yield "## Words"
    for enum in (types.Tier, types.Preference, types.Capability):
        yield f"**{_spaced(enum.__name__)}**: {', '.join(code(each.value) for each in enum)}. {prose(enum)}"


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
