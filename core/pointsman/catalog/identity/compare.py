"""Do two rows mean the same model? Names first, then what their sources say beside them.

Names decide wherever they can. Where they cannot, the other fields are asked, the surest first: a name one
source cites for its row, an equal release day, the order of release and measurement. A citation is evidence,
not truth: where names contradict each other (another size, version, date or variant) names win.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from attrs import evolve

from pointsman.catalog.identity.date_rules import NEAR, apply_date_rules
from pointsman.catalog.identity.dates import Agreement, compare_dates
from pointsman.catalog.identity.match import (
    SURE,
    Match,
    Verdict,
    editions,
    extra_words,
    match,
    modes_clash,
    same_sizes,
)
from pointsman.catalog.identity.name import Identity, Mode, parse, with_parts
from pointsman.catalog.identity.parser import EFFORTS, SERVING
from pointsman.catalog.identity.record import NameRecord
from pointsman.catalog.identity.statistics import NameStatistics

_CITED = 0.95
_CITED_ALONE = 0.8
_ONE_DAY = 2  # days: time zones, and the hour a list is made
_ORDER = {Verdict.SAME: 0, Verdict.UNSURE: 2, Verdict.DIFFERENT: 3}


def decide(one: NameRecord, two: NameRecord, statistics: NameStatistics, *, listed: bool = False) -> Match:
    """Compare two rows.

    Args:
        one: A row.
        two: The other.
        statistics: What today's lists have beside each other.
        listed: See `pointsman.catalog.identity.match.match`.
    """
    return compare(
        with_list_context(one, statistics), with_list_context(two, statistics), statistics, listed=listed
    )


def compare(one: NameRecord, two: NameRecord, statistics: NameStatistics, *, listed: bool = False) -> Match:
    """`decide`, of rows that were completed by `with_list_context` before."""
    found = _by_name(one, two, statistics, listed=listed)
    cited = cites(one, two)
    if found.verdict is Verdict.DIFFERENT:
        opened = _silent(found, one, two, statistics) if cited else _decorated(found, one, two, statistics)
        return _confirmed(opened, one, two) if opened.verdict is Verdict.SAME else found
    if cited:
        why = f"{found.evidence}; one source cites the other's name"
        sure = max(found.confidence, _CITED)
        return _confirmed(evolve(found, verdict=Verdict.SAME, confidence=sure, evidence=why), one, two)
    doubt = _doubt(found, one, two, statistics)
    if doubt:
        why = f"{found.evidence}; {doubt}"
        return evolve(found, verdict=Verdict.UNSURE, confidence=SURE / 2, evidence=why)
    if _one_list(one, two):
        return found
    return _confirmed(apply_date_rules(found, one, two, statistics), one, two)


def cites(one: NameRecord, two: NameRecord) -> bool:
    """Whether one row gives the other's name for its own; between rows of one list only by the whole id."""
    if not (one.cited or two.cited):
        return False
    there, back = one.cited & two.keys, two.cited & one.keys
    if _one_list(one, two):
        return two.whole in there or one.whole in back
    return bool(there or back)


def _one_list(one: NameRecord, two: NameRecord) -> bool:
    return bool(one.place) and one.place == two.place


def with_list_context(row: NameRecord, statistics: NameStatistics) -> NameRecord:
    """`row` with what its place among the rows of its list says of it."""
    if stem := statistics.asset(row.place, row.name):
        read = parse(stem)
        row = _rewritten(row, lambda name: evolve(name, version=read.version, numbers=read.numbers))
    if not row.board:
        return row
    if remarks := statistics.remarks(row.place) & row.name.remarks:
        row = _rewritten(row, lambda name: _without(name, remarks))
    row = _by_effort(row, statistics)
    if not row.name.mode.stated and (mode := _implied(statistics.modes(row.place, row.name))):
        return _rewritten(row, lambda name: evolve(name, mode=mode))
    return row


def _by_effort(row: NameRecord, statistics: NameStatistics) -> NameRecord:
    """`row` with the word that is one of a series of efforts taken out of its name."""
    name = row.name
    word = next(
        (word for word in name.words if word in EFFORTS and statistics.efforts(row.place, name, word)), ""
    )
    if not word or name.mode.effort:
        return row
    mode = Mode(name.mode.reasoning, word)
    return _rewritten(row, lambda each: evolve(_without(each, {word}), mode=mode))


def _without(name: Identity, words: AbstractSet[str]) -> Identity:
    return evolve(name, words=tuple(word for word in name.words if word not in words))


def _rewritten(row: NameRecord, change: Callable[[Identity], Identity]) -> NameRecord:
    return evolve(row, name=change(row.name), readings=tuple(change(each) for each in row.readings))


def _implied(beside: frozenset[Mode]) -> Mode | None:
    """The mode of a row that states none, by those of the rows beside it."""
    stated = {mode.reasoning for mode in beside} - {None}
    return Mode(reasoning=not stated.pop()) if len(stated) == 1 else None


def _by_name(one: NameRecord, two: NameRecord, statistics: NameStatistics, *, listed: bool) -> Match:
    """The best any readings of the two agree.

    A date that only cited names of one row write is no doubt of its own, unless the name has several.
    """
    beside = one.place == two.place if one.place and two.place else None
    tried = []
    for mine in one.readings:
        for other in two.readings:
            left, right = mine, other
            if left.stage != right.stage and (one.staged or two.staged):
                left, right = evolve(left, stage=""), evolve(right, stage="")
            if left.day != right.day and not (_moves(mine, statistics) or _moves(other, statistics)):
                left = with_parts(mine, day=one.written) if not other.day else mine
                right = with_parts(other, day=two.written) if not mine.day else other
            tried.append(match(left, right, statistics, listed=listed, beside=beside))
    if len(tried) == 1:
        return tried[0]
    return min(tried, key=lambda each: (1 if each.mode_only else _ORDER[each.verdict], -each.confidence))


def _moves(name: Identity, statistics: NameStatistics) -> bool:
    """Whether the name has had several issues."""
    return len(statistics.issues(name)) > 1


def _confirmed(found: Match, one: NameRecord, two: NameRecord) -> Match:
    """`found`, where it says the same model, as far as the modes do not contradict each other."""
    clash = modes_clash(one.name.mode, two.name.mode)
    if found.verdict is not Verdict.SAME or not clash:
        return found
    why = f"{found.evidence}; {clash}"
    return evolve(found, verdict=Verdict.DIFFERENT, confidence=0.0, evidence=why, mode_only=True)


def _doubt(found: Match, one: NameRecord, two: NameRecord, statistics: NameStatistics) -> str:
    """What speaks against two names that say the same; empty for nothing."""
    if found.verdict is not Verdict.SAME:
        return ""
    if _one_list(one, two):
        return _means_another(one, two, statistics)
    for bare, tuned in ((one, two), (two, one)):
        unstated = bare.board and not bare.name.tuning and tuned.name.tuning and not bare.name.day
        if unstated and statistics.bases(bare.place, bare.name):
            return "its list tells base models from tuned ones"
    thinks = True in {one.name.mode.reasoning, two.name.mode.reasoning}
    if found.mode_one_sided and thinks and one.released and two.released:
        apart = abs((one.released - two.released).days)
        return f"released {apart} days apart" if apart > NEAR else ""
    return ""


def _means_another(one: NameRecord, two: NameRecord, statistics: NameStatistics) -> str:
    """The other name one row cites in the very namespace of the other row, if that is another model."""
    for left, right in ((one, two), (two, one)):
        path = right.readings[0].prefix[-1:]
        for known in left.known:
            if path and known.prefix[-1:] == path:
                words = tuple(word for word in known.words if word not in left.name.offer)
                found = match(evolve(known, words=words), right.readings[0], statistics)
                if found.verdict is Verdict.DIFFERENT and not found.mode_only:
                    return f"its source cites {known.text}: {found.evidence}"
    return ""


def _silent(found: Match, one: NameRecord, two: NameRecord, statistics: NameStatistics) -> Match:
    """A citation between names that differ holds where one is only silent on what the other says."""
    mine, other = one.name, two.name
    versions = not (mine.version and other.version) or mine.digits == other.digits
    if (
        found.mode_only
        or not versions
        or _contradict(mine, other)
        or not _silent_words(mine, other, statistics)
    ):
        return found
    return _opened(found, mine, other, "but one source cites the other's name")


def _decorated(found: Match, one: NameRecord, two: NameRecord, statistics: NameStatistics) -> Match:
    """Words no list tells models apart by are a host's decoration, where both came out on one day."""
    if not one.released or not two.released or abs((one.released - two.released).days) > _ONE_DAY:
        return found
    mine, other = one.name, two.name
    short, long = sorted((mine, other), key=lambda each: len(each.words))
    extra = {*long.words} - {*short.words}
    if (
        found.mode_only
        or _one_list(one, two)
        or not short.version
        or mine.digits != other.digits
        or not {*short.words} <= {*long.words}
        or mine.tuning != other.tuning
        or mine.stage != other.stage
        or _contradict(mine, other)
        or any(statistics.tells_apart(word, short) for word in extra - SERVING)
    ):
        return found
    why = "but they were released on one day, and no list has both"
    return evolve(_opened(found, mine, other, why), offer_differs=True)


def _opened(found: Match, one: Identity, two: Identity, why: str) -> Match:
    return evolve(
        found,
        verdict=Verdict.SAME,
        confidence=_CITED_ALONE,
        evidence=f"{found.evidence}; {why}",
        offer_differs=one.offer != two.offer,
        mode_one_sided=one.mode.stated != two.mode.stated,
    )


def _contradict(one: Identity, two: Identity) -> bool:
    """Whether sizes, dates or tunings are stated on both sides and differ."""
    return (
        one.composite
        or two.composite
        or not same_sizes(one, two)
        or compare_dates(one.day, two.day) is Agreement.DIFFERENT
        or ("base" in {one.tuning, two.tuning} and one.tuning != two.tuning)
        or editions(one, two)
    )


def _silent_words(one: Identity, two: Identity, statistics: NameStatistics) -> bool:
    """Whether no word says that they differ."""
    extra = extra_words(one.stem, two.stem, statistics.makers)
    if not extra:
        return True
    left, right = Counter(one.words) - Counter(two.words), Counter(two.words) - Counter(one.words)
    short = one if len(one.words) < len(two.words) else two
    if not (short.version or short.day or short.sizes) and not (left and right):
        return True  # a bare name moves; what it is cited as is what it means today
    return (
        not ({*left} & extra and {*right} & extra)
        and bool(one.version or one.sizes)
        and one.digits == two.digits
        and not any(statistics.tells_apart(word, each) for word in extra for each in (one, two))
    )
