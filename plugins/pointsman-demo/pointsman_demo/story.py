"""What the demo does, step by step; other modules print it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from attrs import frozen
from pointsman import Call, Candidate, ChatResponse, Decision, Router, UsageRow

from pointsman_demo.world import PROVIDER, TASK, World, environment

PROMPT = "Why is the sky blue? Answer in two sentences."
LEAST_QUALITY = 20.0


@frozen
class Answer:
    """An answer, how long it took, and what the ledger holds of it."""

    response: ChatResponse
    seconds: float
    call: Call


@frozen
class Outsider:
    """A listed model that is not offered for chat, and why."""

    model: str
    rule: str
    reason: str


@frozen
class Stock:
    """What there is to choose from, and the hash of the catalog it stands in."""

    candidates: Sequence[Candidate]
    left_out: Sequence[Outsider]
    hash: str


class Teller(Protocol):
    """Somebody who tells the story while it happens."""

    def begin(self, name: str, title: str, why: str) -> None: ...
    def stock(self, stock: Stock) -> None: ...
    def asked(self, prompt: str) -> None: ...
    def piece(self, text: str) -> None: ...
    def answered(self, answer: Answer) -> None: ...
    def decided(self, decision: Decision) -> None: ...
    def spent(self, rows: Sequence[UsageRow]) -> None: ...


async def tell(world: World, folder: Path, teller: Teller) -> None:
    """The whole story, in a router of its own."""
    async with Router.open(world.config(folder), env=environment(folder)) as router:
        await _look(router, teller)
        chosen = await _ask(router, teller)
        await _explain(router, teller)
        await _fail(world, router, teller, chosen)
        await _task(router, teller)
        teller.begin(
            "spent",
            "What was spent",
            "Every call is one row of the ledger: reserved before it is sent, settled with its cost.",
        )
        teller.spent(await router.usage(("model",)))


async def _look(router: Router, teller: Teller) -> None:
    teller.begin(
        "catalog",
        "Which models are there today?",
        "The provider lists its models; a feed prices and scores them. Nothing of this is in the code.",
    )
    catalog = await router.catalog()
    outsiders = [
        Outsider(f"{each.provider}/{each.model}", each.rule, each.reason) for each in catalog.left_out
    ]
    teller.stock(Stock(catalog.candidates, outsiders, catalog.hash))


async def _ask(router: Router, teller: Teller) -> str:
    why = f"No model is named: the best trade of quality (at least {LEAST_QUALITY:.0f}), cost and speed wins."
    teller.begin("ask", "Ask, and let it choose", why)
    answer = await _stream(router, teller)
    return answer.response.requested_model


async def _explain(router: Router, teller: Teller) -> None:
    why = "Every candidate with the parts of its score (each 0 to 1), and each one left out with its reason."
    teller.begin("explain", "Why that one?", why)
    teller.decided(await router.decide(PROMPT, min_quality=LEAST_QUALITY))


async def _fail(world: World, router: Router, teller: Teller, chosen: str) -> None:
    why = f"{PROVIDER}/{chosen} now answers 503. The same question goes to the next in the ranking."
    teller.begin("fallback", "The best one fails", why)
    world.fail(chosen)
    try:
        await _stream(router, teller)
    finally:
        world.recover(chosen)


async def _task(router: Router, teller: Teller) -> None:
    why = f"The application says what it does, not which model: {TASK!r} asks for the budget tier."
    teller.begin("task", "A task chooses by its own rules", why)
    await _stream(router, teller, task=TASK)


async def _stream(router: Router, teller: Teller, *, task: str = "") -> Answer:
    teller.asked(PROMPT)
    started = time.perf_counter()
    async with router.stream(PROMPT, task=task, min_quality=LEAST_QUALITY, tag="demo") as stream:
        async for chunk in stream:
            teller.piece(chunk.text)
    response = stream.response
    if response is None:
        raise RuntimeError("the stream ended without an answer")
    (newest,) = await router.calls(1)
    answer = Answer(response, time.perf_counter() - started, newest)
    teller.answered(answer)
    return answer
