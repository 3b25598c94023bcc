"""How long a provider asks to wait, in seconds, out of every form in which providers say it.

Forms seen: ``retry-after`` in seconds, decimals or as an HTTP date (RFC 9110 10.2.3); ``retry-after-ms``;
reset headers as ``12ms``, ``6m0s``, ``17.4s``, epoch seconds or milliseconds, RFC 3339; ``ratelimit:
"api";r=0;t=295`` (IETF draft); ``Please try again in 9m38.016s`` and ``"retryDelay": "48s"`` in the body.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 3600.0  # seconds; whoever asks for more is asked again after an hour

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNIT = r"(?:ns|us|µs|ms|s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)"
_STEP = rf"\d{{1,9}}(?:\.\d{{1,12}})?\s?{_UNIT}"
# Patterns are compiled when the first wait needs them: most programs meet none.
_STEPS = rf"(?i)(?:{_STEP}[\s,]*)+"
_ONE_STEP = r"(?i)(\d+(?:\.\d+)?)\s?([a-zµ]+)"
_SENTENCE = (
    rf"(?i)(?:(?:try|retry)(?:\s+again)?|wait|resets?|available)\s+(?:(?:in|after|for|about|at\s+least)\s+)*"
    rf"((?:{_STEP}[\s,]*)+)(?![a-z])"
)
_STRUCTURED = r";\s*r=(\d+)\s*;\s*t=(\d+)"
_REMAINING = r"ratelimit.*remaining"
_EPOCH = 1e9  # a number above it is a point in time, not a duration
_EPOCH_MILLISECONDS = 1e11


def retry_after(
    headers: Mapping[str, str],
    text: str = "",
    delays: Iterable[str] = (),
    *,
    now: datetime | None = None,
) -> float | None:
    """Seconds to wait; None when nobody said so in a way that makes sense.

    What is said outright (``retry-after``, the body) goes before what must be inferred from the reset time of
    a used-up limit. Where two of a kind disagree the longer one counts.

    Args:
        headers: Of a refusal, lower-case names; never those of a success, where ``retry-after`` is noise.
        text: The provider's sentences.
        delays: Durations the body holds in fields of their own.
        now: What points in time are relative to when the response has no ``date`` of its own.

    Returns:
        At least 0 and at most `LONGEST`; never NaN.
    """
    clock = _date(headers.get("date", "")) or now or datetime.now(UTC)
    for family in (_said_outright(headers, text, delays, clock), _used_up(headers, clock)):
        waits = [wait for wait in family if wait is not None]
        if waits:
            return min(max(waits), LONGEST)
    return None


def exhausted(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Seconds until the last of the used-up limits in an answer's headers resets; None when none is used up.

    Unlike `retry_after` it may be asked of a success: only limits that say that nothing remains count.
    """
    empty = [name for name, value in headers.items() if value == "0" and re.search(_REMAINING, name)]
    if not empty:
        return None  # nearly every answer: no date is parsed for it
    clock = _date(headers.get("date", "")) or now or datetime.now(UTC)
    waits = [seconds(headers.get(name.replace("remaining", "reset"), ""), clock) for name in empty]
    known = [wait for wait in waits if wait is not None]
    return min(max(known), LONGEST) if known else None


def _said_outright(
    headers: Mapping[str, str], text: str, delays: Iterable[str], clock: datetime
) -> Iterator[float | None]:
    milliseconds = seconds(headers.get("retry-after-ms", ""), clock)
    yield None if milliseconds is None else milliseconds / 1000
    yield seconds(headers.get("retry-after", ""), clock)
    for delay in delays:
        yield seconds(delay, clock)
    for sentence in re.finditer(_SENTENCE, text):
        yield _duration(sentence.group(1))


def _used_up(headers: Mapping[str, str], clock: datetime) -> Iterator[float | None]:
    """Reset times of the limits of which nothing remains (or does not say what remains)."""
    for name, value in headers.items():
        if "ratelimit" not in name:
            continue
        if "reset" in name and not _remains(headers.get(name.replace("reset", "remaining"), "0")):
            yield seconds(value, clock)
        for remaining, reset in re.findall(_STRUCTURED, value):
            if not _remains(remaining):
                yield seconds(reset, clock)


def _remains(value: str) -> bool:
    number = _number(value)
    return number is None or number > 0


def seconds(value: str, clock: datetime) -> float | None:
    """Seconds from `clock` to what `value` says; None for garbage, NaN, and anything negative or past.

    Args:
        value: A number, a duration with units, an epoch, an HTTP date or an RFC 3339 time.
        clock: The sender's own time.
    """
    value = value.strip()
    number = _number(value)
    if number is None:
        # A header sent twice arrives joined: "2, 7".
        parts = [_number(part) for part in value.split(",")]
        if len(parts) > 1 and all(part is not None for part in parts):
            number = max(part for part in parts if part is not None)
    if number is not None:
        if number >= _EPOCH_MILLISECONDS:
            number /= 1000
        wait = number - clock.timestamp() if number > _EPOCH else number
        return wait if wait >= 0 else None
    duration = _duration(value)
    if duration is not None:
        return duration
    moment = _date(value)
    if moment is None or moment < clock:
        return None
    return (moment - clock).total_seconds()


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _duration(value: str) -> float | None:
    """``6m0s``, ``12ms``, ``1h2m``, ``20 seconds``; None for anything else."""
    value = value.strip()
    if len(value) > 100 or not re.fullmatch(_STEPS, value):  # noqa: PLR2004 - no duration is that long
        return None
    return sum(float(amount) * _unit(unit.lower()) for amount, unit in re.findall(_ONE_STEP, value))


def _unit(name: str) -> float:
    return _UNITS[name] if name in _UNITS else _UNITS[name[0]]


def _date(value: str) -> datetime | None:
    """An HTTP date or an RFC 3339 time, in UTC unless it says otherwise."""
    if not value:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
