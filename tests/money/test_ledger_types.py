"""What a call is, from its attempts: who answered, what it cost, how long the first token took."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve, fields
from pointsman.testing.filled import filled
from pointsman.types import Attempt, AttemptState, Cost, Reservation, Settlement, Usage
from pointsman.types.ledger import NOT_SENT, UNKNOWN, total

from .ledger_values import ANSWERED, FAILED, reservation, settlement


def cost(usd: str, source: str = "list", *, estimated: bool = False) -> Cost:
    """A known cost."""
    return Cost(Decimal(usd), source, estimated)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ([], NOT_SENT),
        ([NOT_SENT, NOT_SENT], NOT_SENT),
        ([UNKNOWN], UNKNOWN),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([NOT_SENT, UNKNOWN], UNKNOWN),
        ([cost("0.1"), cost("0.2")], cost("0.3")),
        ([NOT_SENT, cost("0.1")], cost("0.1")),
        ([cost("0.1"), cost("0.2", "provider")], cost("0.3", "several")),
        ([cost("0.1"), cost("0.2", estimated=True)], cost("0.3", estimated=True)),
        ([cost("0.1"), UNKNOWN], cost("0.1", estimated=True)),
        ([cost("1E-30"), cost("1E30")], cost(f"1{'0' * 30}.{'0' * 29}1")),
    ],
)
def test_a_bill_is_the_sum_of_the_attempts(costs: list[Cost], expected: Cost) -> None:
    """Exact; what is unknown makes the rest an estimate from below; who charged nothing is no source."""
    assert expected == total(costs)
    assert expected == settlement("a", attempts=[evolve(ANSWERED, cost=each) for each in costs]).cost


def test_who_answered() -> None:
    """The attempt that was accepted, whatever came after it; else the last; None without any."""
    judged = evolve(ANSWERED, state=AttemptState.JUDGED)
    found = [
        settlement("a", attempts=attempts).answer
        for attempts in ((FAILED, ANSWERED, judged), (ANSWERED, FAILED), (FAILED, judged), ())
    ]

    assert found == [ANSWERED, ANSWERED, judged, None]


def test_the_latency_of_an_attempt() -> None:
    """Its first token, or the whole answer where that came whole; none of one that failed without any."""
    whole = evolve(ANSWERED, first_token=None)
    late = evolve(FAILED, first_token=0.1)

    assert [each.latency for each in (ANSWERED, whole, late, FAILED)] == [0.125, 0.5, 0.1, None]


def test_a_label_counts_once() -> None:
    """Given twice, by the caller and by the key, say, it is one label."""
    assert reservation("a", tags=["x", "y", "x"]).tags == ("x", "y")


@pytest.mark.parametrize("kind", [Reservation, Settlement, Attempt, Usage, Cost])
def test_filled_fills_every_field(kind: type) -> None:
    """No field has its default, and no two fields the same text or number."""
    made: object = filled(kind)
    values = [getattr(made, each.name) for each in fields(kind)]
    plain = [each for each in values if isinstance(each, str | int | float | Decimal) and each is not True]

    assert [each.name for each in fields(kind) if getattr(made, each.name) == each.default] == []
    assert None not in values
    assert len(plain) == len(set(plain))
