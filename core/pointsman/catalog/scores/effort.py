"""How much a model gains when its reasoning effort is raised.

A model measured in several modes is one model: what it was measured to be in one mode says what to expect of
it in another, once the usual gain from one setting to the other is known. The gain is fitted to today's
models that were measured in more than one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from pointsman.catalog.identity.name import Mode

PLAIN = "plain"
"""The setting of a name that states none."""

_LOW = frozenset({"none", "minimal", "low"})
_UNSTATED = frozenset({"", "auto", "adaptive"})
_PULL = 5.0  # so many imagined models gain nothing
_PASSES = 3


def setting(mode: Mode) -> str:
    """``off``, ``low``, ``medium``, ``high``, ``on`` (thinking, no effort stated) or `PLAIN`."""
    if mode.reasoning is False:
        return "off"
    if mode.effort in _UNSTATED:
        return "on" if mode.reasoning else PLAIN
    if mode.effort in _LOW:
        return "low"
    return "medium" if mode.effort == "medium" else "high"


def gains(groups: Sequence[Sequence[tuple[str, float]]], start: Mapping[str, float]) -> Mapping[str, float]:
    """Mean gain of each setting over the plain one, in units of ability.

    Args:
        groups: Of each model measured in several modes, the settings and the abilities.
        start: The gains of the round before.

    An additive model of model and setting, by alternating means (backfitting: Breiman and Friedman 1985).
    """
    found = dict(start)
    for _ in range(_PASSES):
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, _PULL])
        for group in groups:
            middle = fmean(ability - found.get(name, 0.0) for name, ability in group)
            for name, ability in group:
                sums[name][0] += ability - middle
                sums[name][1] += 1.0
        found = {name: total / count for name, (total, count) in sums.items()}
    plain = found.get(PLAIN, 0.0)
    return {name: gain - plain for name, gain in found.items()}
