"""What short commands cost with a warm cache, beside the shortest one.

    uv run python tests/benchmarks/commands.py [--rounds N] [--json]

Whole processes, medians, in turns: ``pointsman --version`` is the reference; ``models`` lists every model and
``ask`` has one of a loopback provider answer. Printed, in milliseconds of wall time and of CPU, for a catalog
of one provider with 300 models and, where the recorded feeds lie beside the checkout, for all recorded
providers and feeds with every plugin on. Ratios are of wall time.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pointsman import Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.calls import upstream
from tests.benchmarks.measuring import Spent, arguments, environment, processes, show
from tests.benchmarks.world import served
from tests.shared import SHARED

ROUNDS = 9
POINTSMAN = str(Path(sys.executable).with_name("pointsman"))
COMMANDS = {
    "--version": [POINTSMAN, "--version"],
    "models": [POINTSMAN, "models"],
    "ask": [POINTSMAN, "ask", "--model", "openai-compatible/chat-0", "hello"],
}


@contextmanager
def small() -> Iterator[Mapping[str, str]]:
    """The environment of one loopback provider, its catalog fetched; few plugins are let in."""
    with upstream() as base_url, tempfile.TemporaryDirectory() as home:
        yield _warm(
            {
                **environment(Path(home)),
                "POINTSMAN_ONLY": "openai-compatible,strategies",
                "OPENAI_COMPATIBLE_BASE_URL": base_url,
            }
        )


@contextmanager
def real() -> Iterator[Mapping[str, str]]:
    """The environment of every recorded provider and feed and one that answers, their catalog fetched."""
    with upstream() as base_url, served() as world, tempfile.TemporaryDirectory() as home:
        feeds = world.environment(Path(home))
        yield _warm({**feeds, "HOME": home, "OPENAI_COMPATIBLE_BASE_URL": base_url})


def measure(env: Mapping[str, str], rounds: int = ROUNDS) -> Mapping[str, Spent]:
    """What each command costs."""
    return processes(COMMANDS, env, rounds)


def ratios(found: Mapping[str, Spent]) -> dict[str, float]:
    """Wall time beside that of the shortest command."""
    return {
        name: spent.wall / found["--version"].wall for name, spent in found.items() if name != "--version"
    }


def _warm(env: Mapping[str, str]) -> Mapping[str, str]:
    async def refresh() -> None:
        async with Router.open(env=env) as router:
            await router.refresh()

    asyncio.run(refresh())
    return env


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    figures: dict[str, float] = {}
    for name, world in {"small": small, **({"real": real} if SHARED.is_dir() else {})}.items():
        with world() as env:
            found = measure(env, given.rounds)
        for command, spent in found.items():
            figures |= {f"{name} {command} wall": spent.wall, f"{name} {command} cpu": spent.cpu}
        figures |= {f"{name} {command} ratio": ratio for command, ratio in ratios(found).items()}
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
