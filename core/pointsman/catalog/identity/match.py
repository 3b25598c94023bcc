"""Do two names mean the same model? Part by part, with evidence and a confidence.

A wrong join is worse than none, so a difference in any part that tells models apart says `different`, and
where names cannot decide the answer is `unsure`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from functools import lru_cache

from attrs import evolve, frozen

from pointsman.catalog.identity.dates import Agreement, compare_dates
from pointsman.catalog.identity.name import Identity, Mode, Stem
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics

SURE = 0.7
"""Confidence from which two names are taken for the same model."""

_PART = 3  # letters


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
        mode_one_sided: Whether only one side states a mode; a list that writes ids sells modes separately.
        offer_differs: Same model served or sold in another way: a score may be joined, a price may not.
    """

    verdict: Verdict
    confidence: float
    evidence: str
    mode_only: bool = False
    mode_one_sided: bool = False
    offer_differs: bool = False


def match(
    one: Identity,
    two: Identity,
    statistics: NameStatistics = NO_STATISTICS,
    *,
    listed: bool = False,
    beside: bool | None = None,
) -> Match:
    """Compare two names.

    Args:
        one: A parsed name.
        two: The other.
        statistics: What today's lists have beside each other.
        listed: Whether `one` is a provider's id and `two` a row of a source. What the id leaves open is then
            open; between two ids of one list, or two rows of leaderboards, it usually means another model or
            mode.
        beside: Whether both stand in one list; None where nobody knows, their prefixes then tell.
    """
    alike = bool(one.version) != bool(two.version) and _dated_alike(one, two)
    difference = _other_name(one.stem, two.stem, statistics.makers, alike) or _other_issue(
        one, two, statistics
    )
    if difference:
        return Match(Verdict.DIFFERENT, 0.0, difference)
    if beside is None:
        beside = one.prefix[-1:] == two.prefix[-1:]
    confidence, doubts = _doubts(one, two, statistics, beside=beside and not listed)
    clash = modes_clash(one.mode, two.mode)
    found = Match(
        Verdict.UNSURE if confidence < SURE else Verdict.SAME,
        confidence,
        "; ".join(["words, version and size agree", *doubts]),
        mode_one_sided=one.mode.stated != two.mode.stated,
        offer_differs=one.offer != two.offer,
    )
    if clash and found.verdict is Verdict.SAME:
        why = f"{found.evidence}; {clash}"
        return evolve(found, verdict=Verdict.DIFFERENT, confidence=0.0, evidence=why, mode_only=True)
    return found


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


def editions(one: Identity, two: Identity) -> bool:
    """Whether one is an instruct and the other a thinking edition; they are released beside each other."""
    return any(
        left.tuning == "instruct"
        and not left.mode.stated
        and right.mode.reasoning is True
        and right.tuning != "instruct"
        for left, right in ((one, two), (two, one))
    )


@lru_cache(maxsize=65536)  # thousands of ids differ in nothing that is asked here
def _other_name(one: Stem, two: Stem, makers: frozenset[str], alike: bool) -> str:
    """What of words, version and sizes tells the two apart; empty when nothing does."""
    if one.composite or two.composite:
        return "a name of several models"
    if not alike and not _same_version(one, two):
        return f"version {'+'.join(one.version) or 'none'} against {'+'.join(two.version) or 'none'}"
    if not same_sizes(one, two):
        return f"size {'-'.join(sorted(one.sizes))} against {'-'.join(sorted(two.sizes))}"
    extra = extra_words(one, two, makers)
    return f"words {' '.join(sorted(extra))} on one side only" if extra else ""


def _other_issue(one: Identity, two: Identity, statistics: NameStatistics) -> str:
    """What tells two issues of one name apart; empty when nothing does."""
    if one.tuning != two.tuning and "base" in {one.tuning, two.tuning}:
        return "a base model against a tuned one"
    if one.revision and two.revision and one.revision != two.revision:
        return "another revision"
    if compare_dates(one.day, two.day) is Agreement.DIFFERENT:
        return "another date"
    if editions(one, two) and (statistics.empty or statistics.editions(one) or statistics.editions(two)):
        return "an instruct and a thinking edition"
    return ""


def _same_version(one: Stem, two: Stem) -> bool:
    """Equal but for dots; or one leaves out that it is the first."""
    if one.version == two.version or (one.version and two.version and one.digits == two.digits):
        return True
    return not (one.version and two.version) and "".join(one.version or two.version) == "1"


def same_sizes(one: Stem | Identity, two: Stem | Identity) -> bool:
    """Whether the sizes do not contradict each other: one side may write fewer of them."""
    return not (one.sizes and two.sizes) or one.sizes <= two.sizes or two.sizes <= one.sizes


def _dated_alike(one: Identity, two: Identity) -> bool:
    """Whether both write the same year and month; one writes it where the other writes its version."""
    months = [
        day is not None and day.year is not None and day.month is not None for day in (one.day, two.day)
    ]
    return all(months) and compare_dates(one.day, two.day) is Agreement.EQUAL


def extra_words(one: Stem, two: Stem, makers: frozenset[str]) -> set[str]:
    """Words that only one side has and that are not the maker's or host's name."""
    if one.glued == two.glued:
        return set() if one.words or set(one.prefix) & set(two.prefix) else {"(none)"}
    both = {*one.words}.intersection(two.words)
    left, right = _only(one.words, two.words, both), _only(two.words, one.words, both)
    if left and right:
        makers = frozenset()  # two families that happen to be called as their makers are
    rest = _unexplained(one, left, two, makers) | _unexplained(two, right, one, makers)
    if rest:
        return rest
    around = set(one.words) & set(two.prefix) or set(two.words) & set(one.prefix)
    telling = both and (sum(map(len, both)) > 1 or not (left or right))
    return set() if around or telling else {*one.words, *two.words}


def _only(words: Sequence[str], other: Sequence[str], both: AbstractSet[str]) -> set[str]:
    """The words that `other` has not, or not as often; ``gpt`` is no other word beside ``chatgpt``."""
    return {
        word
        for word in words
        if words.count(word) > other.count(word)
        and (word in both or len(word) < _PART or not any(word in each for each in both))
    }


def _unexplained(side: Stem, extra: set[str], other: Stem, makers: frozenset[str]) -> set[str]:
    """`extra` without the words that repeat a prefix of either side or a maker's name at the head."""
    if not extra:
        return set()
    around = {*side.prefix, *other.prefix}
    rest = extra - around
    for length in range(len(side.words) - 1, 0, -1):
        head = side.words[:length]
        joined = "".join(head)
        if (joined in makers or joined in around) and not rest.isdisjoint(head):
            return rest.difference(head)
    return rest


def _doubts(
    one: Identity, two: Identity, statistics: NameStatistics, *, beside: bool
) -> tuple[float, list[str]]:
    """What one side leaves open, as a confidence and in words."""
    confidence, doubts = 1.0, []

    def doubt(factor: float, why: str) -> None:
        nonlocal confidence
        confidence *= factor
        doubts.append(why)

    dates = compare_dates(one.day, two.day)
    if bool(one.version) != bool(two.version):
        doubt(0.85, "a version on one side only")
    if bool(one.sizes) != bool(two.sizes):
        several = len(statistics.sizes(one) | statistics.sizes(two)) > 1 or statistics.unsized(
            one if one.sizes else two
        )
        doubt(
            0.6 if several else 0.85, f"size on one side only{', and there are several' if several else ''}"
        )
    if dates is Agreement.MISSING and one.day != two.day:
        doubt(*_undated(one, two, statistics, beside=beside))
    elif dates is Agreement.NEAR:
        doubt(0.9, "dates about three weeks apart")
    if one.stage != two.stage:
        known = (
            (one.stage and two.stage) or statistics.empty or statistics.staged(one) or statistics.staged(two)
        )
        why = f"stage {one.stage or two.stage} on one side only"
        doubt(0.95 if dates is Agreement.EQUAL else 0.5 if known else 0.65, why)
    if one.revision != two.revision:
        several = len(statistics.revisions(one) | statistics.revisions(two)) > 1
        doubt(0.6 if several else 0.95, "revision on one side only")
    for factor, why in _served(one, two, statistics, beside=beside):
        doubt(factor, why)
    return confidence, doubts


def _served(
    one: Identity, two: Identity, statistics: NameStatistics, *, beside: bool
) -> Iterator[tuple[float, str]]:
    """The same for tuning and mode."""
    if one.tuning != two.tuning:
        yield 0.6 if beside and one.sizes == two.sizes else 0.97, "instruct on one side only"
    if one.mode.stated == two.mode.stated:
        return
    dated = any(each.day is not None and each.day.full for each in (one, two))
    yield 0.6 if beside and not dated else 0.95, "mode on one side only"
    if True in {one.mode.reasoning, two.mode.reasoning} and (
        statistics.editions(one) or statistics.editions(two)
    ):
        yield 0.6, "there are an instruct and a thinking edition"


def _undated(one: Identity, two: Identity, statistics: NameStatistics, *, beside: bool) -> tuple[float, str]:
    """What it means that only one side writes a date.

    Where today's lists know one dated issue of the name, that is what is meant. Where they know several, the
    name moves from one to the next. Where they know nothing, a full date is a snapshot of the name; a short
    one often marks a new issue under an old name, less so where the name has a minor version that would have
    counted up.
    """
    dated, day = (one, one.day) if one.day else (two, two.day)
    issues = statistics.issues(dated, thinking=bool(one.mode.reasoning and two.mode.reasoning))
    if len(issues) > 1:
        return 0.6, "a date on one side only, and there are several"
    short = day is not None and not day.full
    if short and (beside or statistics.short_dates(dated)):
        return 0.6, "a short date on one side only, and one list has both"
    if issues:
        return 0.85, "a date on one side only, and there is no other"
    if not short:
        return 0.9, "a snapshot against an undated name"
    minor = day is not None and day.year is not None and any("." in number for number in dated.version)
    return (0.8 if minor else 0.6), "a short date on one side only"
