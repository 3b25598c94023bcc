"""Many calls at a steady rate to three providers, each of which fails a fifth of what it is asked.

    uv run python tests/benchmarks/soak.py [--calls N] [--rate PER_SECOND] [--share 0.2] [--seed N]
        [--one-provider] [--json]

Every provider has one model (with ``--one-provider`` one has all three), and each fails independently of the
others, with a mixture of faults: 500, 503 with and without ``Retry-After``, 429 with ``Retry-After: 0`` and
``1``, a connection cut in the middle of the answer, and JSON that ends too early. If each call asked each
model once, 0.8 % of the calls would fail. Printed: how many calls were answered, attempts per call, and
whether the ledger holds every call and every attempt that the providers counted. The exit code is 1 when
fewer than 99.0 % were answered or the ledger lacks any.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from attrs import asdict, evolve, frozen
from pointsman import PointsmanError, Router
from pointsman.testing import FakeModel, OpenAIUpstream, Received, Reply

MODELS = ("model-one", "model-two", "model-three")
TARGET = 0.990
_LATENCY = 0.01  # seconds a provider takes to answer

FAULTS: Mapping[str, Callable[[Reply], Reply]] = {
    "500": lambda _: _refusal(500),
    "503": lambda _: _refusal(503),
    "503, again after 1 s": lambda _: _refusal(503, "1"),
    "429, again at once": lambda _: _refusal(429, "0"),
    "429, again after 1 s": lambda _: _refusal(429, "1"),
    "cut": lambda good: evolve(good, cut=len(good.content) // 2),
    "malformed": lambda good: evolve(good, body=(good.content[:-2],)),
}


class Unreliable(OpenAIUpstream):
    """Answers, or fails for no reason.

    Attributes:
        calls: Chat requests received.
        faults: What they were answered with instead, by name.
    """

    def __init__(self, models: Sequence[str], share: float, seed: int) -> None:
        super().__init__([FakeModel(name, answer="A short answer.", latency=_LATENCY) for name in models])
        self.calls = 0
        self.faults: Counter[str] = Counter()
        self._share = share
        self._chance = random.Random(f"{seed} {models}")  # noqa: S311 (must repeat, needs no secrecy)

    def missing(self, request: Received) -> Reply:
        """The answer, or a fault in its place."""
        good = super().missing(request)
        if request.method != "POST":
            return good
        self.calls += 1
        if self._chance.random() >= self._share:
            return good
        fault = self._chance.choice([*FAULTS])
        self.faults[fault] += 1
        return FAULTS[fault](good)


@frozen
class Result:
    """What came of it.

    Attributes:
        calls: Made.
        answered: Of these.
        errors: The others, by code.
        rows: Calls in the ledger.
        attempts: Attempts in the ledger.
        received: Chat requests the providers counted.
        failed: Of these, answered with a fault.
        by_attempts: Calls by their number of attempts.
    """

    calls: int
    answered: int
    errors: Mapping[str, int]
    rows: int
    attempts: int
    received: int
    failed: int
    by_attempts: Mapping[int, int]

    @property
    def success(self) -> float:
        """Share of the calls that were answered."""
        return self.answered / self.calls

    @property
    def whole(self) -> bool:
        """Whether every call and every attempt is in the ledger."""
        return (self.rows, self.attempts) == (self.calls, self.received)


async def soak(
    calls: int, rate: float, share: float = 0.2, seed: int = 0, *, one_provider: bool = False
) -> Result:
    """Make the calls, one every 1/`rate` seconds, whatever became of those before."""
    offered = {"all": MODELS} if one_provider else {name.removeprefix("model-"): (name,) for name in MODELS}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as home:
        upstreams = {
            name: stack.enter_context(Unreliable.in_thread(models, share, seed))
            for name, models in offered.items()
        }
        config = {
            "providers": {
                name: {"uses": "openai-compatible", "base_url": upstream.base_url}
                for name, upstream in upstreams.items()
            }
        }
        env = {"POINTSMAN_HOME": home, "POINTSMAN_ONLY": "openai-compatible,strategies"}
        async with Router.open(config, env=env) as router:
            await router.catalog()
            ends = await _steadily(router, calls, rate)
            ledger = await router.calls(calls + 1)
    attempts = [len(each.settlement.attempts) if each.settlement else 0 for each in ledger]
    return Result(
        calls=calls,
        answered=ends.count(""),
        errors=Counter(end for end in ends if end),
        rows=len(ledger),
        attempts=sum(attempts),
        received=sum(each.calls for each in upstreams.values()),
        failed=sum(each.faults.total() for each in upstreams.values()),
        by_attempts=dict(sorted(Counter(attempts).items())),
    )


async def _steadily(router: Router, calls: int, rate: float) -> Sequence[str]:
    """The code of each call's error, empty where it was answered."""
    loop = asyncio.get_running_loop()

    async def one() -> str:
        try:
            await router.chat("hello")
        except PointsmanError as error:
            return error.code
        return ""

    begun, tasks = loop.time(), []
    for number in range(calls):
        await asyncio.sleep(begun + number / rate - loop.time())
        tasks.append(loop.create_task(one()))
    return await asyncio.gather(*tasks)


def _refusal(status: int, retry_after: str | None = None) -> Reply:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return Reply.json({"error": {"message": "try again", "type": "server_error"}}, status, headers)


def lines(found: Result) -> list[str]:
    """The figures as text."""
    return [
        f"calls                {found.calls}",
        f"answered             {found.success:.2%} (at least {TARGET:.1%})",
        f"attempts per call    {found.attempts / found.calls:.3f}",
        f"calls by attempts    {', '.join(f'{count} x {n}' for n, count in found.by_attempts.items())}",
        f"errors               {', '.join(f'{code} {n}' for code, n in found.errors.items()) or 'none'}",
        f"ledger rows          {found.rows} of {found.calls}",
        f"ledger attempts      {found.attempts} of {found.received} received",
        f"faults               {found.failed} of {found.received} received",
    ]


def main() -> int:
    """Print the figures; 1 when too few were answered or the ledger lacks a call or an attempt."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=100.0, help="calls per second")
    parser.add_argument("--share", type=float, default=0.2, help="of its calls that a provider fails")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one-provider", action="store_true", help="one provider has all three models")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = asyncio.run(
        soak(given.calls, given.rate, given.share, given.seed, one_provider=given.one_provider)
    )
    document: dict[str, Any] = {**asdict(found), "success": found.success, "whole": found.whole}
    print(json.dumps(document) if given.json else "\n".join(lines(found)))
    return 0 if found.success >= TARGET and found.whole else 1


if __name__ == "__main__":
    sys.exit(main())
