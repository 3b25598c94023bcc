"""The frame around a source's parser, and what parsers share."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pointsman import (
    BenchmarkSource,
    ContextTier,
    FeedError,
    HttpRequest,
    PricingSource,
    Quote,
    RateLimitError,
    Rates,
    Score,
    Variant,
)
from pointsman.http import Answer
from pointsman.sources import (
    PriceFeed,
    ScoreFeed,
    as_bytes,
    as_exact_json,
    as_json,
    expect,
    fetch,
    has_price,
    midnight,
    moment,
    number,
    one_each,
    tiered_rates,
    variants,
)
from pointsman.testing import FakeHttp

NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)
URL = "https://acme.example/list"


@pytest.mark.anyio
async def test_a_feed_is_read_in_a_thread() -> None:
    """A document of megabytes holds up nobody's call."""
    where = await fetch(FakeHttp([1]), "acme", URL, lambda _: threading.current_thread())

    assert where is not threading.current_thread()


@pytest.mark.anyio
async def test_an_address_is_a_plain_request() -> None:
    """Whoever needs a header or a query says so with a request."""
    http = FakeHttp([1.5], [1.5], b"x")
    keyed = HttpRequest("GET", URL, headers={"x-api-key": "k"})
    found = [await fetch(http, "acme", asked, as_json) for asked in (URL, keyed)]

    assert found == [[1.5], [1.5]]
    assert http.sent == [HttpRequest("GET", URL), keyed]
    assert await fetch(http, "acme", URL, as_bytes) == b"x"


@pytest.mark.anyio
async def test_what_is_no_json_is_the_feeds_error() -> None:
    """It names the source; a refusal stays what it is, with its wait."""
    http = FakeHttp(b"<html>", Answer(429, {"retry-after": "7"}))
    with pytest.raises(FeedError, match="source acme: the answer is not usable JSON"):
        await fetch(http, "acme", URL, as_exact_json)
    with pytest.raises(RateLimitError) as caught:
        await fetch(http, "acme", URL, as_exact_json)

    assert caught.value.retry_after == 7.0


def test_a_document_of_another_shape_is_refused() -> None:
    """By the name of the source and of the shape."""
    with pytest.raises(FeedError, match="source acme: the answer is not a map of models"):
        expect("acme", [1], dict, "a map of models")

    assert expect("acme", [1], list, "a list") == [1]


def quotes(document: Mapping[str, Decimal], now: datetime) -> Iterable[Quote]:
    """One quote per entry."""
    return [Quote(model, Rates(price, price), now) for model, price in document.items()]


@pytest.mark.anyio
async def test_one_document_makes_a_source() -> None:
    """Of prices with exact numbers, of scores from whatever it is made of; both fit their port."""
    prices = PriceFeed("acme", URL, quotes)
    scores = ScoreFeed("acme", URL, lambda body, now: [Score(body.decode(), "b", "math", 1.0, now)], as_bytes)
    (quote,) = await prices.quotes(FakeHttp(b'{"m": 0.1}'))
    (score,) = await scores.scores(FakeHttp(b"m"))

    assert isinstance(prices, PricingSource)
    assert isinstance(scores, BenchmarkSource)
    assert isinstance(quote, Quote)
    assert (quote.model, quote.rates.input, score.model) == ("m", Decimal("0.1"), "m")
    assert timedelta(0) <= datetime.now(UTC) - quote.as_of < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("better", "expected"), [(None, ["a1", "b3"]), (lambda row, known: row > known, ["a2", "b3"])]
)
def test_of_rows_about_one_thing_one_counts(better: object, expected: list[str]) -> None:
    """The first, or the better one, where the first stood."""
    assert list(one_each(["a1", "b3", "a2", "b2", "a2"], lambda row: row[0], better)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-04T02:00:00Z", datetime(2026, 3, 4, 2, tzinfo=UTC)),
        ("2026-03-04T02:00:00+02:00", datetime(2026, 3, 4, 0, tzinfo=UTC)),
        ("2026-03-04 02:00", datetime(2026, 3, 4, 2, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        (date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-05", NOW),
        (date(2999, 1, 1), NOW),
        ("9999-12-31T23:59:59-12:00", NOW),
        ("soon", NOW),
        ("", NOW),
        (None, NOW),
        (1_700_000_000, NOW),
    ],
)
def test_a_moment_is_never_to_come(value: object, expected: datetime) -> None:
    """What is no date, or one in the future, is now."""
    assert moment(value, NOW) == expected


def test_a_day_begins_at_midnight() -> None:
    """In UTC."""
    assert midnight(date(2026, 3, 4)) == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"), [(1, Decimal(1)), (0.1, Decimal("0.1")), ("1", None), (True, None), (None, None)]
)
def test_a_number_is_no_text(value: object, expected: Decimal | None) -> None:
    """Where a document has numbers, text is something else."""
    assert number(value) == expected


def test_rates_by_length() -> None:
    """Steps in order; a tier keeps what it has a rate for, and one without any is none."""
    one, two, three = Decimal(1), Decimal(2), Decimal(3)
    steps: dict[int, dict[str, Decimal | None]] = {
        200: {"input": three},
        0: {"input": one, "input_audio": two},
        100: {"input": two, "output": None},
        50: {"input_audio": one, "output": None},
    }

    assert tiered_rates(steps, request=three) == Rates(
        one, input_audio=two, request=three, tiers=(ContextTier(100, two), ContextTier(200, three))
    )


def test_rates_by_service() -> None:
    """In the order of their names, without those that say nothing."""
    cheap, dear = Rates(Decimal(1)), Rates(Decimal(2))

    assert variants({"priority": dear, "none": Rates(), "batch": cheap}) == (
        Variant("batch", cheap),
        Variant("priority", dear),
    )


@pytest.mark.parametrize(
    ("model", "rates", "expected"),
    [
        ("m", Rates(Decimal(0), Decimal(0)), False),
        ("m", Rates(), False),
        ("m", Rates(Decimal(0), Decimal(1)), True),
        ("m:Free", Rates(Decimal(0), Decimal(0)), True),
    ],
)
def test_zeros_are_unknown_unless_the_id_says_free(model: str, rates: Rates, expected: bool) -> None:
    """A subscription's zeros are no price."""
    assert has_price(model, rates) == expected
