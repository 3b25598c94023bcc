"""Do two names mean the same model? Part by part, with evidence and a confidence.

A wrong join is worse than none, so a difference in any part that tells models apart says `different`, and
where names cannot decide the answer is `unsure`.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from attrs import frozen

from pointsman.catalog.dates import Agreement, compare
from pointsman.catalog.identity import Identity, Mode

SURE = 0.7
"""Confidence from which two names are taken for the same model."""

NO_MAKERS: frozenset[str] = frozenset()


class Verdict(StrEnum):
    """What two names say about each other."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@frozen
class Match:
    """The comparison of two names.

    Attributes:
        verdict: Same model, with modes that do not contradict each other.
        confidence: 0 to 1 that they are.
        evidence: What was compared, in words.
        mode_only: Same model, contradicting modes: a price may be joined, a score may not.
        offer_differs: Same model served or sold in another way: a score may be joined, a price may not.
    """

    verdict: Verdict
    confidence: float
    evidence: str
    mode_only: bool = False
    offer_differs: bool = False


def match(one: Identity, two: Identity, makers: frozenset[str] = NO_MAKERS, *, listed: bool = False) -> Match:
    """Compare two names.

    Args:
        one: A parsed name.
        two: The other.
        makers: Plain names of makers and hosts met in today's data; such a word at the head of a name
            (``databricks-…``) is no part of it.
        listed: Whether `one` is a provider's id and `two` a row of a source. What the id leaves open is then
            open; between two ids of one list, or two rows of leaderboards, it usually means another model or
            mode.
    """
    hard = _differs(one, two, makers)
    if hard:
        return Match(Verdict.DIFFERENT, 0.0, hard)
    confidence, doubts = _doubts(one, two, listed=listed)
    clash = modes_clash(one.mode, two.mode)
    evidence = "; ".join(["words, version and size agree", *doubts])
    offer = one.offer != two.offer
    if confidence < SURE:
        return Match(Verdict.UNSURE, confidence, evidence, offer_differs=offer)
    if clash:
        return Match(Verdict.DIFFERENT, 0.0, f"{evidence}; {clash}", mode_only=True, offer_differs=offer)
    return Match(Verdict.SAME, confidence, evidence, offer_differs=offer)


def modes_clash(one: Mode, two: Mode) -> str:
    """How two modes contradict each other, both being stated; empty when they do not."""
    if one.reasoning is not None and two.reasoning is not None and one.reasoning != two.reasoning:
        return "one reasons, the other does not"
    if one.effort and two.effort and one.effort != two.effort:
        return f"effort {one.effort} against {two.effort}"
    for left, right in ((one, two), (two, one)):
        if left.effort and left.reasoning is None and right.reasoning is False and not right.effort:
            return "an effort against no reasoning"
    return ""


def _editions(one: Identity, two: Identity) -> bool:
    """Whether `one` is an instruct and `two` a thinking edition; they are released beside each other."""
    return (
        one.tuning == "instruct"
        and not one.mode.stated
        and two.mode.reasoning is True
        and two.tuning != "instruct"
    )


def _differs(one: Identity, two: Identity, makers: frozenset[str]) -> str:
    """The first part that tells the two apart; empty when none does."""
    versions = one.version == two.version or (one.version and two.version and one.digits == two.digits)
    sizes = not (one.sizes and two.sizes) or one.sizes <= two.sizes or two.sizes <= one.sizes
    extra = () if not versions or not sizes else sorted(_extra_words(one, two, makers))
    checks = (
        (one.composite or two.composite, "a name of several models"),
        (
            not versions,
            f"version {'+'.join(one.version) or 'none'} against {'+'.join(two.version) or 'none'}",
        ),
        (not sizes, f"size {'-'.join(sorted(one.sizes))} against {'-'.join(sorted(two.sizes))}"),
        (extra, f"words {' '.join(extra)} on one side only"),
        (one.tuning != two.tuning and "base" in {one.tuning, two.tuning}, "a base model against a tuned one"),
        (one.revision and two.revision and one.revision != two.revision, "another revision"),
        (compare(one.day, two.day) is Agreement.DIFFERENT, "another date"),
        (_editions(one, two) or _editions(two, one), "an instruct and a thinking edition"),
    )
    return next((why for differs, why in checks if differs), "")


def _extra_words(one: Identity, two: Identity, makers: frozenset[str]) -> set[str]:
    """Words that only one side has and that are not the maker's or host's name."""
    if "".join(one.words) == "".join(two.words):
        return set() if one.words or set(one.prefix) & set(two.prefix) else {"(none)"}
    left, right = Counter(one.words), Counter(two.words)
    rest = _unexplained(one, left - right, two, makers) | _unexplained(two, right - left, one, makers)
    common = set(left & right)
    if not rest and not common and not (set(one.words) & set(two.prefix) or set(two.words) & set(one.prefix)):
        return set(one.words) | set(two.words)
    return rest


def _unexplained(side: Identity, extra: Counter[str], other: Identity, makers: frozenset[str]) -> set[str]:
    """`extra` without the words that repeat a prefix of either side or a maker's name at the head."""
    if not extra:
        return set()
    around = {*side.prefix, *other.prefix}
    rest = set(extra) - around
    for length in range(1, len(side.words)):
        head = side.words[:length]
        if "".join(head) in makers | around and rest & set(head):
            return rest - set(head)
    return rest


def _doubts(one: Identity, two: Identity, *, listed: bool) -> tuple[float, list[str]]:
    """What one side leaves open, as a confidence and in words."""
    confidence, doubts = 1.0, []

    def doubt(factor: float, why: str) -> None:
        nonlocal confidence
        confidence *= factor
        doubts.append(why)

    dates = compare(one.day, two.day)
    if bool(one.sizes) != bool(two.sizes):
        doubt(0.85, "size on one side only")
    if dates is Agreement.MISSING and one.day != two.day:
        doubt(*_undated(one, two))
    elif dates is Agreement.NEAR:
        doubt(0.9, "dates about three weeks apart")
    if one.stage != two.stage:
        doubt(0.95 if dates is Agreement.EQUAL else 0.5, f"stage {one.stage or two.stage} on one side only")
    if one.revision != two.revision:
        doubt(0.95, "revision on one side only")
    beside = not listed and one.prefix[-1:] == two.prefix[-1:]
    if one.tuning != two.tuning:
        doubt(0.6 if beside and one.sizes == two.sizes else 0.97, "instruct on one side only")
    if one.mode.stated != two.mode.stated:
        dated = any(each.day is not None and each.day.full for each in (one, two))
        doubt(0.6 if beside and not dated else 0.95, "mode on one side only")
    return confidence, doubts


def _undated(one: Identity, two: Identity) -> tuple[float, str]:
    """What it means that only one side writes a date.

    A full date is a snapshot of the name. A short one often marks a new issue under an old name, less so
    where the name has a minor version that would have counted up.
    """
    day = one.day or two.day
    if day is not None and day.full:
        return 0.9, "a snapshot against an undated name"
    minor = day is not None and day.year is not None and any("." in number for number in one.version)
    return (0.8 if minor else 0.6), "a short date on one side only"
