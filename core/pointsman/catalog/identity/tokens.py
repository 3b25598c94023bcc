"""A model name cut into tokens, by rules about how names are written.

Nothing here knows a model: a token is a word, a number, a size (``30b``, ``a3b``, ``8x7b``, ``16e``), a
window (``32k``), a quantisation (``fp8``) or the place of a date.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from attrs import frozen

from pointsman.catalog.identity.dates import MARK, Day, take


class TokenKind(Enum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    SIZE = "size"
    WINDOW = "window"
    QUANT = "quantisation"
    DATE = "date"


@frozen
class Token:
    """One piece of a name.

    Attributes:
        text: Lower case.
        kind: What it is.
        aside: Whether it stands in parentheses or after a colon, where offers and modes are written.
        v: For numbers: whether a ``v`` stands before it.
    """

    text: str
    kind: TokenKind
    aside: bool = False
    v: bool = False


_SIZE = re.compile(r"(?:a|e)?\d+(?:\.\d+)?b|\d+x\d+(?:\.\d+)?b|\d+(?:\.\d+)?[met]")
_GLUED_SIZE = re.compile(r"([a-z]+)(\d+(?:\.\d+)?b)")
_WINDOW = re.compile(r"\d+k")
_QUANT = re.compile(
    r"(?:nv|mx)?fp\d+|bf16|bfloat16|int[48]|awq|gptq|gguf|mlx|w\d+a\d+|[i]?q\d+(?:_\w+)?|\d+bit"
)
_P_VERSION = re.compile(r"([a-z]*)(\d+)p(\d+)")
_PIECES = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_CHUNKS = re.compile(rf"{MARK}|[^\W_]+(?:\.\d+[^\W_]*)*", re.ASCII)
_POWERS = {str(2**power) for power in range(11, 21)}  # a bare 8192 or 32768 is a context window


def tokenize(name: str) -> tuple[list[Token], Day | None]:
    """The tokens of a folded name, in order, and the date it writes."""
    text, day = take(name)
    asides = [part for match in _ASIDE.finditer(text) for part in match.groups() if part]
    head, *tail = (_ASIDE.sub(" ", text) if asides else text).split(":")
    found = _merge([token for chunk in _CHUNKS.findall(head) for token in _cut(chunk)])
    for aside in (*tail, *asides):
        cut = _merge([token for chunk in _CHUNKS.findall(aside) for token in _cut(chunk)])
        found += [Token(token.text, token.kind, aside=True, v=token.v) for token in cut]
    return found, day


@lru_cache(maxsize=16384)
def _cut(chunk: str) -> tuple[Token, ...]:
    """One run of letters and digits as tokens."""
    if chunk == MARK:
        return (Token(chunk, TokenKind.DATE),)
    for pattern, kind in ((_SIZE, TokenKind.SIZE), (_WINDOW, TokenKind.WINDOW), (_QUANT, TokenKind.QUANT)):
        if pattern.fullmatch(chunk):
            return (Token(chunk, kind),)
    if chunk in _POWERS:
        return (Token(chunk, TokenKind.WINDOW),)
    if match := _GLUED_SIZE.fullmatch(chunk):
        return Token(match[1], TokenKind.WORD), Token(match[2], TokenKind.SIZE)
    if match := _P_VERSION.fullmatch(chunk):
        chunk = f"{match[1]}{match[2]}.{match[3]}"
    pieces = _PIECES.findall(chunk)
    found: list[Token] = []
    for place, piece in enumerate(pieces):
        number = piece[0].isdigit()
        after_v = place > 0 and pieces[place - 1] == "v"
        if piece == "v" and place + 1 < len(pieces):
            continue
        found.append(Token(piece, TokenKind.NUMBER if number else TokenKind.WORD, v=number and after_v))
    return tuple(found)


def _merge(found: list[Token]) -> list[Token]:
    """``4``, ``5`` in a row is the version 4.5."""
    merged: list[Token] = []
    for token in found:
        last = merged[-1] if merged else None
        if (
            last
            and last.kind is token.kind is TokenKind.NUMBER
            and not token.v
            and len(last.text) == 1
            and len(token.text) == 1
        ):
            merged[-1] = Token(f"{last.text}.{token.text}", last.kind, last.aside, last.v)
        else:
            merged.append(token)
    return merged
