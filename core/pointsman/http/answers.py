"""What came back: a whole answer, or one that is still arriving."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from pointsman.errors import ResponseError
from pointsman.types.secrets import redact
from pointsman.wire.lenient import loads

_BOM = b"\xef\xbb\xbf"
_SHOWN = 120  # characters of a body that is not JSON, for the message
_LONGEST_INTEGER = 400  # digits; a float ends at 309, and Python's own parser is quadratic
_LARGEST_EXPONENT = 10_000  # a Decimal with a larger one takes for ever to become an integer


@frozen
class Answer:
    """A whole answer; satisfies `pointsman.protocols.HttpAnswer`.

    Attributes:
        status: 200 to 299, or one of the statuses the caller accepts.
        headers: Lower-case names; a name that came several times has its values joined with ``", "``.
        body: Decoded from any content-encoding.
    """

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = field(default=b"", repr=False)

    def json(self, *, exact: bool = False) -> Any:
        """The parsed body; see `pointsman.wire.lenient` for what is read although it is not quite JSON.

        Args:
            exact: Read numbers with a fraction as `Decimal`; use it wherever money is read. Slower, and
                strict.

        Raises:
            ResponseError: The body is empty, is not JSON, is nested too deeply, or (when `exact`) holds NaN,
                Infinity or a number of hundreds of digits.
        """
        body = self.body.removeprefix(_BOM)
        try:
            return _exact(body) if exact else loads(body)
        except (ValueError, RecursionError) as error:
            raise ResponseError(_complaint(body), status=self.status, maybe_billed=True) from error


def _exact(body: bytes) -> Any:
    import json

    return json.loads(body, parse_float=_decimal, parse_int=_integer, parse_constant=_refuse)


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("a number with an absurd exponent")
    return value


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("a number of hundreds of digits")
    return int(text)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _complaint(body: bytes) -> str:
    if not body.strip():
        return "the answer is empty where JSON was expected"
    start = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    shown = redact(start)[:_SHOWN]
    return f"the answer is not usable JSON; it begins with {shown!r}"
