"""The client's side of the toy: a `SharedState` over TCP, as a plugin for a database would be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import attrs
from pointsman.types import Claim, Deadline, Refusal

from tests.state.model import Model
from tests.state.toy_server import answer

_LOG = logging.getLogger("pointsman.toy")


class ToyState:
    """Asks the server; without it, decides for itself."""

    def __init__(self, port: int, space: str = "") -> None:
        self.port = port
        self.space = space
        self._own = Model()
        self._numbers = count()
        self._waiting: dict[int, _Question] = {}
        self._lost = False
        self._reading: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        """Connect."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**24)
        self._reading = asyncio.create_task(self._read(reader))

    async def close(self) -> None:
        """Let go."""
        writer, self._writer = self._writer, None
        if writer is not None and self._reading is not None:
            writer.close()
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading

    async def deadlines(self, names: Iterable[str]) -> Mapping[str, Deadline]:
        """Those that are set."""
        found = await self._ask("deadlines", list(names))
        return {name: Deadline(*each) for name, each in found.items()}

    async def extend(self, name: str, deadline: Deadline) -> None:
        """The later one wins."""
        await self._ask("extend", name, attrs.astuple(deadline))

    async def clear(self, names: Iterable[str], before: float) -> None:
        """What was set at `before` or earlier."""
        await self._ask("clear", list(names), before)

    async def add(self, claims: Sequence[Claim]) -> Refusal | None:
        """All, or none; what a caller who left has added is given back."""
        sent = self._send("add", [attrs.astuple(each) for each in claims])
        try:
            refusal = await asyncio.shield(sent)
        except asyncio.CancelledError:
            sent.add_done_callback(lambda done: self._give_back(claims, done.result()))
            raise
        return None if refusal is None else Refusal(Claim(*refusal[0]), refusal[1])

    async def adjust(self, claims: Sequence[Claim]) -> None:
        """Whatever the limits."""
        await self._ask("adjust", [attrs.astuple(each) for each in claims])

    async def counters(self, names: Iterable[str]) -> Mapping[str, int]:
        """What they stand at."""
        found: dict[str, int] = await self._ask("counters", list(names))
        return found

    async def lease(self, name: str, owner: str, seconds: float) -> bool:
        """While nobody else has it."""
        return bool(await self._ask("lease", name, owner, seconds))

    async def release(self, name: str, owner: str) -> None:
        """By its owner only."""
        await self._ask("release", name, owner)

    async def keep(self, name: str, value: bytes, until: float) -> None:
        """Until a time."""
        await self._ask("keep", name, value.hex(), until)

    async def kept(self, name: str) -> bytes | None:
        """The bytes."""
        found = await self._ask("kept", name)
        return None if found is None else bytes.fromhex(found)

    async def _ask(self, method: str, *arguments: Any) -> Any:
        return await asyncio.shield(self._send(method, *arguments))

    def _send(self, method: str, *arguments: Any) -> asyncio.Future[Any]:
        question = _Question(method, list(arguments), asyncio.get_running_loop().create_future())
        if self._writer is None or self._lost:
            question.decide(self._own)
        else:
            number = next(self._numbers)
            self._waiting[number] = question
            self._writer.write(json.dumps([number, self.space, method, *arguments]).encode() + b"\n")
        return question.answer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Hand out the answers; when no more come, decide what is open."""
        with contextlib.suppress(OSError):
            async for line in reader:
                number, result = json.loads(line)
                self._waiting.pop(number).answer.set_result(result)
        self._lost = True
        _LOG.warning("the toy on port %s is gone; what it would have said is decided here", self.port)
        for question in self._waiting.values():
            question.decide(self._own)

    def _give_back(self, claims: Sequence[Claim], refusal: object) -> None:
        if refusal is None:
            self._send("adjust", [attrs.astuple(attrs.evolve(each, amount=-each.amount)) for each in claims])


@attrs.frozen
class _Question:
    """Something asked."""

    method: str
    arguments: list[Any]
    answer: asyncio.Future[Any]

    def decide(self, own: Model) -> None:
        """Without the server."""
        self.answer.set_result(answer(own, self.method, self.arguments))
