"""Every form of "wait" becomes seconds, and everything else becomes None."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.failures import LONGEST, exhausted, retry_after

NOW = datetime(2024, 6, 1, 12, 0, 0, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2", 2.0),
        ("0", 0.0),
        ("2.5", 2.5),
        (" 7 ", 7.0),
        ("2, 7", 7.0),
        ("12ms", 0.012),
        ("6m0s", 360.0),
        ("17.399999999s", 17.399999999),
        ("1h1m1s", LONGEST),
        ("86400", LONGEST),
        ("1e9", LONGEST),
        ("Sat, 01 Jun 2024 12:00:02 GMT", 2.0),
        ("2024-06-01T12:00:05Z", 5.0),
        ("2024-06-01T14:00:05+02:00", 5.0),
        (str(int(NOW.timestamp()) + 9), 9.0),
        (str((int(NOW.timestamp()) + 9) * 1000), 9.0),
        ("Sat, 01 Jun 2024 11:59:59 GMT", None),
        ("2024-06-01T11:00:00Z", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        ("12 parsecs", None),
        ("9" * 400, None),
    ],
)
def test_retry_after(value: str, expected: float | None) -> None:
    """Seconds, decimals, durations, epochs and dates; garbage, NaN and the past are nothing."""
    assert retry_after({"retry-after": value, "date": DATE}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please try again in 9m38.016s. Visit …", 578.016),
        ("Please retry in 48.939935699s.", 48.939935699),
        ("Please try again in 18.642s", 18.642),
        ("Please try again in 250ms.", 0.25),
        ("please wait 20 seconds before", 20.0),
        ("Try again after 2 minutes", 120.0),
        ("rate limit resets in 1h30m", LONGEST),
        ("Limit 7000, Used 0, Requested 12903", None),
        ("try again later", None),
        ("try again in 5 meters", None),
    ],
)
def test_sentences(text: str, expected: float | None) -> None:
    """What people read can be read by a program too."""
    assert retry_after({}, text) == expected


def test_the_longer_of_two_counts() -> None:
    """A service sends `retry-after: 1` beside `retry-after-ms: 0`."""
    assert retry_after({"retry-after": "1", "retry-after-ms": "0"}) == 1.0


def test_milliseconds() -> None:
    """`retry-after-ms` is a thousandth."""
    assert retry_after({"retry-after-ms": "1500"}) == 1.5


def test_fields_of_the_body() -> None:
    """A duration in a field of its own counts like a header."""
    assert retry_after({}, "", ["48s"]) == 48.0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-ratelimit-reset-tokens": "6s", "x-ratelimit-remaining-tokens": "0"}, 6.0),
        ({"x-ratelimit-reset-tokens": "6s", "x-ratelimit-remaining-tokens": "10"}, None),
        ({"x-ratelimit-reset": "4"}, 4.0),
        (
            {
                "x-ratelimit-reset-requests": "2m59.56s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "7.66s",
                "x-ratelimit-remaining-tokens": "0",
            },
            179.56,
        ),
        (
            {
                "date": DATE,
                "vendor-ratelimit-requests-reset": "2024-06-01T12:00:31Z",
                "vendor-ratelimit-requests-remaining": "0",
            },
            31.0,
        ),
        ({"ratelimit": '"api";r=0;t=295'}, 295.0),
        ({"ratelimit": '"api";r=999;t=295'}, None),
        ({"retry-after": "1", "x-ratelimit-reset": "50"}, 1.0),
    ],
)
def test_used_up_limits(headers: dict[str, str], expected: float | None) -> None:
    """The reset of a limit counts only when nothing of it is left and nobody said a wait outright."""
    assert retry_after(headers) == expected


@pytest.mark.parametrize("skew", [timedelta(hours=-6), timedelta(hours=6)])
def test_clocks_may_differ(skew: timedelta) -> None:
    """A date is read against the sender's own clock, whatever ours says."""
    theirs = NOW + skew
    headers = {"date": format_datetime(theirs), "retry-after": format_datetime(theirs + timedelta(seconds=3))}

    assert retry_after(headers, now=NOW) == 3.0


def test_without_a_date_our_own_clock_counts() -> None:
    """A sender without `date` is read against `now`."""
    assert retry_after({"retry-after": format_datetime(NOW + timedelta(seconds=4))}, now=NOW) == 4.0


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "retry-after",
                "retry-after-ms",
                "x-ratelimit-reset",
                "x-ratelimit-remaining",
                "ratelimit",
                "date",
            ]
        ),
        st.text() | st.from_regex(r"[-0-9.eEnaifm]{1,40}s?", fullmatch=True) | st.integers().map(str),
    ),
    st.text() | st.from_regex(r"try again in [0-9.]{1,30}(ms|s|m|h|d)", fullmatch=True),
)
def test_whatever_is_sent(headers: dict[str, str], text: str) -> None:
    """No input raises, and every wait lies between 0 and the longest."""
    wait = retry_after(headers, text)

    assert wait is None or 0 <= wait <= LONGEST


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12ms"}, 0.012),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "6s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "1m0s",
            },
            60.0,
        ),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-04-05T14:28:47Z",
                "date": "Sun, 05 Apr 2026 14:28:37 GMT",
            },
            10.0,
        ),
        ({"x-ratelimit-remaining-requests": "4999", "x-ratelimit-reset-requests": "12ms"}, None),
        ({"x-ratelimit-remaining-requests": "0"}, None),
        ({"x-remaining": "0", "retry-after": "9"}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1e12"}, 3600.0),
        ({}, None),
    ],
)
def test_used_up_limits_of_a_success(headers: dict[str, str], expected: float | None) -> None:
    """The last of the empty budgets to refill; nothing where something remains or no reset is stated."""
    assert expected == exhausted(headers, now=datetime(2026, 4, 5, tzinfo=UTC))
