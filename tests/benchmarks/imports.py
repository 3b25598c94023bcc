"""What importing costs, beside importing the two libraries it stands on.

    uv run python tests/benchmarks/imports.py --json

Each figure is the CPU time of a whole new interpreter less that of an empty one, the smallest of several runs
(start-up has no noise below its own cost), in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys

RUNS = 11
CODES = {
    "attrs, pluggy": "import attrs, pluggy",
    "pointsman": "import pointsman",
    "plugin author": "from pointsman import Extension, hookimpl, secret, setting",
    "router": "from pointsman import Router",
    "--version": "import sys; sys.argv = ['pointsman', '--version']; from pointsman.cli import main; main()",
    "--help": "import sys; sys.argv = ['pointsman', '--help']; from pointsman.cli import main; main()",
}


def cpu(code: str) -> float:
    """CPU milliseconds of one interpreter that runs `code`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measure(names: tuple[str, ...] = tuple(CODES)) -> dict[str, float]:
    """Milliseconds by what is imported; runs take turns, so drift hits all alike."""
    best = dict.fromkeys(("", *names), float("inf"))
    for _ in range(RUNS):
        for name in best:
            best[name] = min(best[name], cpu(CODES[name] if name else "pass"))
    return {name: best[name] - best[""] for name in names}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    figures = measure()
    if parser.parse_args().json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>16}  {value:7.1f} ms")


if __name__ == "__main__":
    main()
