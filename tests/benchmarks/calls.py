"""What a routed call adds to a bare call of the same HTTP client to the same loopback server.

    uv run python tests/benchmarks/calls.py --json

The server runs in a process of its own. Prints CPU microseconds per call of this process, everything included
(the ledger's writer thread too), at 1 and at 50 concurrent tasks: the HTTP library alone, the guarded client,
the provider, and the router with choice and durable ledger.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from pointsman import HttpRequest, Router
from pointsman.http import Client

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders import request

SERVER = """
import asyncio
from pointsman.testing import FakeModel, OpenAIUpstream

async def serve():
    answer = %r
    models = [FakeModel(f"chat-{number}", answer=answer, latency=%f) for number in range(%d)]
    async with OpenAIUpstream(models) as upstream:
        print(upstream.base_url, flush=True)
        await asyncio.get_running_loop().create_future()

asyncio.run(serve())
"""
QUESTION = {"model": "chat-0", "messages": [{"role": "user", "content": "hello"}]}


@contextmanager
def upstream(
    models: int = 300, latency: float = 0.0, answer: str = "A short answer, to say so."
) -> Iterator[str]:
    """The base URL of a server in its own process that takes `latency` seconds for an answer."""
    command = [sys.executable, "-c", SERVER % (answer, latency, models)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


async def cpu_per_call(call: Callable[[], Awaitable[object]], tasks: int, calls: int, rounds: int) -> float:
    """Median CPU microseconds per call over the rounds."""

    async def worker(count: int) -> None:
        for _ in range(count):
            await call()

    spent = []
    for number in range(rounds + 1):
        before = time.process_time_ns()
        await asyncio.gather(*(worker(calls // tasks) for _ in range(tasks)))
        used = (time.process_time_ns() - before) / 1000 / (calls // tasks * tasks)
        if number:  # the first round warms up
            spent.append(used)
    return median(spent)


async def measure(base_url: str, calls: int, rounds: int) -> dict[str, dict[str, float]]:
    """Figures by layer and number of tasks; rounds of the layers take turns, so drift hits all alike."""
    from pointsman.http.library import load

    library = load()
    config = {
        "strategy": "weighted",
        "providers": {"bench": {"uses": "openai-compatible", "base_url": base_url}},
    }
    with tempfile.TemporaryDirectory() as home:
        env = {"POINTSMAN_HOME": home, "POINTSMAN_ONLY": "openai-compatible,strategies"}
        async with (
            Router.open(config, env=env) as router,
            Client("bench") as client,
            library.AsyncClient() as bare,
        ):
            provider = router.host.on("providers")["bench"].object
            url, body = f"{base_url}/chat/completions", orjson.dumps(QUESTION)
            headers = {"content-type": "application/json"}
            asked = request()

            async def alone() -> Any:
                return orjson.loads((await bare.post(url, content=body, headers=headers)).content)

            async def guarded() -> Any:
                return (await client.request(HttpRequest("POST", url, headers=headers, body=body))).json()

            layers: dict[str, Callable[[], Awaitable[object]]] = {
                "library": alone,
                "client": guarded,
                "provider": lambda: provider.chat("chat-0", asked, client),
                "router": lambda: router.chat("hello"),
            }
            await router.chat("hello")
            figures: dict[str, dict[str, list[float]]] = {name: {"1": [], "50": []} for name in layers}
            for _ in range(rounds):
                for name, call in layers.items():
                    for tasks in (1, 50):
                        figures[name][str(tasks)].append(await cpu_per_call(call, tasks, calls, 1))
    return {name: {tasks: median(found) for tasks, found in by.items()} for name, by in figures.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with upstream() as base_url:
        figures = asyncio.run(measure(base_url, options.calls, options.rounds))
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{'CPU µs per call':>18}  {'1 task':>8}  {'50 tasks':>8}")
    for name, found in figures.items():
        print(f"{name:>18}  {found['1']:8.0f}  {found['50']:8.0f}")
    for title, reference in (("router / library", "library"), ("router / client", "client")):
        ratios = [figures["router"][tasks] / figures[reference][tasks] for tasks in ("1", "50")]
        print(f"{title:>18}  {ratios[0]:8.2f}  {ratios[1]:8.2f}")


if __name__ == "__main__":
    main()
