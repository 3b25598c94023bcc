"""Which sizes of calls make a difference to who may be chosen; those between two share a choice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from attrs import frozen

from pointsman.types import Candidate

_BITS = 3


@frozen
class Sizes:
    """The context windows of one catalog.

    Attributes:
        windows: Each once, smallest first.
    """

    windows: tuple[int, ...] = ()

    @classmethod
    def of(cls, candidates: Iterable[Candidate]) -> Sizes:
        """Of these candidates."""
        return cls(tuple(sorted({each.context_window for each in candidates if each.context_window})))

    def window(self, tokens: int) -> int:
        """The largest prompt that fits the same windows as one of so many tokens.

        The smallest window that holds it; 0 when every window does, and one more than the largest when none.
        """
        place = bisect_left(self.windows, tokens)
        if place == 0:
            return 0
        return self.windows[place] if place < len(self.windows) else self.windows[-1] + 1


def rounded_down(tokens: int) -> int:
    """`tokens` to three binary digits, at most an eighth less: calls of about one size share a choice."""
    shift = max(tokens.bit_length() - _BITS, 0)
    return tokens >> shift << shift
