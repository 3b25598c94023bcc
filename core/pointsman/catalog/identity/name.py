"""A model name as typed parts.

The same model is written ``claude-x-y-20250929``, ``anthropic/claude-x.y``, ``Claude X.Y`` or
``us.anthropic.claude-x-y-20250929-v1:0``. `parse` reads all of them with rules about how names are *written*;
there is no table of names. Two identities are compared part by part in `pointsman.catalog.identity.match`.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Any

from attrs import evolve, field, frozen

from pointsman.catalog.identity.dates import Day
from pointsman.catalog.identity.parser import NameParser
from pointsman.catalog.identity.tokens import tokenize
from pointsman.catalog.spelling import fold, plain
from pointsman.types import Model

_LONGEST = 200  # characters; what is longer is no name, and reading it must not take long
_REGION = re.compile(r"^(us-gov|us|eu|apac|ap|au|jp|ca|uk|sa|me|af|global|regional)\.(?=[a-z])")
_DOTTED_MAKER = re.compile(r"^([a-z][a-z0-9]+)\.(?=[a-z])")
_ASSET = re.compile(r"-v?\d+:\d+(?=$|:)")  # the version of a serving asset: ``-v1:0``
_SIZES_SLASHED = re.compile(r"(\d+b)/(a\d+b)")
_QUANT_PARTS = re.compile(r"\b(i?q\d)(?:_[a-z0-9]+)+")
_PLUS = re.compile(r"(?<=[a-z0-9])\+(?![a-z0-9])")
_HARNESS = re.compile(r"^.*\bagent\b[^+]*\s\+\s(?=\S)")
_BUDGET = re.compile(
    r"(?<=:)(\d{1,3})(?:000|024|048|096|192|384|768)$"
)  # tokens of thinking: ``:32768``, no date
_NO = re.compile(r"\b(?:non|no)[-_ ]?(?=thinking|think|reasoning)|/no_(?=think)")

FamilyKey = tuple[tuple[str, ...], str]
"""Words in alphabetical order and the digits of the version."""


@frozen(cache_hash=True)
class Mode:
    """How the model is set to think; not a part of which model it is.

    Attributes:
        reasoning: True or False where stated, else None.
        effort: ``low``, ``high``, ``16k`` …; empty where not stated.
    """

    reasoning: bool | None = None
    effort: str = ""

    @property
    def stated(self) -> bool:
        """Whether the name says anything about the mode."""
        return self.reasoning is not None or bool(self.effort)


@frozen(eq=False)
class Stem:
    """Prefix, words, version and sizes of a name; for the rest see `Identity`."""

    prefix: tuple[str, ...]
    words: tuple[str, ...]
    version: tuple[str, ...]
    digits: str
    sizes: frozenset[str]
    composite: bool

    @cached_property
    def glued(self) -> str:
        """All words in one."""
        return "".join(self.words)


_one_mode = lru_cache(maxsize=1024)(Mode)
_one_stem = lru_cache(maxsize=65536)(Stem)


@frozen
class Identity:
    """The parts of a model name.

    Attributes:
        text: As written.
        prefix: What stands before the name (host, maker), outermost first, plain letters and digits.
        words: Family and variant words in order of writing; ``4o`` gives its ``o``.
        version: Numbers without trailing zeros, ascending: ``("4.5",)``.
        numbers: The same in order of writing.
        sizes: ``30b``, ``a3b``, ``8x7b``, ``16e``.
        day: The date it writes.
        revision: A repeated issue of the same name (``001``, a trailing ``v0.2``).
        stage: ``preview``, ``exp``, ``beta`` …; empty for released.
        tuning: ``instruct``, ``chat``, ``base``, or empty.
        mode: Thinking and effort.
        offer: How it is served or sold: ``free``, ``fp8``, ``us``, ``32k`` …
        remarks: Those of the words that stand in parentheses.
        composite: Whether it names more than one model.
    """

    text: str
    prefix: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sizes: frozenset[str] = frozenset()
    day: Day | None = None
    revision: str = ""
    stage: str = ""
    tuning: str = ""
    mode: Mode = Mode()
    offer: frozenset[str] = field(default=frozenset())
    remarks: frozenset[str] = frozenset()
    composite: bool = False

    @cached_property
    def digits(self) -> str:
        """The version without its dots: ``45`` is how some hosts write 4.5."""
        return "".join(self.numbers or self.version).replace(".", "")

    @cached_property
    def family(self) -> FamilyKey:
        """What all issues, sizes and modes of it share."""
        return tuple(sorted(self.words)), self.digits

    @cached_property
    def stem(self) -> Stem:
        """The parts that two names of one model must have alike; equal stems are one object."""
        return _one_stem(self.prefix, self.words, self.version, self.digits, self.sizes, self.composite)


def parse(text: str, creator: str | None = None) -> Identity:
    """Read a name.

    Args:
        text: An id or a display name.
        creator: Who made it, where the source says so beside the name; counts as a prefix.
    """
    return _made_by(text, creator) if creator else _parse(text)


@lru_cache(maxsize=65536)
def _made_by(text: str, creator: str) -> Identity:
    name = _parse(text)
    return evolve(name, prefix=(plain(creator), *name.prefix))


@lru_cache(maxsize=65536)
def _parse(text: str) -> Identity:
    name, prefix, offer = _unwrap(fold(text[:_LONGEST]).lstrip("~"))
    found, day = tokenize(name)
    parts = NameParser(found, offer)
    return Identity(
        text=text,
        prefix=prefix,
        words=tuple(parts.words),
        version=tuple(sorted(parts.version)),
        numbers=tuple(parts.version),
        sizes=frozenset(parts.sizes),
        day=day,
        revision=parts.revision,
        stage=parts.stage,
        tuning=parts.tuning,
        mode=_one_mode(parts.reasoning, parts.effort),
        offer=frozenset(parts.offer),
        remarks=frozenset(parts.remarks),
        composite=" + " in name,
    )


def names_of(model: Model) -> list[Identity]:
    """The names a listed model may be found under: its id, its aliases, its display name.

    An alias that writes neither a version nor a date moves from model to model, and sources that were
    written at another time mean another one by it; it is not a name to join on. Nor is a display name that
    leaves out a word of the id.
    """
    names = [parse(model.id, model.creator)]
    for alias in model.aliases:
        read = parse(alias, model.creator)
        if (read.version or read.day) and (not names[0].day or read.day):
            names.append(read)
    shown = parse(model.name or "", model.creator)
    if (shown.version or shown.day) and (not names[0].day or shown.day) and covers(shown, names[0]):
        names.append(shown)
    return names


def with_parts(name: Identity, **parts: Any) -> Identity:
    """`name` with other parts; itself where it has them already, as most names do."""
    for part, value in parts.items():
        if getattr(name, part) != value:
            return evolve(name, **parts)
    return name


def covers(shown: Identity, listed: Identity) -> bool:
    """Whether a display name says every word that the id says."""
    return set(listed.words) <= {*shown.words, *shown.offer, *shown.prefix, *listed.prefix}


def _unwrap(name: str) -> tuple[str, tuple[str, ...], set[str]]:
    """Take off everything around the name: harness, path, region, dotted maker, asset version."""
    # Most names hold nothing of all this, and looking for a letter costs less than a pattern.
    if "agent" in name:
        name = _HARNESS.sub("", name)
    if "/a" in name:
        name = _SIZES_SLASHED.sub(r"\1-\2", name)
    if "think" in name or "reason" in name:
        name = _BUDGET.sub(r"\1k", _NO.sub("non", name))
    if "_" in name:
        name = _QUANT_PARTS.sub(r"\1", name)
    if "+" in name:
        name = _PLUS.sub("-plus", name)
    *path, name = [part for part in name.split("/") if part] or [""]
    maker, colon, rest = name.partition(": ")
    if colon and rest:
        path, name = [*path, maker], rest
    offer: set[str] = set()
    if "." in name and (match := _REGION.match(name)):
        offer.add(match[1])
        name = name[match.end() :]
    if "." in name and (match := _DOTTED_MAKER.match(name)):
        path.append(match[1])
        name = name[match.end() :]
    prefix = tuple(plain(part) for part in path)
    head, _, rest = name.partition("-")
    if rest and any(char.isdigit() for char in head) and any(part.startswith(plain(head)) for part in prefix):
        name = rest  # the maker's name again, with a digit in it
    return _ASSET.sub("", name) if ":" in name else name, prefix, offer
