"""The record of a name: everything its source says of which model a row means.

An id often leaves out what the same row says elsewhere: ``acme-large`` is shown as "Acme Large 3 (Reasoning)"
and cites ``acme/acme-large-3-2512``. Such names fill what the id leaves open; where they contradict it, the
id stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from attrs import evolve, field, frozen

from pointsman.catalog.identity.dates import Agreement, Day, compare_dates
from pointsman.catalog.identity.match import same_sizes
from pointsman.catalog.identity.name import Identity, Mode, parse, with_parts
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.spelling import fold, plain
from pointsman.kinds import SourceKind
from pointsman.types import Model

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SLIP = 10  # days
_KNOWN = 12  # names; who cites more than that cites no name


@frozen
class NameRecord:
    """A name with what its source says beside it.

    Attributes:
        name: The id, its gaps filled from the other names of the row.
        readings: The row's names in full, the id first; then the display name where it says more.
        cited: Keys of other names of this model, by which another row may be recognised (see `keys_of`);
            its own name under another path says nothing new.
        known: Those names as read.
        written: The date the id or the display name writes.
        staged: Whether only the display name says that it is a preview; who leaves that out of the id means
            the same.
        released: Release or creation day.
        measured: Day of the measurement, where the row is one: what was measured was released before.
        place: The list it stands in; empty where unknown.
        board: Whether that list measures models; a row without a mode beside one with it then means the other
            mode.
    """

    name: Identity
    readings: tuple[Identity, ...]
    cited: frozenset[str] = frozenset()
    known: tuple[Identity, ...] = ()
    written: Day | None = None
    staged: bool = False
    released: date | None = None
    measured: date | None = None
    place: str = ""
    board: bool = False
    keys: frozenset[str] = field(init=False)

    @property
    def whole(self) -> str:
        """The id as `cited` would give it in full."""
        return fold(self.readings[0].text)

    @keys.default
    def _keys(self) -> frozenset[str]:
        return keys_of(self.readings[0].text)


def name_only(name: Identity) -> NameRecord:
    """A name of which nothing else is known."""
    return NameRecord(name, (name,), written=name.day)


def parse_row(row: ListRow, makers: frozenset[str] = frozenset()) -> NameRecord:
    """Read a row.

    A provider's own display name may write the minor version that its id leaves out; nobody else's may.

    Args:
        row: As its list writes it.
        makers: See `pointsman.catalog.identity.statistics.NameStatistics`.
    """
    facts, shown = row.facts, row.shown
    own = parse(row.text, row.creator)
    other = parse(shown, row.creator) if shown and shown != row.text else None
    known = tuple(parse(each) for each in facts.known_as[:_KNOWN])
    known = tuple(each for each in known if not _mistyped(each, facts.released))
    plainly = parse(_ASIDE.sub(" ", shown), row.creator) if shown and other and _sets_aside(shown) else other
    if shown and plainly and _spelled_alike(row.text, shown):
        # A slug writes 2.5 1.2B as 2-5-1-2b; the display name of the same letters shows where the dots are.
        own = evolve(own, version=plainly.version, numbers=plainly.numbers, sizes=plainly.sizes)
    refine = row.kind is SourceKind.PROVIDER
    said = _displayed(own, other, plainly, makers, refine=refine) if other and plainly else own
    name = _cited(said, known, makers, staged=other is None)
    readings = [name]
    if plainly and _says_more(plainly, name, makers):
        readings.append(evolve(name, words=plainly.words))
    mine = keys_of(row.text)
    return NameRecord(
        name,
        tuple(readings),
        cited=frozenset(
            key for each in facts.known_as[:_KNOWN] if not mine & (keys := keys_of(each)) for key in keys
        ),
        known=known,
        written=said.day,
        staged=bool(said.stage) and not own.stage,
        released=facts.released,
        measured=row.measured,
        place=row.place,
        board=row.kind is SourceKind.SCORES,
    )


@lru_cache(maxsize=16384)
def parse_model(model: Model) -> NameRecord:
    """Read a model as its provider lists it."""
    return parse_row(ListRow.listed(model))


def _sets_aside(shown: str) -> bool:
    """Whether a part of a name may stand in parentheses."""
    return "(" in shown or "[" in shown


def _spelled_alike(text: str, shown: str) -> bool:
    """Whether the id is the display name with other punctuation, perhaps with more behind it."""
    if "." not in shown:
        return False
    name = plain(_ASIDE.sub(" ", shown))
    return bool(name) and plain(text.rsplit("/", 1)[-1]).startswith(name)


@lru_cache(maxsize=65536)
def keys_of(text: str) -> frozenset[str]:
    """How a citation is recognised: the whole id; where that writes a number, also without its path."""
    whole = fold(text)
    last = plain(whole.rsplit("/", 1)[-1])
    return frozenset({whole, last} if any(char.isdigit() for char in last) else {whole})


def _displayed(
    own: Identity, shown: Identity, plainly: Identity, makers: frozenset[str], *, refine: bool
) -> Identity:
    """`own` with its gaps filled from the display name.

    A word of the id that the display name sets aside (``Acme 4 (Fast)``) is a way of serving.

    Args:
        own: The id.
        shown: The display name.
        plainly: The same without what it sets aside.
        makers: See `parse_row`.
        refine: Whether it may write the minor version that the id leaves out.
    """
    name = with_parts(own, mode=_mode(own.mode, shown.mode))
    if served := shown.offer - plainly.offer:
        words = tuple(word for word in own.words if word not in served)
        name = with_parts(name, words=words, offer=own.offer | (served & {*own.words}))
    for each in (plainly,) if shown is plainly else (plainly, shown):
        name = _fill(name, each, makers, refine=refine)
    return with_parts(name, stage=name.stage or shown.stage)


def _cited(own: Identity, known: Iterable[Identity], makers: frozenset[str], *, staged: bool) -> Identity:
    """`own` with its gaps filled from all cited names that agree with it; their stage only where `staged`."""
    agreeing = [each for each in known if _agrees(own, each, makers)]
    days = {each.day for each in agreeing if each.day}
    name = own
    for each in agreeing:
        # Names that cite several dates cite a moving alias: its date is open.
        day, stage = each.day if len(days) == 1 else None, each.stage if staged else ""
        name = _fill(name, with_parts(each, day=day, stage=stage), makers)
    return name


def _mistyped(known: Identity, released: date | None) -> bool:
    """Whether a cited name writes about the release day of another year, or one of years before or after.

    Typing errors happen.
    """
    day = known.day
    if released is None or day is None or day.year is None:
        return False
    apart = abs(day.year - released.year)
    if apart != 1 or day.month is None or day.day is None:
        return apart > 1
    try:
        meant = date(released.year, day.month, day.day)
    except ValueError:
        return True
    return abs((meant - released).days) <= _SLIP


def _fill(own: Identity, other: Identity, makers: frozenset[str], *, refine: bool = False) -> Identity:
    if not _agrees(own, other, makers, refine=refine):
        return own
    refined = refine and _refines(own, other)
    return with_parts(
        own,
        version=other.version if refined or not own.version else own.version,
        numbers=other.numbers if refined or not own.version else own.numbers,
        sizes=own.sizes or other.sizes,
        day=own.day or other.day,
        stage=own.stage or other.stage,
        tuning=own.tuning or ("" if other.tuning == "base" else other.tuning),
        revision=own.revision or other.revision,
    )


def _agrees(own: Identity, other: Identity, makers: frozenset[str], *, refine: bool = False) -> bool:
    """Whether `other` may speak for `own`: the same words, and nothing contradicts."""
    versions = not own.version or not other.version or own.digits == other.digits
    sizes = same_sizes(own, other)
    return (
        (versions or (refine and _refines(own, other)))
        and sizes
        and compare_dates(own.day, other.day) is not Agreement.DIFFERENT
        and not (own.tuning and other.tuning and own.tuning != other.tuning)
        and not (own.mode.reasoning and other.tuning == "instruct" and not other.mode.stated)
        and not (other.mode.reasoning and own.tuning == "instruct" and not own.mode.stated)
        and (own.words == other.words or _telling(own, makers, other) == _telling(other, makers, own))
    )


def _refines(own: Identity, other: Identity) -> bool:
    """Whether `other` writes the version of `own` and a minor one behind it: 3 and 3.1."""
    return (
        len(own.version) == len(other.version) == 1
        and "." not in own.version[0]
        and other.version[0].startswith(f"{own.version[0]}.")
    )


def _telling(name: Identity, makers: frozenset[str], other: Identity) -> tuple[str, ...]:
    """The words without makers and what stands in a prefix."""
    around = {*name.prefix, *other.prefix} | makers
    return tuple(sorted(word for word in name.words if word not in around))


def _says_more(shown: Identity, own: Identity, makers: frozenset[str]) -> bool:
    """Whether the display name writes every word of the id and more, version and size being the same."""
    mine, theirs = set(_telling(own, makers, shown)), set(_telling(shown, makers, own))
    return mine < theirs and same_sizes(own, shown) and (not own.version or own.digits == shown.digits)


def _mode(own: Mode, shown: Mode) -> Mode:
    """What the id says of the mode, else the display name; both, where they do not contradict."""
    if not own.stated:
        return shown
    if own.reasoning is not None and shown.reasoning is not None and own.reasoning != shown.reasoning:
        return own
    return Mode(shown.reasoning if own.reasoning is None else own.reasoning, own.effort or shown.effort)
