"""A shared state in a few lines, with a flaw if one is wanted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field
from pointsman.types import Claim, Deadline, Refusal

from tests.state.model import Model


@define
class TinyState:
    """The model, awaited."""

    shared: Model = field(factory=Model)
    flaw: str = ""

    async def open(self) -> None:
        """Its own data, when that is its flaw."""
        if self.flaw == "shares nothing":
            self.shared = Model()

    async def close(self) -> None:
        """Nothing to do."""

    async def deadlines(self, names: Iterable[str]) -> Mapping[str, Deadline]:
        """Those that are set."""
        known = (await self._model()).deadlines(names)
        if self.flaw == "forgets at once":
            return {name: each for name, each in known.items() if each.until > time.time()}
        return known

    async def extend(self, name: str, deadline: Deadline) -> None:
        """The later one wins."""
        if self.flaw == "last deadline wins":
            self.shared.set.pop(name, None)
        (await self._model()).extend(name, deadline)

    async def clear(self, names: Iterable[str], before: float) -> None:
        """What was set at `before` or earlier."""
        (await self._model()).clear(names, float("inf") if self.flaw == "clears all" else before)

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """All, or none."""
        model = await self._model()
        if self.flaw == "adds some":
            refusals = [model.add([each]) for each in claims]
            return next((each for each in refusals if each), None)
        if self.flaw == "asks, then adds":
            saved = dict(model.used)
            refusal = model.add(claims)
            model.used = saved
            await asyncio.sleep(0)
            if refusal is None:
                model.adjust(claims)
            return refusal
        refusal = model.add(claims)
        if self.flaw == "counts who leaves":
            await asyncio.sleep(0.01)
        return refusal

    async def adjust(self, claims: Sequence[Claim]) -> None:
        """Whatever the limits."""
        model = await self._model()
        if self.flaw == "keeps to limits":
            model.add(claims)
        elif self.flaw == "counts in floats":
            model.adjust([evolve(each, amount=int(float(each.amount))) for each in claims])
            model.used = {name: (int(float(used)), expires) for name, (used, expires) in model.used.items()}
        else:
            model.adjust(claims)

    async def counters(self, names: Iterable[str]) -> Mapping[str, int]:
        """What they stand at."""
        return (await self._model()).counters(names)

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """While nobody else has it."""
        granted = (await self._model()).lease(name, owner, seconds)
        return granted or self.flaw == "leases to all"

    async def release(self, name: str, owner: str) -> None:
        """By its owner only."""
        if self.flaw == "releases for anybody":
            self.shared.leased.pop(name, None)
        (await self._model()).release(name, owner)

    async def keep(self, name: str, value: bytes, until: float) -> None:
        """Until a time."""
        kept = value.rstrip(b"\0") if self.flaw == "keeps text" else value
        (await self._model()).keep(name, kept, float("inf") if self.flaw == "keeps for ever" else until)

    async def kept(self, name: str) -> bytes | None:
        """The bytes."""
        value = (await self._model()).kept(name)
        return (value or None) if self.flaw == "keeps text" else value

    async def _model(self) -> Model:
        await asyncio.sleep(0)
        self.shared.now = time.time()
        return self.shared
