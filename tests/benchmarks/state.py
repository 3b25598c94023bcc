"""What the shared state adds to a call, beside awaiting a coroutine that does nothing.

    uv run python tests/benchmarks/state.py [--json]

Microseconds of CPU, of all threads, the median of several rounds. ``nothing set`` is a look-up of a hundred
deadlines when none is set, ``brief`` one claim on a counter of this minute, ``lasting`` one on a counter of
this day (which goes to the file), and ``together`` the same by a hundred callers at once.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pointsman.state.local import LocalConfig, LocalState
from pointsman.types import Claim

from tests.benchmarks.measuring import Figures, arguments, medians, show

NAMES = tuple(f"cooldown:provider/model-{number}" for number in range(100))


async def nothing(names: Sequence[str]) -> Sequence[str]:
    """What any port costs at least."""
    return names


async def _each(work: Callable[[], Awaitable[object]], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - begun) / times * 1e6


async def _together(work: Callable[[], Awaitable[object]], times: int) -> float:
    begun = time.process_time()
    for _ in range(times // 100):
        await asyncio.gather(*(work() for _ in range(100)))
    return (time.process_time() - begun) / times * 1e6


def measure(rounds: int = 7) -> Figures:
    """Microseconds by what is done."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        state = LocalState(LocalConfig(str(Path(folder) / "state.sqlite3"), patience=60.0))
        runner.run(state.open())
        brief = [Claim("limit:team:requests:minute:0", 1, 10**9, time.time() + 60)]
        lasting = [Claim("limit:team:requests:day:0", 1, 10**9, time.time() + 86_400)]
        found = medians(
            {
                "coroutine": lambda: runner.run(_each(lambda: nothing(NAMES), 20_000)),
                "nothing set": lambda: runner.run(_each(lambda: state.deadlines(NAMES), 20_000)),
                "brief": lambda: runner.run(_each(lambda: state.add(brief), 20_000)),
                "lasting": lambda: runner.run(_each(lambda: state.add(lasting), 500)),
                "together": lambda: runner.run(_together(lambda: state.add(lasting), 2_000)),
            },
            rounds,
        )
        runner.run(state.close())
    return found


if __name__ == "__main__":
    given = arguments(__doc__).parse_args()
    show(measure(), as_json=given.json)
