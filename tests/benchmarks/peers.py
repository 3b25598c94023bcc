"""A routed call and a streamed piece beside those of LiteLLM's router, in one run.

    uv run --with litellm python tests/benchmarks/peers.py [--json]

Both ask the same loopback server in a process of its own, LiteLLM through two deployments of one model. CPU
microseconds of this process, everything included; a piece's share is what a streamed call costs beyond a
whole one.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from pointsman import Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.calls import cpu_per_call, upstream

PIECES = 200
TASKS = 50
MESSAGES = [{"role": "user", "content": "hello"}]


def other(base_url: str) -> Any:
    """LiteLLM's router, which asks nobody else."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    library: Any = importlib.import_module("litellm")
    library.suppress_debug_info = True
    logging.disable(logging.WARNING)
    deployment = {"model": "openai/chat-0", "api_base": base_url, "api_key": "none"}
    return library.Router(model_list=[{"model_name": "m", "litellm_params": deployment}] * 2)


async def measure(base_url: str, rounds: int) -> Mapping[str, float]:
    """Microseconds by what is asked; works take turns, so drift of the machine hits all alike."""
    config = {
        "strategy": "weighted",
        "providers": {"bench": {"uses": "openai-compatible", "base_url": base_url}},
    }
    peer = other(base_url)
    with tempfile.TemporaryDirectory() as home:
        env = {"POINTSMAN_HOME": home, "POINTSMAN_ONLY": "openai-compatible,strategies"}
        async with Router.open(config, env=env) as router:

            async def streamed() -> None:
                async with router.stream("hello") as pieces:
                    async for _ in pieces:
                        pass

            async def peer_streamed() -> None:
                async for _ in await peer.acompletion(model="m", messages=MESSAGES, stream=True):
                    pass

            works: Mapping[str, tuple[Callable[[], Awaitable[object]], int]] = {
                "call": (lambda: router.chat("hello"), 600),
                "call, LiteLLM": (lambda: peer.acompletion(model="m", messages=MESSAGES), 150),
                "stream": (streamed, 100),
                "stream, LiteLLM": (peer_streamed, 50),
            }
            found: dict[str, list[float]] = {name: [] for name in works}
            for number in range(rounds + 1):
                for name, (call, times) in works.items():
                    spent = await cpu_per_call(call, TASKS, times, 1)
                    if number:  # the first round warms up
                        found[name].append(spent)
    return {name: median(values) for name, values in found.items()}


def main() -> None:
    """Print the figures and the two ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with upstream(answer=" ".join(f"word-{number}" for number in range(PIECES))) as base_url:
        figures = dict(asyncio.run(measure(base_url, options.rounds)))
    for name in ("", ", LiteLLM"):
        figures[f"piece{name}"] = (figures[f"stream{name}"] - figures[f"call{name}"]) / PIECES
    for what, target in (("call", 14), ("piece", 25)):
        figures[f"{what}: LiteLLM / routed, at least {target}"] = figures[f"{what}, LiteLLM"] / figures[what]
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>44}  {value:10.2f}")


if __name__ == "__main__":
    main()
