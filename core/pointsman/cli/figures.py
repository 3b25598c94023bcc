"""How figures are written for people. Machines get the plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

UNKNOWN = "?"

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_THOUSAND, _MILLION = 1000, 1_000_000


def rate(usd: Decimal | None, *, estimated: bool = False) -> str:
    """USD per million tokens: ``2.50``, ``0.075``, ``~1.20`` when estimated, ``?`` when unknown."""
    if usd is None:
        return UNKNOWN
    return ("~" if estimated else "") + _decimal(usd, at_least=2, significant=3)


def dollars(usd: Decimal | float | None, *, estimated: bool = False) -> str:
    """An amount: ``$1.25``, ``$0.00042``; at most three significant digits below a dollar."""
    if usd is None:
        return UNKNOWN
    return ("~$" if estimated else "$") + _decimal(Decimal(str(usd)), at_least=2, significant=3)


def tokens(count: int | None) -> str:
    """A number of tokens: ``950``, ``128k``, ``1.05M``; ``?`` when unknown."""
    if count is None:
        return UNKNOWN
    if count < _THOUSAND:
        return str(count)
    if count < _MILLION:
        return f"{count / _THOUSAND:.3g}k"
    return f"{count / _MILLION:.3g}M"


def number(value: float | None, digits: int = 0) -> str:
    """A plain figure with so many digits; ``?`` when unknown."""
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def counted(count: int, noun: str) -> str:
    """``1 call``, ``2 calls``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def seconds(value: float | None) -> str:
    """A duration: ``0.42 s``, ``12 s``; ``?`` when unknown."""
    if value is None:
        return UNKNOWN
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"  # noqa: PLR2004 (two digits are enough)


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """When that was: ``just now``, ``12 min ago``, ``never``."""
    text = age(at, now)
    return {"now": "just now", "never": "never"}.get(text, f"{text} ago")


def age(at: datetime | None, now: datetime | None = None) -> str:
    """Time since: ``now``, ``12 min``, ``3 h``, ``5 d``; ``never`` for None."""
    if at is None:
        return "never"
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    passed = ((now or datetime.now(UTC)) - at).total_seconds()
    if passed < _MINUTE:
        return "now"
    if passed < _HOUR:
        return f"{passed / _MINUTE:.0f} min"
    return f"{passed / _HOUR:.0f} h" if passed < 2 * _DAY else f"{passed / _DAY:.0f} d"


def _decimal(value: Decimal, *, at_least: int, significant: int) -> str:
    """Digits after the point: `at_least`, or as many as show `significant` digits, without idle zeros."""
    digits = at_least if value == 0 else max(at_least, significant - 1 - value.adjusted())
    whole, _, rest = f"{value:.{digits}f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(at_least, '0')}"
