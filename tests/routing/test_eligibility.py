"""Who may be chosen, and why the others may not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import Candidate, Capability, Criteria, Tier
from pointsman.routing.eligibility import eligible
from pointsman.routing.rules import Demand, References

from tests.builders import candidate

SMALL = Demand(100, 100, 100)


def sift(
    *candidates: Candidate,
    criteria: Criteria | None = None,
    demand: Demand = SMALL,
    references: References | None = None,
) -> tuple[list[str], dict[str, str], tuple[str, ...]]:
    """Keys kept, key → rule of those left out, constraints relaxed."""
    found = eligible(candidates, criteria or Criteria(), demand, references or References())
    return (
        [each.key for each in found.candidates],
        {each.candidate.key: each.rule for each in found.excluded},
        found.relaxed,
    )


GOOD = candidate(
    "a/good",
    rate="1",
    general=80,
    tier=Tier.BUDGET,
    context=100_000,
    tokens_per_second=100,
    first_token=0.5,
    can=[Capability.TOOLS],
)


@pytest.mark.parametrize(
    ("criteria", "other", "rule"),
    [
        (Criteria(max_price=Decimal(2)), candidate("b/dear", rate="3"), "max_price"),
        (Criteria(max_price=Decimal(2)), candidate("b/unpriced", rate=None), "max_price"),
        (Criteria(max_cost=Decimal("0.001")), candidate("b/dear", rate="30"), "max_cost"),
        (Criteria(tier=Tier.BUDGET), candidate("b/other", tier=Tier.PREMIUM), "tier"),
        (Criteria(tier=Tier.BUDGET), candidate("b/unstated"), "tier"),
        (Criteria(min_quality=60), candidate("b/poor", general=40), "min_quality"),
        (Criteria(min_quality=60), candidate("b/unknown", general=None), "min_quality"),
        (Criteria(max_latency=1.0), candidate("b/late", first_token=2.0), "max_latency"),
        (Criteria(min_speed=50), candidate("b/slow", tokens_per_second=10), "min_speed"),
        (Criteria(min_context=50_000), candidate("b/short", context=8_000), "min_context"),
        (Criteria(needs=[Capability.TOOLS]), candidate("b/unable", cannot=[Capability.TOOLS]), "needs"),
        (Criteria(needs=[Capability.TOOLS]), candidate("b/silent"), "needs"),
        (Criteria(known_prices=True), candidate("b/guess", estimated=True), "known_prices"),
        (Criteria(known_prices=True), candidate("b/unpriced", rate=None), "known_prices"),
        (Criteria(only_providers=["a"]), candidate("b/foreign"), "only_providers"),
        (Criteria(exclude_providers=["b"]), candidate("b/foreign"), "exclude_providers"),
        (Criteria(), candidate("b/gone", active=False), "active"),
    ],
)
def test_each_criterion_leaves_out_who_fails_it(criteria: Criteria, other: Candidate, rule: str) -> None:
    """Every criterion keeps who satisfies it and names itself as the reason for who does not."""
    rule = {"min_context": "context"}.get(rule, rule)

    assert (["a/good"], {"b/" + other.model.id: rule}, ()) == sift(GOOD, other, criteria=criteria)


def test_a_prompt_larger_than_the_window_leaves_out() -> None:
    """A model whose window is smaller than the prompt is not asked."""
    long = Demand(200_000)

    assert sift(GOOD, candidate("b/large", context=1_000_000), demand=long) == (
        ["b/large"],
        {"a/good": "context"},
        (),
    )


def test_unknown_capability_is_asked_only_when_nobody_is_known_to_have_it() -> None:
    """Silence is not a no: it is the second choice."""
    needs = Criteria(needs=[Capability.VISION])

    assert sift(GOOD, candidate("b/silent"), criteria=needs)[0] == ["a/good", "b/silent"]


def test_constraints_are_relaxed_in_the_declared_order() -> None:
    """Cost goes first, then latency, then quality; only as many as it takes."""
    cheap_and_poor = candidate("b/poor", rate="1", general=10, first_token=9.0)
    wish = Criteria(max_price=Decimal("0.1"), max_latency=0.1, min_quality=70)
    kept, _, relaxed = sift(GOOD, cheap_and_poor, criteria=wish)

    assert (kept, relaxed) == (["a/good"], ("max_price", "max_latency"))


def test_hard_limits_are_never_relaxed() -> None:
    """Nobody is better than somebody forbidden."""
    wish = Criteria(exclude_providers=["a"], max_price=Decimal("0.1"))

    assert sift(GOOD, criteria=wish) == ([], {"a/good": "exclude_providers"}, ())


def test_references_restrict_exclude_and_pin() -> None:
    """Named models are the only ones, excluded ones are out, a pin speaks only of its own provider."""
    one, two, three = candidate("a/one"), candidate("a/two"), candidate("b/three")

    assert (
        sift(one, two, three, references=References(only=frozenset({"a/one"})))[0],
        sift(one, two, three, references=References(excluded=frozenset({"a/two"})))[0],
        sift(one, two, three, references=References(pins={"a": frozenset({"a/two"})}))[0],
    ) == (["a/one"], ["a/one", "b/three"], ["a/two", "b/three"])


@given(
    rates=st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=12),
    most=st.one_of(st.none(), st.integers(0, 50)),
    least=st.one_of(st.none(), st.integers(0, 100)),
)
def test_everybody_is_either_kept_or_left_out_with_a_reason(
    rates: list[int | None], most: int | None, least: int | None
) -> None:
    """No candidate is ever lost, kept twice, or left out in silence."""
    candidates = [
        candidate(
            f"p/{number}",
            rate=None if rate is None else str(rate),
            general=None if rate is None else 2 * rate,
        )
        for number, rate in enumerate(rates)
    ]
    wish = Criteria(max_price=None if most is None else Decimal(most), min_quality=least)
    found = eligible(candidates, wish, SMALL, References())
    seen = [each.key for each in found.candidates] + [each.candidate.key for each in found.excluded]

    assert (sorted(each.key for each in candidates), True) == (
        sorted(seen),
        all(each.reason for each in found.excluded),
    )
