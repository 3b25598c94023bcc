"""Reads the catalog's values fast: a catalog of thousands of offers is read at every start.

What depends on a type alone is resolved once per type, not for every value. Values were written by this
program; their types are checked where they are converted, and a catalog from anywhere else has a hash.
"""

from __future__ import annotations

from enum import EnumMeta
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from pointsman.catalog.feeds.sources import State
from pointsman.kinds import SourceKind
from pointsman.types import Capability, Kind, Tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from cattrs import Converter

    Hook = Callable[[Any, Any], Any]

_PAIR = 2
_AS_IT_IS = frozenset({str, int, float, bool})
_TEXTS = tuple[str, ...]
_MEMBERS = (Capability, Kind, SourceKind, State, Tier)


def read_fast(made: Converter) -> None:
    """Register the readers of optional values, enumerations, sets and texts."""
    made.register_structure_hook_factory(_is_optional, lambda kind: _optional(made, kind))
    for kind in _MEMBERS:
        made.register_structure_hook(kind, _member(kind))
    made.register_structure_hook_func(lambda kind: kind == _TEXTS, lambda value, _: tuple(value))
    made.register_structure_hook_factory(
        lambda kind: is_set(kind) and isinstance(next(iter(get_args(kind)), None), EnumMeta), _shared_set
    )


def is_set(kind: Any) -> bool:
    """Whether a type is a set of something."""
    return getattr(kind, "__origin__", kind) in {frozenset, set}


def _is_optional(kind: Any) -> bool:
    arguments = get_args(kind)
    return get_origin(kind) in {Union, UnionType} and NoneType in arguments and len(set(arguments)) == _PAIR


def _optional(made: Converter, kind: Any) -> Hook:
    (other,) = (each for each in get_args(kind) if each is not NoneType)
    if other in _AS_IT_IS:
        return lambda value, _: value
    inner = made.get_structure_hook(other)
    return lambda value, _: None if value is None else inner(value, other)


def _member(kind: Any) -> Hook:
    by_value = {member.value: member for member in kind}
    return lambda value, _: by_value[value]


def _shared_set(kind: Any) -> Hook:
    """Equal sets are one set: there are few, and thousands have them."""
    (item,) = get_args(kind)
    by_value = {member.value: member for member in item}
    known: dict[tuple[Any, ...], frozenset[Any]] = {}

    def read(values: Any, _: object) -> frozenset[Any]:
        key = tuple(values)
        if key not in known:
            known[key] = frozenset(by_value[value] for value in key)
        return known[key]

    return read
