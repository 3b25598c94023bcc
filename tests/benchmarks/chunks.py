"""What a streamed piece costs: routed, through the guarded client, and with the HTTP library alone.

    uv run python tests/benchmarks/chunks.py [--json]

The server runs in a process of its own. CPU microseconds of this process per piece of the answer, the call
itself included, at 1 and at 50 tasks. ``library`` only takes the answer apart into lines, ``client`` only
receives it; ``router`` makes chunks of it, counts them, and watches three deadlines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from statistics import median

import orjson
from pointsman import HttpRequest, Router
from pointsman.http import Client

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.calls import cpu_per_call, upstream

PIECES = 300
WORDS = "word " * PIECES
TASKS = (1, 50)


async def measure(base_url: str, calls: int, rounds: int) -> Mapping[str, Mapping[str, float]]:
    """Figures by layer and number of tasks; rounds of the layers take turns, so drift hits all alike."""
    from pointsman.http.library import load

    config = {
        "strategy": "weighted",
        "providers": {"bench": {"uses": "openai-compatible", "base_url": base_url}},
    }
    question = {"model": "chat-0", "messages": [{"role": "user", "content": "hello"}], "stream": True}
    url, body = f"{base_url}/chat/completions", orjson.dumps(question)
    headers = {"content-type": "application/json"}
    with tempfile.TemporaryDirectory() as home:
        env = {"POINTSMAN_HOME": home, "POINTSMAN_ONLY": "openai-compatible,strategies"}
        async with (
            Router.open(config, env=env) as router,
            Client("bench") as client,
            load().AsyncClient() as bare,
        ):

            async def alone() -> None:
                async with bare.stream("POST", url, content=body, headers=headers) as answer:
                    async for _ in answer.aiter_lines():
                        pass

            async def guarded() -> None:
                async with client.stream(HttpRequest("POST", url, headers=headers, body=body)) as answer:
                    async for _ in answer.chunks():
                        pass

            async def routed() -> None:
                async with router.stream("hello") as pieces:
                    async for _ in pieces:
                        pass

            layers: Mapping[str, Callable[[], Awaitable[object]]] = {
                "library": alone,
                "client": guarded,
                "router": routed,
            }
            found: dict[str, dict[str, list[float]]] = {name: {str(n): [] for n in TASKS} for name in layers}
            for _ in range(rounds):
                for name, call in layers.items():
                    for tasks in TASKS:
                        spent = await cpu_per_call(call, tasks, max(calls, tasks), 1)
                        found[name][str(tasks)].append(spent / PIECES)
    return {name: {tasks: median(values) for tasks, values in by.items()} for name, by in found.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with upstream(answer=WORDS) as base_url:
        figures = asyncio.run(measure(base_url, options.calls, options.rounds))
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{'CPU µs per piece':>18}  {'1 task':>8}  {'50 tasks':>8}")
    for name, found in figures.items():
        print(f"{name:>18}  {found['1']:8.2f}  {found['50']:8.2f}")


if __name__ == "__main__":
    main()
