"""What an extension says of itself, as plain values: enough to know whether it is on without importing it."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from attrs import frozen

from pointsman.hookspecs import ENV, Extension, Origin
from pointsman.types.secrets import Secret

_TEXT = frozenset({str, Secret, NoneType})


@frozen
class Setting:
    """One field of an extension's config class.

    Attributes:
        name: Of the field, and of the key in the configuration's table.
        variables: Environment variables it is read from, in order.
        required: Whether it has no default.
        secret: Whether it is a key.
        free: Whether any text fits: it is one, and nothing checks or converts it.
    """

    name: str
    variables: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    free: bool = False


@frozen
class Declaration:
    """An extension without its code.

    Attributes:
        kind: Name of its kind's tables.
        name, summary, default, origin: As in `Extension`.
    """

    kind: str
    name: str
    summary: str = ""
    default: bool = False
    origin: Origin | None = None

    @classmethod
    def of(cls, kind: str, extension: Extension[Any]) -> Declaration:
        """That of an extension."""
        return cls(kind, extension.name, extension.summary, extension.default, extension.origin)


def settings_of(extension: Extension[Any]) -> tuple[Setting, ...] | None:
    """The fields of its config class, None where it takes no settings; raises what reading them raises."""
    return None if extension.config is None else tuple(_settings(extension.config))


def types_in(annotation: Any) -> set[Any]:
    """The plain types an annotation allows: both of ``int | None``, and ``tuple`` for ``tuple[str, ...]``."""
    parts = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    return {get_origin(part) or part for part in parts}


def _settings(config: type[Any]) -> Iterator[Setting]:
    checked = hasattr(config, "__attrs_pre_init__") or hasattr(config, "__attrs_post_init__")
    for field in attrs.fields(attrs.resolve_types(config)):
        if not field.init:
            continue
        kinds = types_in(field.type)
        yield Setting(
            name=field.name,
            variables=tuple(field.metadata.get(ENV, ())),
            required=field.default is attrs.NOTHING,
            secret=Secret in kinds,
            free=kinds <= _TEXT and not (checked or field.validator or field.converter),
        )
