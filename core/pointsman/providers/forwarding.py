"""Passing a caller's own bytes on: only the model's name is exchanged, found and sliced in the text.

The body is JSON (RFC 8259) and stays what it was to the last byte around that name: fields nobody here knows,
their order, their spaces and the spelling of their numbers. Parsing and writing it again would change some.
"""

from __future__ import annotations

import re
from itertools import islice

import orjson

from pointsman.errors import InvalidRequestError

# Possessive, so that a string of any length is read once; everything else that matters is one byte.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]', re.DOTALL)
_FIELD = re.compile(rb'"model"[ \t\r\n]*:[ \t\r\n]*("(?:[^"\\]++|\\.)*+")?', re.DOTALL)
_NAME = "model"


def with_model(body: bytes, model: str) -> bytes:
    """`body` with `model` as the value of its top-level field ``model``; added where there is none.

    A name that is written twice is exchanged twice: readers differ in which of the two they believe.

    Raises:
        InvalidRequestError: `body` is no JSON object.
    """
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise InvalidRequestError("the body is JSON, but no object")
    name = orjson.dumps(model)
    if _NAME not in parsed:
        opening = body.index(b"{") + 1
        comma = b"," if parsed else b""
        return b"".join((body[:opening], b'"model":', name, comma, body[opening:]))
    pieces, done = [], 0
    for start, end in _only_value(body) or _values(body):
        pieces += [body[done:start], name]
        done = end
    return b"".join((*pieces, body[done:]))


def _only_value(body: bytes) -> list[tuple[int, int]]:
    """Where the value stands if the name is written once in the whole body; empty where that is not sure.

    The common case, at the speed of a search. Inside a string the name's quotes would be escaped, and where
    no character is written by its number the name cannot be spelled another way.
    """
    if b"\\u" in body:
        return []
    found = list(islice(_FIELD.finditer(body), 2))
    return [found[0].span(1)] if len(found) == 1 and found[0][1] is not None else []


def _values(body: bytes) -> list[tuple[int, int]]:
    """Where the values of the top-level fields called ``model`` stand, spaces not included."""
    found: list[tuple[int, int]] = []
    depth, text, start = 0, b"", -1
    for token in _TOKENS.finditer(body):
        sign = token[0]
        if sign in b"{[":
            depth += 1
        elif sign in b"}]":
            depth -= 1
        elif depth == 1 and sign == b":" and start < 0 and orjson.loads(text) == _NAME:
            start = token.end()
        elif depth == 1 and len(sign) > 1:
            text = sign
        if start >= 0 and (depth == 0 or (depth == 1 and sign == b",")):
            value = body[start : token.start()]
            end = token.start() - (len(value) - len(value.rstrip()))
            found.append((start + len(value) - len(value.lstrip()), end))
            start = -1
    return found
