"""The body of a refusal: the few facts that matter, wherever a dialect puts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from attrs import field, frozen

from pointsman.types.secrets import redact

_LONGEST_TEXT = 4_000  # characters of one message that are looked at
_LONGEST_WHOLE = 16_000  # of all messages together: a megabyte of them would take 50 ms to search
_LONGEST_DETAIL = 500
_DEEPEST = 12  # levels; real error objects have seven
_MOST_NODES = 200
_CODE_FIELDS = frozenset(
    {"code", "type", "status", "reason", "error_type", "limit_source", "quotaid", "finish_reason"}
)
_TEXT_FIELDS = frozenset(
    {"message", "msg", "detail", "error", "raw", "title", "description", "error_description"}
)
_DELAY_FIELDS = frozenset({"retrydelay", "retry_after", "retry_after_seconds"})
_PARAMETER_FIELDS = frozenset({"param", "loc", "field"})
_WHERE = frozenset({"body", "query", "header", "path"})  # begins a ``loc``, before the field
_NAME = r"[A-Za-z_][\w.\[\]-]{1,80}"
_FIELDS = (
    r"temperature|top_?[pk]|seed|stop|stop_?sequences|max_?(?:completion_|output_)?tokens"
    r"|reasoning_?effort|(?:frequency|presence)_penalty|logit_bias|(?:top_)?logprobs"
    r"|parallel_tool_calls|service_tier|stream_options"
)
# "Unknown parameter: 'x'" · "Unrecognized request argument supplied: x" · "Unsupported value: 'x' does not …"
# "`x` must be positive" · "does not support the x field" · "x: range 0 to 1"
_NAMED = (
    rf"(?i)\b(?:parameter|argument|field|property|keyword|value|name)s?\b[^'\"`.:;]{{0,30}}[:\s]\s?['\"`]({_NAME})['\"`]",
    rf"(?i)\b(?:parameter|argument|field)s?\b[^'\"`.:;]{{0,30}}:\s?({_NAME})",
    rf"['\"`]({_NAME})['\"`]:? (?:must|should|is|was|does|are|may|can|cannot|only)\b",
    rf"(?i)\bthe ({_NAME}) (?:field|parameter|argument|property)\b",
    r"^([a-z]\w*(?:[.\[]\w+\]?)*): ",
    rf"(?i)['\"`\[]({_NAME})['\"`\]]+ (?:parameter|field|argument|property|option)s?\b",
    rf"(?i)\b(?:parameter|argument|field|key)s?:? \[['\"]?({_NAME})['\"]?\]",
    # Without a mark around it only what dialects call their own fields, beside a word of refusal.
    rf"(?i)\b({_FIELDS})\b[^.;]{{0,40}}?\b(?:not|unsupported|deprecated|cannot|only)\b",
    rf"(?i)(?:\bnot|n't|unsupported|invalid|deprecated)\b[^.;]{{0,40}}?\b({_FIELDS})\b",
)
_NO_NAME = r"(?i)error|invalid|request|failed|exception|warning|detail|message\b|^(?:required|following)$"
_TITLE = r"(?i)<title[^>]*>([^<]{1,200})"
_UNPRINTABLE = r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+|\s+"


@frozen
class ErrorBody:
    """What the body of one refusal says.

    Attributes:
        text: Every sentence of the body, lower-case.
        codes: Every code, type and reason, lower-case (``invalid_api_key``).
        detail: The provider's message: redacted, printable, shortened.
        parameter: The field of the request at fault, as the provider writes it; empty when it does not say.
        delays: Durations in fields of their own.
        headers: Rate-limit headers an intermediary passed on inside the body, lower-case.
        number: A status inside the body; None when there is none.
    """

    text: str
    codes: frozenset[str]
    detail: str
    parameter: str = ""
    delays: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(factory=dict)
    number: int | None = None


def parse_body(body: bytes) -> ErrorBody:
    """The facts of a body, whatever its content-type claims."""
    try:
        parsed = orjson.loads(body)
    except ValueError:
        parsed = _first_event(body)
        if parsed is None:
            return _parse_text(body)
    return parse_object(parsed)


def _first_event(body: bytes) -> Any:
    """The first object of a body that was written as events; None where it was not."""
    for line in body[:_LONGEST_WHOLE].splitlines():
        if line.startswith(b"data:"):
            try:
                return orjson.loads(line[5:])
            except ValueError:
                return None
    return None


def _parse_text(body: bytes) -> ErrorBody:
    text = body[:_LONGEST_TEXT].decode("utf-8", "replace")
    if text.lstrip()[:1] == "<":
        title = re.search(_TITLE, text)
        text = "an HTML page" + (f": {title.group(1)}" if title else "")
    return ErrorBody(
        text=text.lower(), codes=frozenset(), detail=presentable(text), parameter=_named_in(text)
    )


def parse_object(parsed: object) -> ErrorBody:
    """The facts of an error object: a dict, a list of them, or a bare string."""
    texts: list[str] = []
    codes: set[str] = set()
    delays: list[str] = []
    headers: dict[str, str] = {}
    parameter, number = "", None
    for key, value in _walk(parsed):
        name = key.lower()
        if isinstance(value, str):
            if name in _TEXT_FIELDS or not name:
                texts.append(value[:_LONGEST_TEXT])
            if name in _CODE_FIELDS:
                codes.add(value[:100].lower())
            if name in _PARAMETER_FIELDS and value not in _WHERE:
                parameter = parameter or value[:100]
            if "ratelimit" in name or "retry-after" in name:
                headers[name] = value
        if name in _DELAY_FIELDS and isinstance(value, str | int | float):
            delays.append(str(value))
        if name in {"code", "status", "status_code"} and number is None:
            number = _status(value)
    detail = presentable(" · ".join(dict.fromkeys(text for text in texts if text.strip())))
    return ErrorBody(
        " ".join(texts)[:_LONGEST_WHOLE].lower(),
        frozenset(codes),
        detail,
        parameter or _named_in(texts[0] if texts else ""),
        tuple(delays),
        headers,
        number,
    )


def _named_in(sentence: str) -> str:
    """The parameter a sentence names; empty where it names none."""
    for pattern in _NAMED:
        found = re.search(pattern, sentence[:_LONGEST_DETAIL])
        if found and not re.search(_NO_NAME, found.group(1)):
            return found.group(1)
    return ""


def _walk(node: object) -> Iterator[tuple[str, Any]]:
    """Every leaf and its key, level by level, so that the outermost message comes first."""
    level: list[tuple[str, object]] = [("", node)]
    left = _MOST_NODES
    for _ in range(_DEEPEST):
        below: list[tuple[str, object]] = []
        for key, value in level:
            left -= 1
            if left < 0:
                return
            if isinstance(value, Mapping):
                below += [(str(name), each) for name, each in value.items()]
            elif isinstance(value, list):
                below += [(key, each) for each in value]
            else:
                yield key, value
        level = below


def _status(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == len("429"):
        value = int(value)
    if isinstance(value, int) and 400 <= value <= 599:  # noqa: PLR2004 - the range of HTTP's error statuses
        return value
    return None


def presentable(text: str) -> str:
    """A message that may be shown: no key, no control characters, no more than a paragraph."""
    clean = re.sub(_UNPRINTABLE, " ", redact(text[: 2 * _LONGEST_TEXT])).strip()
    return clean if len(clean) <= _LONGEST_DETAIL else clean[: _LONGEST_DETAIL - 1] + "…"
