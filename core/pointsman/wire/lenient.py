"""JSON from servers that are not strict: what can be used of it is read.

RFC 8259 allows escapes of half a character (section 8.2), and leaves it to readers what to make of them; a
byte order mark may be skipped (section 8.1). ``NaN``, ``Infinity`` and line ends inside of texts are no JSON,
but written all the same. An answer that holds any of this was paid for: it is read, numbers that are none as
None, halves without their other half as U+FFFD. No text that comes from here is without an encoding.
"""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

Text = bytes | bytearray | memoryview | str
Place = tuple[str | int, ...]

_HALF = r"[\ud800-\udfff]"
_FIRST_HALVES = ("\ud800", "\udbff")


def loads(text: Text) -> Any:
    """`text` parsed; a strict parser has the first word.

    Raises:
        ValueError: It is no JSON, nor an object of the lenient kind.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return Halves().lenient(text)


class Halves:
    """Parses the texts of one stream, and joins characters that were cut in two between them.

    The halves of a pair come at the same place of two texts; the first is held until the second is there.
    """

    __slots__ = ("_held", "_holds")

    def __init__(self) -> None:
        self._held: dict[Place, str] = {}
        self._holds = False

    def loads(self, text: Text) -> Any:
        """The next text parsed.

        Raises:
            ValueError: As for `loads`.
        """
        if not self._held:
            try:
                return orjson.loads(text)
            except orjson.JSONDecodeError:
                pass
        self._holds = True
        return self.lenient(text)

    def lenient(self, text: Text) -> dict[str, Any]:
        """An object that a strict parser does not read.

        Raises:
            ValueError: It is none.
        """
        import json

        if not isinstance(text, str):
            text = bytes(text).decode("utf-8", "replace")
        try:
            value = json.loads(
                text.lstrip("\ufeff"), parse_constant=_nothing, parse_float=_finite, strict=False
            )
            if not isinstance(value, dict):
                raise ValueError("no JSON object")  # noqa: TRY004 (what all parsers raise)
            return {_encodable(name): self._repaired(inner, (name,)) for name, inner in value.items()}
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def _repaired(self, value: Any, place: Place) -> Any:
        if isinstance(value, str):
            return self._joined(value, place)
        if isinstance(value, dict):
            return {_encodable(name): self._repaired(inner, (*place, name)) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._repaired(inner, (*place, number)) for number, inner in enumerate(value)]
        return value

    def _joined(self, text: str, place: Place) -> str:
        if not text:
            return text
        if self._held:
            text = self._held.pop(place, "") + text
        if self._holds and _FIRST_HALVES[0] <= text[-1] <= _FIRST_HALVES[1]:
            self._held[place] = text[-1]
            text = text[:-1]
        return _encodable(text)


def _encodable(text: str) -> str:
    """`text` with its pairs joined, and U+FFFD for every half alone."""
    if re.search(_HALF, text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _nothing(_name: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
