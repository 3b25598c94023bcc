"""Prices nobody tells, estimated from today's known ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.catalog.estimates import Estimator, KnownPrice, PriceFeatures
from pointsman.catalog.estimates.estimator import WORTH
from pointsman.catalog.estimates.kriging import weigh
from pointsman.catalog.estimates.markups import Markups
from pointsman.catalog.estimates.models import gather
from pointsman.catalog.estimates.trial import Record, Trial, record_for, records
from pointsman.types import Facts, Price

from tests.catalog.values import AT, quote

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
FAMILIES = ("alpaca", "badger", "camel", "dingo", "egret", "ferret")
DEAR = {"alpaca": 1.0, "badger": 2.0, "camel": 4.0, "dingo": 0.5, "egret": 1.0, "ferret": 0.25}


def known(name: str, usd: float, host: str = "acme") -> KnownPrice:
    """An offer for so much, output four times as much."""
    made = KnownPrice.read(quote(name, f"{usd:.6f}", f"{4 * usd:.6f}", provider=host))
    assert made is not None
    return made


def offer(name: str, host: str = "acme") -> PriceFeatures:
    """An offer without a price."""
    return PriceFeatures.of(host, [name], Facts())


def world() -> Iterator[KnownPrice]:
    """A price is the size times what the family asks; bargain takes half of what acme does."""
    for family in FAMILIES:
        for size in SIZES:
            if (family, size) != ("alpaca", 16):
                yield known(f"{family}-{size}b", DEAR[family] * size)
                if size < 64:
                    yield known(f"{family}-{size}b", DEAR[family] * size / 2, "bargain")


def off(price: Price | None, usd: float) -> float:
    """How far the input price is off, in binary logarithms."""
    assert price is not None
    assert price.rates.input
    return abs(log2(float(price.rates.input) / usd))


def test_a_model_nobody_prices_costs_what_its_relatives_of_that_size_do() -> None:
    """The missing one of a family: within a fifth of the right price, though it was never seen."""
    estimator = Estimator.fit(world())

    assert off(estimator.estimate(offer("alpaca-16b"), AT), 16) < log2(1.2)


def test_a_bigger_relative_is_not_cheaper() -> None:
    """Prices rise with size within a family."""
    estimator = Estimator.fit(world())
    prices = [estimator.estimate(offer(f"alpaca-chat-{size}b"), AT) for size in (2, 8, 32, 128)]
    figures = [price.rates.input for price in prices if price and price.rates.input]

    assert (len(figures), figures) == (4, sorted(figures))


def test_a_model_priced_elsewhere_costs_that_with_the_markup_of_the_host() -> None:
    """``alpaca-64b`` is 64 at acme; bargain takes about half of what acme does."""
    estimator = Estimator.fit(world())
    price = estimator.estimate(offer("alpaca-64b", "bargain"), AT)

    assert off(price, 32) < log2(1.25)
    assert price
    assert "its price elsewhere: alpaca-64b at acme" in price.evidence


def test_an_estimate_is_never_mistaken_for_a_price() -> None:
    """It is marked, its source is named ``estimate``, and it is worth less than any quote."""
    price = Estimator.fit(world()).estimate(offer("alpaca-16b"), AT)

    assert price
    assert (price.estimated, price.source, 0 < price.confidence <= WORTH) == (True, "estimate", True)


@pytest.mark.parametrize("count", [0, 1, 29])
def test_from_a_handful_of_prices_nothing_is_estimated(count: int) -> None:
    """Unknown stays unknown."""
    some = [known(f"m{number}-1b", 1.0) for number in range(count)]

    assert Estimator.fit(some).estimate(offer("alpaca-16b"), AT) is None


def test_an_offer_that_says_it_is_free_is_not_estimated() -> None:
    """Whatever its relatives cost."""
    assert Estimator.fit(world()).estimate(offer("alpaca-16b:free"), AT) is None


def test_the_order_of_the_prices_does_not_matter() -> None:
    """The same known prices give the same estimate."""
    rows = list(world())
    one, two = (Estimator.fit(each).estimate(offer("alpaca-16b"), AT) for each in (rows, rows[::-1]))

    assert one
    assert two
    assert abs(off(one, 16) - off(two, 16)) < 1e-2


def test_what_is_left_out_leaves_no_trace() -> None:
    """Without a model, its own price changes next to nothing of its estimate: a thousand times the price,
    under any spelling, moves it by less than a thousandth of that (through the markups of hosts it shares).
    """
    guesses = []
    for usd in (16.0, 16_000.0):
        same = [
            known("alpaca-16b", usd),
            known("Alpaca 16B", usd, "solo"),
            known("x/alpaca-16B", usd, "bargain"),
        ]
        estimator = Estimator.fit([*world(), *same], trials=0)
        place = next(n for n, each in enumerate(estimator.models) if same[0] in each.offers)
        guesses.append(estimator.guess(offer("alpaca-16b"), place).prices)

    assert guesses[0] == pytest.approx(guesses[1], abs=log2(1000) / 1000)


def test_offers_of_one_model_are_gathered_however_they_are_written() -> None:
    """Path, case, date and punctuation do not matter; the size does."""
    rows = [known(name, 1.0) for name in ("acme/alpaca-8b", "Alpaca 8B", "alpaca-8b-20250929", "alpaca-16b")]

    assert sorted(len(each.offers) for each in gather(rows)) == [1, 3]


def test_one_wrong_display_name_does_not_merge_two_models() -> None:
    """Two well-known names stay two models although one list shows the one for the other."""
    rows = [known("alpaca-8b", 1.0, f"host{n}") for n in range(6)]
    rows += [known("badger-8b", 1.0, f"host{n}") for n in range(6)]
    wrong = KnownPrice.read(quote("alpaca-8b", 1, 4, provider="sloppy", name="Badger 8B"))
    assert wrong

    assert sorted(len(each.offers) for each in gather([*rows, wrong])) == [6, 7]


def test_the_markup_of_a_host_is_what_it_asks_beside_others() -> None:
    """Bargain asks half; the pull towards none is weak with many models."""
    rows = [known(f"{family}-8b", 8.0 * share, host) for family in FAMILIES for host, share in HOSTS.items()]
    markups = Markups.of(gather(rows))

    assert markups.of_host("bargain")[0] == pytest.approx(-1, abs=0.4)
    assert markups.of_host("nobody") == (0.0, 0.0)


HOSTS = {"acme": 1.0, "middle": 1.0, "bargain": 0.5}


def test_kriging_of_what_is_known_gives_it_back() -> None:
    """With a near-zero variance of its own, the weight lies on the point itself."""
    points = [0.0, 1.0, 2.0, 3.0]

    def covariances(one: float, others: Sequence[float]) -> list[float]:
        return [2.0 ** -abs(one - each) for each in others]

    weights, explained = weigh(2.0, points, covariances, lambda _: 1e-9)

    assert dict(weights)[2] == pytest.approx(1, abs=1e-6)
    assert explained == pytest.approx(1, abs=1e-6)


def test_a_record_tells_what_trials_showed() -> None:
    """Of ten errors 0.1 to 1.0 at deviation 1, four fifths (and one for caution) are within 0.9."""
    trials = [Trial(1.0, (n / 10, n / 5)) for n in range(1, 11)]

    assert records(trials) == (Record(1.0, (0.9, 1.8), (10 + 5) / 20),)


def test_the_surest_third_is_judged_by_itself() -> None:
    """An estimate gets the record of trials as uncertain as it is."""
    trials = [Trial(float(level), (0.1 * level, 0.1 * level)) for level in (1, 2, 3) for _ in range(8)]
    found = records(trials)

    assert [record_for(deviation, found) for deviation in (0.5, 1.5, 9.0)] == list(found)


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=30))
def test_no_name_is_too_strange_to_estimate(name: str, host: str) -> None:
    """Any text gives a finite positive price or none at all."""
    price = STRANGE.estimate(PriceFeatures.of(host, [name or "x"], Facts()), AT)

    assert price is None or (price.rates.input or 0) > Decimal(0)


STRANGE = Estimator.fit(world(), trials=24)
