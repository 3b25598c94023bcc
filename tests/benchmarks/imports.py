"""What importing costs, beside importing the two libraries it stands on.

    uv run python tests/benchmarks/imports.py [--json]

Each figure is CPU time in milliseconds. ``own`` is that of a whole new interpreter less that of an empty one,
the smallest of several runs (start-up has no noise below its own cost). ``whole`` is a process with nothing
taken off, the median of runs in turns: what somebody who starts a program waits for.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measuring import arguments, empty_home, process, processes, show

RUNS = 11
NOTHING = [sys.executable, "-c", "pass"]
COMMANDS = {
    "attrs, pluggy": [sys.executable, "-c", "import attrs, pluggy"],
    "pointsman": [sys.executable, "-c", "import pointsman"],
    "plugin author": [sys.executable, "-c", "from pointsman import Extension, hookimpl, secret, setting"],
    "router": [sys.executable, "-c", "from pointsman import Router"],
    "--version": [sys.executable, "-m", "pointsman", "--version"],
    "--help": [sys.executable, "-m", "pointsman", "--help"],
}


def own(names: Sequence[str] = tuple(COMMANDS)) -> Mapping[str, float]:
    """CPU milliseconds by what is imported, those of the interpreter itself taken off."""
    best = dict.fromkeys(("", *names), float("inf"))
    with empty_home() as env:
        for _ in range(RUNS):
            for name in best:
                best[name] = min(best[name], process(COMMANDS.get(name, NOTHING), env).cpu)
    return {name: best[name] - best[""] for name in names}


def whole(names: Sequence[str] = tuple(COMMANDS)) -> Mapping[str, float]:
    """CPU milliseconds of whole processes."""
    with empty_home() as env:
        found = processes({name: COMMANDS[name] for name in names}, env, RUNS)
    return {name: spent.cpu for name, spent in found.items()}


def main() -> None:
    """Print the figures."""
    given = arguments(__doc__).parse_args()
    alone, all_in = own(), whole()
    figures = {f"{name} own": value for name, value in alone.items()}
    figures |= {f"{name} whole": value for name, value in all_in.items()}
    figures |= {"router ratio (whole)": all_in["router"] / all_in["attrs, pluggy"]}
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
