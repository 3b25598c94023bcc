"""The table of choices over the recorded real world: its marks, its lists, and a part of it for real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pointsman import Candidate, Criteria, Decision, Expectation, Quality, Ranked

from tests.benchmarks import realworld
from tests.benchmarks.realworld import Choice, Place
from tests.benchmarks.world import served
from tests.builders import NOW, candidate


def offer(key: str, *sources: str, coverage: float = 1.0, success: float = 0.8) -> Candidate:
    """A candidate measured by these sources."""
    quality = Quality(80.0, uncertainty=5.0, coverage=coverage, sources=sources, as_of=NOW, success=success)
    return evolve(candidate(key), quality={"general": quality} if sources else {})


def decided(*ranked: tuple[Candidate, float]) -> Decision:
    """A decision for these candidates, each with the expected dollars of the call."""
    ranking = tuple(Ranked(each, 1.0, expected=Expectation(cost=cost, quality=80.0)) for each, cost in ranked)
    return Decision(Criteria(), ranking, (), (), "test", "", NOW)


@pytest.mark.parametrize(
    ("marks", "ranked"),
    [
        ("", [(offer("acme/good", "a", "b"), 0.01)]),
        ("", [(offer("acme/good", "a"), 0.01)]),
        ("?", [(offer("acme/unmeasured"), 0.01)]),
        ("?", [(offer("acme/once", "a", coverage=0.1), 0.01)]),
        ("$", [(offer("acme/dear", "a", "b"), 0.11), (offer("acme/cheap", "a", "b"), 0.01)]),
        ("", [(offer("acme/dear", "a", "b"), 0.09), (offer("acme/cheap", "a", "b"), 0.01)]),
        ("", [(offer("acme/dear", "a", "b"), 0.11), (offer("acme/weak", "a", "b", success=0.7), 0.01)]),
        ("", [(offer("acme/dear", "a", "b"), 0.11), (offer("acme/rare", "a", coverage=0.1), 0.01)]),
        ("!", [(offer("acme/whisper-1", "a", "b"), 0.01)]),
        ("r", [(offer("openrouter/auto", "a", "b"), 0.01)]),
        ("?!", [(offer("acme/embed-9"), 0.01)]),
    ],
)
def test_marks_say_why_a_person_would_object(marks: str, ranked: list[tuple[Candidate, float]]) -> None:
    """Unmeasured, overpriced beside a measured equal, for something else, a router of unknown models."""
    assert marks == realworld.marks(decided(*ranked))


def test_a_choice_is_one_line() -> None:
    """Keys, ask, marks, the first three with dollars and quality, what gave way; or the reason for nobody."""
    places = Place("a/x", 0.01, 80.0), Place("b/y", 0.5, 90.0)
    chosen = Choice("a+b", "plain", "?", places, ("min_quality",))
    line = "a+b                              plain          ?   a/x ($0.0100, q 80) > b/y ($0.5000, q 90)"

    assert (f"{line} relaxed min_quality", "a+b                              plain          nobody: []") == (
        str(chosen),
        str(realworld.choice("a+b", "plain", decided())),
    )


def test_winners_are_compared_with_those_printed_before() -> None:
    """Only a winner that is another one is a difference; an ask that was not there before is none."""
    now = [
        Choice("a", "same", first=(Place("a/x", 1.0, 1.0),)),
        Choice("a", "other", first=(Place("a/y", 1.0, 1.0),)),
        Choice("a", "gone", problem="nobody"),
        Choice("a", "new", first=(Place("a/x", 1.0, 1.0),)),
    ]
    before = [
        {"keys": "a", "ask": ask, "first": [{"model": "a/x", "usd": 2.0, "quality": 2.0}]}
        for ask in ("same", "other", "gone")
    ]

    assert realworld.differences(before, now) == [
        "a                                other          a/x -> a/y",
        "a                                gone           a/x -> nobody",
    ]


@pytest.mark.parametrize(
    ("written", "lists"),
    [
        ({"keys": {"one": ["openai"]}}, ({"one": ["openai"]}, realworld.ASKS)),
        ({"asks": [["hi", "hi", {}]]}, (realworld.KEYS, [["hi", "hi", {}]])),
    ],
)
def test_a_file_may_hold_other_keys_or_asks(
    tmp_path: Path, written: Mapping[str, Any], lists: object
) -> None:
    """What it leaves out is the built-in list."""
    file = tmp_path / "lists.json"
    file.write_text(json.dumps(written))

    assert lists == realworld.read_lists(file)


@pytest.mark.parametrize("written", [[], {"sets": {}}])
def test_a_file_that_holds_neither_is_refused(tmp_path: Path, written: object) -> None:
    """Rather than measured with the built-in lists."""
    file = tmp_path / "lists.json"
    file.write_text(json.dumps(written))

    with pytest.raises(ValueError, match="keys"):
        realworld.read_lists(file)


@pytest.mark.shared
@pytest.mark.anyio
@pytest.mark.timeout(300)
async def test_one_set_of_keys_is_answered_over_the_real_feeds(tmp_path: Path, shared_data: Path) -> None:
    """Every ask of the table has a winner of that provider to which nobody would object."""
    keys = {"anthropic": ["anthropic"]}
    with served() as world:
        env = world.environment(tmp_path / "home")
        await realworld.refresh(env, keys["anthropic"])
        found = [each async for each in realworld.choices(env, keys)]

    assert [(ask, True, "") for ask, *_ in realworld.ASKS] == [
        (each.ask, each.winner.startswith("anthropic/"), each.marks) for each in found
    ]
