"""Sorts the tokens of a name into parts.

The words below say how a model is served, sold, tuned or set to think. They are ordinary words of the
trade, not names: what is not among them is part of the model's name.
"""

from __future__ import annotations

import re

from pointsman.catalog.identity.tokens import Token, TokenKind

_THINKS = frozenset({"thinking", "think", "reasoning", "reasoner"})
_DENIES = "nonreasoning"
_EFFORTS = frozenset({"none", "minimal", "low", "high", "xhigh"})
_GLUED = re.compile(rf"({'|'.join([*_EFFORTS, 'medium', 'max'])})(?:{'|'.join(_THINKS)})")
_SHARED_EFFORTS = frozenset({"medium", "max"})  # also names of sizes; the place decides
_STAGES = {
    "preview": "preview",
    "prev": "preview",
    "exp": "exp",
    "experimental": "exp",
    "beta": "beta",
    "alpha": "alpha",
    "rc": "rc",
}
TUNINGS = {"instruct": "instruct", "it": "instruct", "chat": "chat", "hf": "", "base": "base"}
_OFFERS = frozenset(
    {
        "free",
        "batch",
        "flex",
        "priority",
        "nitro",
        "floor",
        "exacto",
        "extended",
        "online",
        "tee",
        "maas",
        "highspeed",
        "basic",
    }
)
# Another model or faster serving of the same; the place decides.
_SERVING = frozenset({"turbo", "fast", "instant", "versatile", "specdec"})
EFFORTS = _EFFORTS | _SHARED_EFFORTS
"""Words for how hard a model thinks."""
SERVING = frozenset({"fast", "highspeed", "lightning", "express"})
"""Words for faster serving, which are also names; between models released on one day they are serving."""
_NOISE = frozenset(
    {"latest", "default", "adaptive", "fc", "prompt", "effort", "tokens", "with", "the", "api"}
)

_NO_NAMES = EFFORTS | _THINKS | _OFFERS | _SERVING | _NOISE | {_DENIES, *_STAGES, *TUNINGS}


class NameParser:
    """Sorts tokens into parts; the place of a token decides where its word alone cannot."""

    def __init__(self, found: list[Token], offer: set[str]) -> None:
        self.words: list[str] = []
        self.version: list[str] = []
        self.sizes: list[str] = []
        self.offer = offer
        self.revision = self.stage = self.tuning = self.effort = ""
        self.reasoning: bool | None = None
        self.remarks: set[str] = set()
        self._found = found
        for place, token in enumerate(found):
            self._read(place, token)

    def _read(self, place: int, token: Token) -> None:
        if token.kind is TokenKind.WORD:
            self._word(place, token)
        elif token.kind is TokenKind.NUMBER:
            self._number(place, token)
        elif token.kind is TokenKind.SIZE:
            self.sizes.append(token.text)
        elif token.kind is TokenKind.QUANT:
            self.offer.add(token.text)
        elif token.kind is TokenKind.WINDOW:
            self._window(place, token)

    def _before(self, place: int) -> Token | None:
        return self._found[place - 1] if place else None

    def _follows_word(self, place: int) -> bool:
        """Whether a family or variant word still follows: a mode word before one is a part of the name."""
        return any(
            token.kind is TokenKind.WORD and not token.aside and token.text not in _NO_NAMES
            for token in self._found[place + 1 :]
        )

    def _window(self, place: int, token: Token) -> None:
        """A budget of thinking after a mode word or a date, else a size of the context window."""
        around = [self._before(place), *self._found[place + 1 : place + 2]]
        budget = any(near and (near.text in _THINKS or near.kind is TokenKind.DATE) for near in around)
        if budget:
            self.effort, self.reasoning = token.text, True
        else:
            self.offer.add(token.text)

    def _number(self, place: int, token: Token) -> None:
        text, before = _trim(token.text), self._before(place)
        if before and before.text in _STAGES and len(token.text) == 1 and not token.v:
            return  # ``beta1``: which beta it was
        if len(token.text) == 3 and token.text.startswith("0"):  # noqa: PLR2004 (001, 002 …)
            self.revision = token.text
        elif token.v and self.words and (self.version or self.sizes or text == "1") and self._last(place):
            self.revision = text
        elif not token.aside and not (self._counts_assets(before, token) and self._last(place)):
            self.version.append(text)

    def _last(self, place: int) -> bool:
        """Whether no number, family or variant word follows."""
        return not self._follows_word(place) and not any(
            later.kind is TokenKind.NUMBER and not later.aside for later in self._found[place + 1 :]
        )

    @staticmethod
    def _counts_assets(before: Token | None, token: Token) -> bool:
        """A whole number at the end, after a date, size or tuning, is the host's own count of its asset."""
        if before is None or token.v or "." in token.text:
            return False
        return before.kind in {TokenKind.DATE, TokenKind.SIZE} or before.text in TUNINGS

    def _word(self, place: int, token: Token) -> None:
        word, before = token.text, self._before(place)
        if word not in _NO_NAMES and "think" not in word and "reason" not in word:
            self._name_word(token)  # as most are
        elif word == _DENIES or (word.startswith("non") and word[3:] in _THINKS):
            self.reasoning = False
        elif word in _THINKS and (token.aside or not self._follows_word(place)):
            self.reasoning = True
        elif word in _EFFORTS or (word in _SHARED_EFFORTS and self._is_effort(place, token)):
            self.effort = word
        elif word in _STAGES:
            self.stage = _STAGES[word]
        elif word in TUNINGS and not self._is_variant(word, token.aside):
            self.tuning = self.tuning or TUNINGS[word]
        elif word in _OFFERS or (word in _SERVING and self._is_serving(token, before)):
            self.offer.add(word)
        elif glued := _GLUED.fullmatch(word):
            self.reasoning, self.effort = True, glued[1]
        elif word not in _NOISE:
            self._name_word(token)

    def _name_word(self, token: Token) -> None:
        """Take a word for a part of the model's name."""
        if token.aside and token.text == "v":
            return
        self.words.append(token.text)
        if token.aside:
            self.remarks.add(token.text)

    def _is_effort(self, place: int, token: Token) -> bool:
        before = self._before(place)
        after = self._found[place + 1] if place + 1 < len(self._found) else None
        near_mode = bool(before and (before.text in _THINKS or before.text == _DENIES))
        return (
            token.aside
            or near_mode
            or bool(after and after.text == "effort")
            or (token.text == "medium" and bool(self.version))
        )

    def _is_variant(self, word: str, aside: bool) -> bool:
        """``chat`` after a version and without a size is a model of its own (``x-5-chat``)."""
        sized = any(token.kind is TokenKind.SIZE for token in self._found)
        return word == "chat" and not aside and bool(self.version) and not sized

    @staticmethod
    def _is_serving(token: Token, before: Token | None) -> bool:
        """After a size, a tuning, a mode or a quantisation, or set aside: a way of serving."""
        return token.aside or bool(
            before
            and (
                before.kind in {TokenKind.SIZE, TokenKind.QUANT}
                or before.text in TUNINGS
                or before.text in _THINKS
            )
        )


def _trim(number: str) -> str:
    """``2.0`` is 2, ``01`` is 1."""
    if number[0] != "0" and ".0" not in number:
        return number
    parts = [str(int(part)) for part in number.split(".")]
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return ".".join(parts)
