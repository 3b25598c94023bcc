"""The part of the kit for shared states that looks from two places: what processes agree on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest

from pointsman.protocols import SharedState
from pointsman.testing.standard import StandardTests
from pointsman.types import Claim, Deadline

HOUR: Final = 3600.0
BRIEF: Final = 100.0
_PATIENCE: Final = 60.0  # seconds after which what has to become true is taken for false


def claim(name: str, amount: int, most: int | None = None, seconds: float = HOUR) -> Claim:
    """An amount on a counter that starts again so many seconds from now."""
    return Claim(name, amount, most, time.time() + seconds)


async def becomes(condition: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it holds before the patience ends: what others did is seen soon, not at once."""
    end = time.monotonic() + _PATIENCE
    while not await condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


class AgreementTests(StandardTests):
    """What two states over the same data agree on, as two processes would."""

    @pytest.fixture
    def make_state(self) -> Callable[[], SharedState]:
        """Makes a state that is not open yet."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `make_state`")

    @pytest.fixture
    async def state(self, make_state: Callable[[], SharedState]) -> AsyncIterator[SharedState]:
        """An open state in which nothing is set."""
        made = make_state()
        await made.open()
        yield made
        await made.close()

    @pytest.fixture
    async def other(
        self, make_state: Callable[[], SharedState], state: SharedState
    ) -> AsyncIterator[SharedState]:
        """Another one over the same data, opened later."""
        del state
        made = make_state()
        await made.open()
        yield made
        await made.close()

    async def test_many_at_once(self, state: SharedState, other: SharedState) -> None:
        """Of two hundred, from two places, exactly as many as fit are added."""
        added = await asyncio.gather(
            *(each.add([claim("a", 1, 77)]) for _ in range(100) for each in (state, other))
        )

        counts = [(await each.counters(["a"]))["a"] for each in (state, other)]

        assert [sum(each is None for each in added), *counts] == [77, 77, 77]

    async def test_a_name_is_leased_to_one(self, state: SharedState, other: SharedState) -> None:
        """Its owner may keep it longer; nobody else takes it or gives it back."""
        first = await state.lease("a", "me", HOUR)
        again = await state.lease("a", "me", HOUR)
        await other.release("a", "you")
        taken = [await each.lease("a", "you", HOUR) for each in (state, other)]

        assert (first, again, taken) == (True, True, [False, False])
        assert await other.lease("b", "you", HOUR)

    async def test_a_lease_ends_by_itself(self, state: SharedState, other: SharedState) -> None:
        """Its owner may have died."""
        await state.lease("a", "me", 0.3)

        assert await becomes(lambda: other.lease("a", "you", HOUR))
        assert not await state.lease("a", "me", HOUR)

    async def test_of_many_exactly_one_gets_it(self, state: SharedState, other: SharedState) -> None:
        """Who comes first."""
        granted = await asyncio.gather(
            *(
                each.lease("a", f"{number}-{id(each)}", HOUR)
                for number in range(20)
                for each in (state, other)
            )
        )

        assert sum(granted) == 1

    async def test_others_see_a_cooldown(self, state: SharedState, other: SharedState) -> None:
        """Set and cleared, within seconds."""
        now = time.time()

        async def seen() -> bool:
            return "a" in await other.deadlines(["a"])

        async def cleared() -> bool:
            return "a" not in await state.deadlines(["a"])

        await state.extend("a", Deadline(now + HOUR, now, "an empty quota"))
        assert await becomes(seen)
        await other.clear(["a"], now)
        assert await becomes(cleared)

    async def test_others_see_counts_and_bytes(self, state: SharedState, other: SharedState) -> None:
        """What one counts, keeps or gives back is so for all."""
        await state.add([claim("a", 5, 10)])
        await state.keep("b", b"answer", time.time() + HOUR)
        assert await other.add([claim("a", 6, 10)]) is not None
        await state.adjust([claim("a", -2)])

        async def fits() -> bool:
            return await other.add([claim("a", 6, 10)]) is None

        async def kept() -> bool:
            return await other.kept("b") == b"answer"

        assert await becomes(fits)
        assert await becomes(kept)

    async def test_what_lasts_outlives_the_process(
        self, state: SharedState, make_state: Callable[[], SharedState]
    ) -> None:
        """A state opened later over the same data knows of cooldowns, counts and leases."""
        now = time.time()
        await state.extend("a", Deadline(now + HOUR, now, "an empty quota"))
        await state.add([claim("a", 5, 10)])
        await state.lease("a", "me", HOUR)
        await state.close()
        later = make_state()
        await later.open()
        found = (await later.deadlines(["a"]))["a"].reason, dict(await later.counters(["a"]))
        leased = await later.lease("a", "you", 1)
        await later.close()

        assert (found, leased) == (("an empty quota", {"a": 5}), False)
