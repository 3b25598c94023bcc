"""What takes too long to decide every change: run now and then, and before a release.

    bash .ci/slow            everything
    bash .ci/slow NAME ...   the steps whose name begins so: tests, release, benchmark, soak

The test suite with the lowest and the newest allowed versions and under every supported Python, the
rehearsal of a release, every benchmark, and the soak. Each step runs whatever became of the others; the table
at the end says what became of each. What cannot be had on this machine is NOT RUN, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from tools import tries
from tools.release import rehearse
from tools.steps import Result, State, Step, main
from tools.workspace import ROOT, SHARED, run

BENCHMARKS = ROOT / "tests" / "benchmarks"
SOAK = "soak"
TABLE = "__main__"
"""`python -m tests.benchmarks`: what it measures itself needs no row of its own."""

DATA: Mapping[str, str] = {
    "join": "join/pairs_dev.jsonl",
    "price_estimates": "pricing/models_dev/api_*.json",
    "priors": "routing",
    "scores": "benchmarks",
}
"""Benchmarks that read one file or folder of the recorded data; the last one that fits."""

NEEDS: Mapping[str, str] = {"priors": "pyarrow"}
"""What a benchmark needs beyond what the tests need."""

_SHOWN = 40  # lines of what a benchmark printed


def programs(folder: Path = BENCHMARKS) -> tuple[str, ...]:
    """Every benchmark that can be run and that the table does not run."""
    found = {path.stem for path in folder.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")}
    table = folder / f"{TABLE}.py"
    covered = _imported(table.read_text(encoding="utf-8")) if table.is_file() else set()
    return tuple(sorted(found - covered - {TABLE, SOAK}))


def _imported(source: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return {name.name for node in nodes if node.module == "tests.benchmarks" for name in node.names}


def benchmark(name: str) -> Result:
    """Run a benchmark's program; what it printed are the figures."""
    if not SHARED.is_dir():
        return Result(State.MISSING, "the recorded data is not beside the checkout")
    data = sorted((SHARED / "data").glob(DATA[name]))[-1:] if name in DATA else []
    extra = ["--with", NEEDS[name]] if name in NEEDS else []
    module = "tests.benchmarks" if name == TABLE else f"tests.benchmarks.{name}"
    done = run(["uv", "run", "--quiet", *extra, "python", "-m", module, *data], cwd=ROOT)
    lines = (done.stdout + (done.stderr if done.returncode else "")).splitlines()
    state = State.FAILED if done.returncode else State.PASSED
    return Result(state, lines[-1].strip() if lines else "", "\n".join(lines[-_SHOWN:]))


def rehearsal() -> Result:
    """A release, up to the signatures and the index."""
    return Result(State.PASSED, rehearse())


def steps() -> Iterator[Step]:
    """All of them, in order."""
    yield from tries.steps()
    yield Step("release rehearsal", rehearsal)
    if (BENCHMARKS / f"{TABLE}.py").is_file():
        yield Step("benchmark table", partial(benchmark, TABLE))
    for name in programs():
        yield Step(f"benchmark {name}", partial(benchmark, name))
    if (BENCHMARKS / f"{SOAK}.py").is_file():
        yield Step(SOAK, partial(benchmark, SOAK))


def chosen(names: Sequence[str]) -> list[Step]:
    """The steps whose name begins with one of these; all without any."""
    return [step for step in steps() if not names or step.name.startswith(tuple(names))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME")
    wanted = chosen(parser.parse_args().names)
    sys.exit(main(wanted) if wanted else parser.error("no step has such a name"))
