"""A total that is not what its parts add up to."""

from __future__ import annotations


def fitted(
    given: int | None, produced: int | None, total: int | None, cached: int, reasoning: int
) -> tuple[int | None, int | None, bool]:
    """Input and output that hold their parts and make up the total; and whether that took a guess.

    Parts that a provider counts beside their whole are added to it where the total, or their size, says so. A
    total that is larger still counts what nobody named: it is taken for output, the dearer side.

    Args:
        given: Input as counted.
        produced: Output as counted.
        total: Of both; None where nobody says.
        cached: Input that a cache served or stored.
        reasoning: Output spent on reasoning.
    """
    if given is None and produced is None:
        return None, None, False
    if given is None or produced is None:
        stated = (given or 0) + (produced or 0)
        rest = None if total is None or total < stated else total - stated
        return (rest, produced, False) if given is None else (given, rest, False)
    beside = 0 if total is None else total - given - produced
    if total is None or beside < 0:
        more = cached if cached > given else 0, reasoning if reasoning > produced else 0
        return given + more[0], produced + more[1], any(more) or beside < 0
    for more in ((0, reasoning), (cached, 0), (cached, reasoning)):
        if sum(more) == beside:
            return given + more[0], produced + more[1], False
    return given, produced + beside, beside > 0
