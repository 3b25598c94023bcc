"""The nearest known names to a name nobody knows."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 2) -> tuple[str, ...]:
    """Up to `most` of `known` that look like `name`, best first."""
    import difflib

    candidates = {each.lower(): each for each in sorted(known)}
    found = difflib.get_close_matches(name.lower(), candidates, n=most, cutoff=0.6)
    return tuple(candidates[each] for each in found)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing when nothing comes near."""
    found = nearest(name, known)
    return f" (did you mean {' or '.join(repr(each) for each in found)}?)" if found else ""
