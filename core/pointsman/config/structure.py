"""Tables into frozen attrs classes, strictly, with every problem at once and its path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum, EnumMeta
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import attrs

from pointsman.config.names import did_you_mean
from pointsman.plugins import types_in
from pointsman.types import Secret
from pointsman.types.secrets import unusable

T = TypeVar("T")

Problems = list[str]


class _WrongValueError(ValueError):
    """A value that does not fit; the message says what was expected."""


_WRONG: Final = object()
"""Stands for a value that could not be made; the problems say why."""


def structure(table: Mapping[str, Any], cls: type[T], path: str) -> tuple[T | None, list[str]]:
    """`table` as a `cls`, or every problem it has, each beginning with its path below `path`.

    Unknown keys are problems; numbers are never read from strings nor strings from numbers.
    """
    problems: Problems = []
    made = _record(table, cls, path, problems)
    return (None if made is _WRONG else made), problems


def _record(table: Any, cls: Any, path: str, problems: Problems) -> Any:
    """A table as an attrs class."""
    if not isinstance(table, Mapping):
        problems.append(f"{path}: must be a table, not {_kind(table)}")
        return _WRONG
    known = {field.name: field for field in attrs.fields(attrs.resolve_types(cls)) if field.init}
    prefix = f"{path}." if path else ""
    wrong: Problems = []
    given = {}
    for name, field in known.items():
        if name in table:
            given[field.alias] = _fitted(table[name], field.type, f"{prefix}{name}", wrong)
        elif field.default is attrs.NOTHING:
            wrong.append(f"{prefix}{name}: is required")
    others = sorted(str(key) for key in table if key not in known)
    wrong += [f"{prefix}{key}: unknown key{did_you_mean(key, known)}" for key in others]
    problems += wrong
    if wrong:
        return _WRONG
    try:
        return cls(**given)
    except Exception as error:  # noqa: BLE001 (validators and converters are anybody's)
        problems.append(_problem(error, cls, path))
        return _WRONG


def _fitted(value: Any, annotation: Any, path: str, problems: Problems) -> Any:
    """A value as its annotation wants it."""
    origin = get_origin(annotation) or annotation
    read = next((read for is_one, read in _READERS if is_one(origin)), _scalar)
    return read(value, annotation, path, problems)


def _either(value: Any, annotation: Any, path: str, problems: Problems) -> Any:
    """A value as the first of several types that takes it."""
    kinds = get_args(annotation)
    wrong: Problems = []
    if value is None and NoneType in kinds:
        return None
    for kind in (each for each in kinds if each is not NoneType):
        found: Problems = []
        made = _fitted(value, kind, path, found)
        if not found:
            return made
        wrong = wrong or found
    problems += wrong
    return _WRONG


def _items(value: Any, annotation: Any, path: str, problems: Problems) -> Any:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Sequence | AbstractSet):
        problems.append(f"{path}: must be a list, not {_kind(value)}")
        return _WRONG
    kinds = get_args(annotation) or (Any, ...)
    if kinds[-1] is not ... and get_origin(annotation) is tuple and len(kinds) != len(value):
        problems.append(f"{path}: must be a list of {len(kinds)}")
        return _WRONG
    many = kinds[-1] is ... or get_origin(annotation) is not tuple
    wanted = [kinds[0]] * len(value) if many else kinds
    made = [
        _fitted(each, kind, f"{path}[{place}]", problems)
        for place, (each, kind) in enumerate(zip(value, wanted, strict=True))
    ]
    return made if _WRONG in made else _LISTS[get_origin(annotation) or annotation](made)


def _entries(value: Any, annotation: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        problems.append(f"{path}: must be a table, not {_kind(value)}")
        return _WRONG
    kind = (get_args(annotation) or (str, Any))[1]
    return {str(key): _fitted(each, kind, f"{path}.{key}", problems) for key, each in value.items()}


def _member(value: Any, cls: type[Enum], path: str, problems: Problems) -> Any:
    try:
        return cls(value)
    except ValueError:
        known = [str(each.value) for each in cls]
        problems.append(f"{path}: must be one of {', '.join(known)}{did_you_mean(str(value), known)}")
        return _WRONG


def _scalar(value: Any, annotation: Any, path: str, problems: Problems) -> Any:
    try:
        if annotation in _SCALARS:
            return _SCALARS[annotation](value)
        return _converted(value, annotation)
    except ValueError as error:
        problems.append(f"{path}: {error}")
        return _WRONG


def _converted(value: Any, annotation: Any) -> Any:
    """A value of a type that is not among ours, as msgspec reads it."""
    import msgspec

    try:
        return msgspec.convert(value, annotation)
    except msgspec.ValidationError as error:
        raise _WrongValueError(str(error)) from error


def _problem(error: BaseException, cls: Any, path: str) -> str:
    """A plain error; the validators of attrs begin their sentence with the attribute's name in quotes."""
    text = str(error.args[0]) if error.args else str(error)
    _, name, rest = (*text.split("'", 2), "", "")[:3]
    if text.startswith("'") and name in attrs.fields_dict(cls):
        return f"{path}.{name}:{rest}" if path else f"{name}:{rest}"
    return f"{path}: {text}"


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongValueError(f"must be a string, not {_kind(value)}")
    return value


def _secret(text: str) -> Secret:
    secret = Secret(text)
    if why := unusable(secret.reveal()):
        raise _WrongValueError(why)
    return secret


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError(f"must be true or false, not {_kind(value)}")
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongValueError(f"must be a whole number, not {_kind(value)}")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise _WrongValueError(f"must be a number, not {_kind(value)}")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise _WrongValueError("must be a finite number")
    return number


def _date(value: Any) -> date:
    if not isinstance(value, date):
        raise _WrongValueError(f"must be a date, not {_kind(value)}")
    return value


def _datetime(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise _WrongValueError(f"must be a date and time, not {_kind(value)}")
    return value


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    str: _string,
    bool: _boolean,
    int: _integer,
    float: lambda value: float(_number(value)),
    Decimal: _number,
    Secret: lambda value: _secret(_string(value)),
    Path: lambda value: Path(_string(value)),
    date: _date,
    datetime: _datetime,
}
_LISTS: Mapping[Any, Callable[[Iterable[Any]], Any]] = {
    tuple: tuple,
    list: list,
    set: set,
    frozenset: frozenset,
    Sequence: tuple,
    Iterable: tuple,
}
_READERS: Sequence[tuple[Callable[[Any], bool], Callable[[Any, Any, str, Problems], Any]]] = (
    (lambda origin: origin is Any, lambda value, *_: value),
    (lambda origin: origin in {Union, UnionType}, _either),
    (attrs.has, _record),
    (lambda origin: origin in _LISTS, _items),
    (lambda origin: origin in {dict, Mapping}, _entries),
    (lambda origin: isinstance(origin, EnumMeta), _member),
)
"""How a value is read, by what its annotation is; all else is one value."""

_MOST_DIGITS = 30
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def _kind(value: Any) -> str:
    names = (
        (str, "text"),
        (bool, "true/false"),
        ((int, float, Decimal), "a number"),
        (datetime, "a date and time"),
        (date, "a date"),
        (Mapping, "a table"),
        ((Sequence, AbstractSet), "a list"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "nothing")


def from_text(text: str, annotation: Any) -> Any:
    """An environment variable's text as the plain value a TOML file would hold for this annotation.

    Text that does not fit is returned as it is, so that `structure` names the problem.
    """
    wanted = types_in(annotation)
    if bool in wanted:
        return _BOOLEANS.get(text.strip().lower(), text)
    if wanted & {int, float, Decimal}:
        try:
            number = Decimal(text.strip())
        except InvalidOperation:
            return text
        small = number.is_finite() and number.adjusted() < _MOST_DIGITS
        whole = int in wanted and small and number == number.to_integral_value()
        return int(number) if whole else number
    if wanted & {tuple, list, set, frozenset}:
        return [each.strip() for each in text.split(",") if each.strip()]
    return text
