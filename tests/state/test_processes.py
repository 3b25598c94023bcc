"""Two real processes agree, through the file of the default and through a toy server, by the same port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.state.processes import Member, running, toy

HOUR = 3600.0


@pytest.fixture(scope="module", params=["local", "toy"])
def members(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Member, Member]]:
    """Two processes over the same data."""
    with ExitStack() as stack:
        place: object = tmp_path_factory.mktemp("local") / "state.sqlite3"
        if request.param == "toy":
            place = stack.enter_context(toy())
        module = "tests.state.member"
        first, second = (stack.enter_context(running(module, request.param, str(place))) for _ in "ab")
        yield Member(first), Member(second)


def test_they_count_against_one_limit(members: tuple[Member, Member]) -> None:
    """At the same time, ten calls at once in each: together exactly as many as the limit allows."""
    for each in members:
        each.begin("spend", 400, 501)
    through = [each.end() for each in members]

    assert (sum(through), min(through) > 0) == (501, True)
    assert [each.ask("spend", 10, 501) for each in members] == [0, 0]


def test_they_agree_on_a_cooldown(members: tuple[Member, Member]) -> None:
    """One sets it, both see it; the other clears it, nobody sees it any more."""
    first, second = members
    now = time.time()
    first.ask("extend", "a", [now + HOUR, now, "an empty quota"])

    assert second.sees({"a": "an empty quota"}, "deadlines", ["a", "b"])
    second.ask("clear", ["a"], now)
    assert first.sees({}, "deadlines", ["a", "b"])


def test_they_agree_on_a_lease(members: tuple[Member, Member]) -> None:
    """Who refreshes is one of them, until it gives the task back."""
    first, second = members
    for each in members:
        each.begin("lease", "refresh", str(each.process.pid), 60)
    granted = {each: each.end() for each in members}
    winner, loser = sorted(members, key=lambda each: not granted[each])

    assert [granted[winner], granted[loser]] == [True, False]
    winner.ask("release", "refresh", str(winner.process.pid))
    assert loser.sees(True, "lease", "refresh", str(loser.process.pid), 60)
    assert first is not second


def test_they_agree_on_kept_bytes(members: tuple[Member, Member]) -> None:
    """What one keeps the other finds."""
    first, second = members
    first.ask("keep", "question", "answer", time.time() + HOUR)

    assert second.sees("answer", "kept", "question")
