"""What is public, and that it is light."""

from __future__ import annotations

import subprocess
import sys

import pointsman
import pytest

HEAVY = (
    "httpx",
    "httpx2",
    "diskcache",
    "asyncio",
    "anyio",
    "click",
    "typer",
    "rich",
    "msgspec",
    "orjson",
    "sqlite3",
    "ssl",
)
NO_NETWORK = """
import socket, sys

def refuse(*_, **__):
    raise RuntimeError("the network was touched")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def loaded(code: str) -> set[str]:
    """Top-level modules in memory after `code` ran in a new interpreter."""
    script = f"{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", "import sys\n" + script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", pointsman.__all__)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    """Nothing is promised that cannot be imported, and nothing that has no word on it."""
    value = getattr(pointsman, name)

    assert getattr(value, "__doc__", None)


def test_the_list_is_sorted_and_without_doubles() -> None:
    """A reader finds a name by its letter: constants, then classes, then functions."""
    names = list(pointsman.__all__)

    assert names == sorted(set(names), key=lambda name: (not name.isupper(), name[0].islower(), name))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        pointsman.nonsense  # noqa: B018 (the access is the point)


@pytest.mark.parametrize(
    "code",
    [
        "import pointsman",
        "from pointsman import Extension, hookimpl, secret, setting, Model, Quote, Score, Plan",
        "import pointsman.plugins",
        "from pointsman import Router",
        "from pointsman import BlockingRouter",
    ],
)
def test_importing_loads_nothing_heavy(code: str) -> None:
    """Neither the application nor a plugin author pays for what is not used."""
    extra = loaded(code) & set(HEAVY)

    assert set() == extra


@pytest.mark.parametrize("name", ["Router", "BlockingRouter"])
def test_a_router_is_its_face_until_it_is_opened(name: str) -> None:
    """Its parts, the plugins, the catalog and the transport load when it opens; until then it is names."""
    script = (
        f"from pointsman import {name}\nprint(*sorted(m for m in sys.modules if m.startswith('pointsman.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import sys\n" + script], capture_output=True, text=True, check=True
    )
    packages = {module.split(".")[1] for module in done.stdout.split()}

    assert packages <= {"routing", "types"}


def test_importing_loads_no_plugin_and_no_network() -> None:
    """Plugins are loaded by a router or a command, never by an import."""
    modules = loaded(NO_NETWORK + "import pointsman\npointsman.Extension")

    assert {"pointsman"} == {name for name in modules if name.startswith("pointsman")}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_no_plugin(option: str) -> None:
    """They answer from metadata alone."""
    code = NO_NETWORK + (
        "from pointsman.cli import main\n"
        "import contextlib, io\n"
        f"sys.argv = ['pointsman', {option!r}]\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main()"
    )
    modules = loaded(code)
    heavy = {"httpx", "httpx2", "diskcache", "asyncio", "msgspec", "rich", "sqlite3"}

    assert ({"pointsman"}, set()) == (
        {name for name in modules if name.startswith("pointsman")},
        modules & heavy,
    )
