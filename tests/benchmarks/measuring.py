"""How benchmarks measure: works take turns, medians are compared, and figures are printed the same way."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from attrs import frozen

Figures = Mapping[str, float]


def medians(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of what each work returns, over the rounds.

    Works take turns, so that drift of the machine hits all alike; a first round warms up and is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            measured = work()
            if number:
                found[name].append(measured)
    return {name: median(values) for name, values in found.items()}


@frozen
class Spent:
    """What one process cost, in milliseconds.

    Attributes:
        wall: From its start to its end.
        cpu: Of all its threads, kernel included.
    """

    wall: float
    cpu: float


def process(command: Sequence[str], env: Mapping[str, str]) -> Spent:
    """Run a command to its end.

    Raises:
        RuntimeError: It failed; the message holds what it said.
    """
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        child = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said.read().strip()}")
    return Spent(1000 * wall, 1000 * (used.ru_utime + used.ru_stime))


def processes(
    commands: Mapping[str, Sequence[str]], env: Mapping[str, str], rounds: int
) -> Mapping[str, Spent]:
    """The medians of each command, run in turns."""
    found: dict[str, list[Spent]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            spent = process(command, env)
            if number:
                found[name].append(spent)
    return {
        name: Spent(median(each.wall for each in runs), median(each.cpu for each in runs))
        for name, runs in found.items()
    }


@contextmanager
def empty_home() -> Iterator[dict[str, str]]:
    """The environment of a user who has set nothing, with a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        yield environment(Path(home))


def environment(home: Path) -> dict[str, str]:
    """As `empty_home`, with this home."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "POINTSMAN_HOME": str(home), "LC_ALL": "C.UTF-8"}


def arguments(documentation: str | None) -> argparse.ArgumentParser:
    """The command line every benchmark has."""
    parser = argparse.ArgumentParser(
        description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    return parser


def show(figures: Figures, *, as_json: bool) -> None:
    """Print the figures, one a line or as one document."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:32} {value:12.3f}")
