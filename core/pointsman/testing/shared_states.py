"""The kit for shared states."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from pointsman.protocols import SharedState
from pointsman.testing.agreement import BRIEF, HOUR, AgreementTests, becomes, claim
from pointsman.types import Deadline


class SharedStateTests(AgreementTests):
    """What every shared state must do.

    Supply `make_state`: every call makes a state over the same data, as another process would.
    """

    async def test_is_a_shared_state(self, make_state: Callable[[], SharedState]) -> None:
        """It has the shape of the port."""
        assert isinstance(make_state(), SharedState)

    async def test_nothing_is_set(self, state: SharedState) -> None:
        """No deadline, no count, no bytes."""
        assert dict(await state.deadlines(["a"])) == {}
        assert (await state.counters(["a"])).get("a", 0) == 0
        assert await state.kept("a") is None

    # Deadlines.

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    async def test_the_later_deadline_wins(self, state: SharedState, order: tuple[int, int]) -> None:
        """Whichever was set last; it is kept unchanged."""
        now = time.time()
        both = [Deadline(now + HOUR, now, "sooner"), Deadline(now + 2 * HOUR, now - 5.25, "later: 'ü'")]
        for each in order:
            await state.extend("a", both[each])

        assert dict(await state.deadlines(["a", "b"])) == {"a": both[1]}

    async def test_names_may_come_from_a_generator(self, state: SharedState) -> None:
        """Each is a name of its own."""
        now = time.time()
        for name in ("a", "b"):
            await state.extend(name, Deadline(now + 60, now, name))
        found = await state.deadlines(name for name in ("b", "c", "a"))

        assert {name: each.reason for name, each in found.items()} == {"a": "a", "b": "b"}

    async def test_a_deadline_that_has_passed_is_remembered(self, state: SharedState) -> None:
        """For as long again as it lasted, an hour at most."""
        now = time.time()
        await state.extend("remembered", Deadline(now - 10, now - 100))
        await state.extend("forgotten", Deadline(now - 10, now - 15))
        await state.extend("long ago", Deadline(now - 1.1 * HOUR, now - 9 * HOUR))

        assert list(await state.deadlines(["remembered", "forgotten", "long ago"])) == ["remembered"]

    async def test_what_was_set_later_is_not_cleared(self, state: SharedState) -> None:
        """An answer ends only cooldowns that began before it."""
        now = time.time()
        await state.extend("old", Deadline(now + HOUR, now - 10))
        await state.extend("new", Deadline(now + HOUR, now))
        await state.clear(["old", "new", "unknown"], now - 5)

        assert list(await state.deadlines(["old", "new"])) == ["new"]

    async def test_what_was_cleared_can_be_set_again(self, state: SharedState) -> None:
        """Also to a time that ends sooner than before."""
        now = time.time()
        await state.extend("a", Deadline(now + 2 * HOUR, now))
        await state.clear(["a"], now)
        await state.extend("a", Deadline(now + HOUR, now, "again"))

        assert (await state.deadlines(["a"]))["a"].reason == "again"

    # Counters.

    async def test_a_limit_can_be_reached_and_not_exceeded(self, state: SharedState) -> None:
        """The last one that fits fits; who is refused hears what was used."""
        refusals = [await state.add([claim("a", amount, 10)]) for amount in (4, 4, 4, 2, 1)]

        assert [each and (each.claim.name, each.used) for each in refusals] == [
            None,
            None,
            ("a", 8),
            None,
            ("a", 10),
        ]

    @pytest.mark.parametrize("seconds", [BRIEF, HOUR])
    async def test_all_or_nothing(self, state: SharedState, seconds: float) -> None:
        """One that does not fit, and none is added; the first of those is named."""
        await state.add([claim("full", 9, 10, seconds)])
        refusal = await state.add(
            [
                claim("free", 1, 10),
                claim("brief", 1, 10, BRIEF),
                claim("full", 2, 10, seconds),
                claim("small", 2, 1),
            ]
        )
        found = await state.counters(["free", "brief", "full", "small"])

        assert refusal is not None
        assert (refusal.claim.name, refusal.used) == ("full", 9)
        assert {name: used for name, used in found.items() if used} == {"full": 9}

    async def test_claims_on_one_counter_see_each_other(self, state: SharedState) -> None:
        """Twice six is more than ten."""
        refusal = await state.add([claim("a", 6, 10), claim("a", 6, 10)])

        assert refusal is not None
        assert (await state.counters(["a"])).get("a", 0) == 0

    async def test_without_a_limit_all_is_counted(self, state: SharedState) -> None:
        """To the last unit, also where a float is not exact any more."""
        await state.add([claim("a", 2**53), claim("b", 3)])
        await state.adjust([claim("a", 1)])

        assert dict(await state.counters(["a", "b"])) == {"a": 2**53 + 1, "b": 3}

    async def test_adjusting_knows_no_limit_but_zero(self, state: SharedState) -> None:
        """More than the limit is counted; nothing falls below 0."""
        await state.add([claim("a", 5, 10), claim("b", 5, 10)])
        await state.adjust([claim("a", 20, 10), claim("b", -7)])
        found = await state.counters(["a", "b"])

        assert (found["a"], found.get("b", 0)) == (25, 0)
        assert await state.add([claim("b", 10, 10)]) is None

    async def test_an_overdrawn_counter_takes_nothing(self, state: SharedState) -> None:
        """Not even an amount of 0."""
        await state.adjust([claim("a", 11)])

        assert await state.add([claim("a", 0, 10)]) is not None
        assert await state.add([claim("a", 0, 11)]) is None

    async def test_a_counter_starts_again(self, state: SharedState) -> None:
        """When it has expired it stands at 0."""
        await state.add([claim("a", 10, 10, seconds=0.3)])

        async def fits() -> bool:
            return await state.add([claim("a", 1, 10)]) is None

        assert await becomes(fits)
        assert (await state.counters(["a"]))["a"] == 1

    async def test_who_leaves_does_no_harm(self, state: SharedState) -> None:
        """A caller cancelled in the middle gets nobody else's answer, and its claim is given back."""
        tasks = [asyncio.create_task(state.add([claim("a", 1, 50)])) for _ in range(60)]
        for number, seconds in enumerate((0.0, 0.002)):
            await asyncio.sleep(seconds)
            for each in tasks[number::3]:
                each.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        accepted = sum(each is None for each in ended)

        async def settled() -> bool:
            return dict(await state.counters(["b", "a"])).get("a") == accepted

        assert await becomes(settled)

    # Leases.

    async def test_a_name_given_back_is_free(self, state: SharedState) -> None:
        """At once."""
        await state.lease("a", "me", HOUR)
        await state.release("a", "me")

        assert await state.lease("a", "you", HOUR)

    # Bytes.

    @pytest.mark.parametrize("value", [b"", b"\x00\xff\n'\"", bytes(range(256)) * 500])
    async def test_bytes_are_kept_as_they_are(self, state: SharedState, value: bytes) -> None:
        """Until their time."""
        await state.keep("a", b"before", time.time() + HOUR)
        await state.keep("a", value, time.time() + HOUR)

        assert await state.kept("a") == value

    async def test_bytes_are_kept_until_their_time(self, state: SharedState) -> None:
        """And no longer."""
        await state.keep("a", b"value", time.time() + 0.3)

        async def gone() -> bool:
            return await state.kept("a") is None

        assert await becomes(gone)

    # Names.

    @pytest.mark.parametrize("name", ["n" * 200, "a:b", 'it\'s "x" -- ; %', "ü€𝄞\n\t", ""])
    async def test_a_name_is_any_text(self, state: SharedState, name: str) -> None:
        """Up to 200 characters."""
        now = time.time()
        await state.extend(name, Deadline(now + HOUR, now))
        await state.add([claim(name, 7)])
        await state.keep(name, b"value", now + HOUR)

        assert list(await state.deadlines([name])) == [name]
        assert (dict(await state.counters([name])), await state.kept(name)) == ({name: 7}, b"value")
        assert await state.lease(name, name, HOUR)
