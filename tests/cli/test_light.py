"""Help and version load nothing they do not need, and no plugin at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import sys
from pointsman.cli import main
sys.argv = ["pointsman", {argument!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted(sys.modules))
"""

HEAVY = (
    "rich",
    "httptools",
    "httpx",
    "httpx2",
    "diskcache",
    "asyncio",
    "anyio",
    "filelock",
    "msgspec",
    "orjson",
    "sqlite3",
)
OWN = ("pointsman.catalog", "pointsman.routing", "pointsman.http", "pointsman.host", "pointsman.money")


def loaded(argument: str) -> tuple[str, set[str]]:
    """What the program printed, and the modules it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(argument=argument)], capture_output=True, text=True, check=True
    )
    printed, _, modules = done.stdout.rpartition("LOADED ")
    return printed, set(modules.split())


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_nothing_heavy_and_no_plugin_is_loaded(argument: str) -> None:
    """No terminal library, no HTTP, no catalog, no plugin's module."""
    _, modules = loaded(argument)

    assert set() == modules & {*HEAVY, *OWN}
    assert [name for name in modules if name.startswith("pointsman_")] == []


def test_no_command_is_loaded_for_help() -> None:
    """Names and summaries stand in one table; plugins' commands come from the metadata."""
    printed, modules = loaded("--help")
    commands = {name for name in modules if name.startswith("pointsman.cli.")}

    assert commands <= {f"pointsman.cli.{name}" for name in ("app", "command", "exits", "face")}
    assert ["demo", "from", "pointsman-demo"] in [line.split() for line in printed.splitlines()]


def test_the_version_is_the_packages() -> None:
    """One number."""
    printed, _ = loaded("--version")
    from pointsman import __version__

    assert f"pointsman {__version__}\n" == printed
