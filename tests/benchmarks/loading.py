"""A new process's way to a catalog of some 5,300 offers on disk, beside parsing the same as plain JSON.

    uv run python tests/benchmarks/loading.py [--json]

Everything is fetched once over loopback. Then a process of its own opens a router several times and asks for
its catalog, in turns with ``json.loads`` of the same offers written plainly: once with every field, once
without those that have their default, which is the reference. Printed: medians in milliseconds of CPU, and
the ratios.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import attrs
from pointsman import Catalog, Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import offers
from tests.benchmarks.measuring import arguments, medians, show

ROUNDS = 7


def measure() -> Mapping[str, float]:
    """All figures."""
    with offers.served() as served, tempfile.TemporaryDirectory() as home:
        env, config = served.environment(Path(home)), served.config()
        asyncio.run(_refresh(env, config))
        command = [sys.executable, __file__, "--load"]
        done = subprocess.run(
            command, env=env, input=json.dumps(config), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(f"the catalog could not be read: {done.stderr.strip()}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def _refresh(env: Mapping[str, str], config: Mapping[str, Any]) -> None:
    async with Router.open(config, env=env) as router:
        await router.refresh()


def load(config: Mapping[str, Any]) -> Mapping[str, float]:
    """The figures, in this process, whose environment has a warm cache."""
    catalog = _opened(config)[1]
    whole = json.dumps([plain(each) for each in catalog.candidates])
    brief = json.dumps([plain(each, brief=True) for each in catalog.candidates])
    found = medians(
        {
            "load": lambda: _opened(config)[0],
            "plain json": lambda: _cpu(lambda: json.loads(whole)),
            "brief json": lambda: _cpu(lambda: json.loads(brief)),
        },
        ROUNDS,
    )
    return {
        "offers": len(catalog.candidates),
        **found,
        "ratio": found["load"] / found["brief json"],
        "ratio to every field": found["load"] / found["plain json"],
    }


def _opened(config: Mapping[str, Any]) -> tuple[float, Catalog]:
    """Milliseconds of CPU from an open router to its catalog, and the catalog."""

    async def catalog() -> tuple[float, Catalog]:
        async with Router.open(config, env=os.environ) as router:
            before = time.process_time()
            found = await router.catalog()
            return 1000 * (time.process_time() - before), found

    return asyncio.run(catalog())


def plain(value: Any, *, brief: bool = False) -> Any:
    """A value as what JSON can hold; every field is written, or if `brief` those without their default."""
    kind: type[attrs.AttrsInstance] = type(value)
    if attrs.has(kind):
        named = {each.name: getattr(value, each.name) for each in attrs.fields(kind)}
        skipped = _defaults(kind) if brief else {}
        return {
            name: plain(each, brief=brief)
            for name, each in named.items()
            if name not in skipped or each != skipped[name]
        }
    if isinstance(value, Mapping):
        return {str(name): plain(each, brief=brief) for name, each in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(plain(each, brief=brief) for each in value)
    if isinstance(value, list | tuple):
        return [plain(each, brief=brief) for each in value]
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _defaults(kind: type[attrs.AttrsInstance]) -> Mapping[str, Any]:
    """What a class's fields are when nobody says otherwise."""
    return {
        each.name: each.default.factory() if hasattr(each.default, "factory") else each.default
        for each in attrs.fields(kind)
        if each.default is not attrs.NOTHING and not getattr(each.default, "takes_self", False)
    }


def _cpu(work: Any) -> float:
    before = time.process_time()
    work()
    return 1000 * (time.process_time() - before)


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--load", action="store_true", help="here and now; the configuration is read")
    given = parser.parse_args()
    if given.load:
        print(json.dumps(load(json.loads(sys.stdin.read()))))
        return
    show(measure(), as_json=given.json)


if __name__ == "__main__":
    main()
