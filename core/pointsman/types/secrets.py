"""A value that must never be shown, and the masking of everything that might show it."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import NoReturn

_PLACEHOLDER = "[redacted]"
_SHORTEST = 6  # shorter values would mask ordinary words
_LOOKS: tuple[tuple[tuple[str, ...], str], ...] = (
    # Authorization headers
    (("bearer", "basic"), r"\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    # the field's usual key prefixes
    (
        ("sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "xai-", "xai_", "hf-", "hf_", "key-", "key_"),
        r"\b(?:sk|pk|rk|gsk|xai|hf|key)[-_][A-Za-z0-9_-]{12,}",
    ),
    (("aiza",), r"\bAIza[A-Za-z0-9_-]{20,}"),
    # JSON web tokens
    (("eyj",), r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    # the header, as headers and reprs write it
    (("x-api-key",), r"""(?<=x-api-key)(?:["']?\s*[:=,]\s*["']?)[^\s"',&]{4,}"""),
    # and keys in a query
    (("key=",), r"""(?<=[?&]key=)[^&\s"']{4,}"""),
    (("api_key=",), r"""(?<=[?&]api_key=)[^&\s"']{4,}"""),
    (("access_token=",), r"""(?<=[?&]access_token=)[^&\s"']{4,}"""),
)
"""What keys look like, each with texts of which every match holds one: most text holds none of them."""
_BLANK = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""Spaces, line ends, and characters without width."""
_QUOTES = (*zip("\"'`", "\"'`", strict=True), "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u00ab\u00bb")
# Longest first, so that a key that is part of another leaves no remainder; replaced whole, so that another
# thread may walk it meanwhile.
_known: tuple[str, ...] = ()


def _remember(value: str) -> None:
    from urllib.parse import quote

    global _known  # noqa: PLW0603 - the one registry of what must never be shown
    forms = {value, value.strip(), quote(value, safe="")}
    found = {form for form in forms if len(form) >= _SHORTEST}
    _known = tuple(sorted({*_known, *found}, key=lambda form: (-len(form), form)))


def bare(text: str) -> str:
    """A key, or several separated by commas, without what came along when it was copied.

    That is: blanks of any kind, line ends, byte order marks and quotation marks around it.
    """
    whole = _bare(text)
    return ",".join(map(_bare, whole.split(","))) if "," in whole else whole


def _bare(text: str) -> str:
    text = text.strip(_BLANK)
    for first, last in _QUOTES:
        inner = text[1:-1]
        if len(text) > 1 and text[0] == first and text[-1] == last and not {first, last} & set(inner):
            return inner.strip(_BLANK)
    return text


def unusable(key: str) -> str:
    """Why a key cannot be sent in a header, without showing it; empty where it can."""
    wrong = next((letter for letter in key if not " " <= letter <= "~"), "")
    if not wrong:
        return ""
    return f"a key is one line of printable ASCII, and this one holds U+{ord(wrong):04X}; copy it again"


class Secret:
    """A key. Shows only a fingerprint; cannot be pickled; every value made is masked by `redact`.

    Blanks, line ends and quotation marks around it are none of it: see `bare`.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = bare(value)
        _remember(value)
        if self._value != value:
            _remember(self._value)

    def reveal(self) -> str:
        """The value itself; call it only where it goes on the wire."""
        return self._value

    @property
    def fingerprint(self) -> str:
        """First eight hex digits of its SHA-256: tells two keys apart without telling either."""
        return "sha256:" + hashlib.sha256(self._value.encode()).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"Secret({self.fingerprint})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")


def redact(text: str) -> str:
    """`text` with every known secret value, and everything that looks like one, masked."""
    for value in _known:
        if value in text:
            text = text.replace(value, _PLACEHOLDER)
    lowered = text.lower()
    for hints, pattern in _LOOKS:
        if any(hint in lowered for hint in hints):
            text = _compiled(pattern).sub(_PLACEHOLDER, text)
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
