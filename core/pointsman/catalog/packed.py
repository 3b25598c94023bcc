"""A catalog in the form it is kept in on disk: small, and read quickly.

Many providers offer one model under one id, at one price; its qualities are the same everywhere. So what
offers have in common stands once, in a list of its own, and a row of an offer holds its place there. Equal
parts are one object afterwards. A catalog written for people and version control (`Catalog.to_json`) is not
packed: one change would move many lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import GenericAlias, MappingProxyType
from typing import Any, get_type_hints

import attrs
import msgspec
from attrs import evolve, field, frozen

from pointsman.catalog.codec import plain, uncollected
from pointsman.catalog.snapshot import Catalog
from pointsman.types import Candidate, Capability, Model, Price, Quality, Rates, Region, Variant

_PARTS: Mapping[str, Any] = {
    "model": Model,
    "rates": Rates,
    "variants": tuple[Variant, ...],
    "regions": tuple[Region, ...],
    "quality": dict[str, Quality],
    "can": frozenset[Capability],
    "cannot": frozenset[Capability],
}
"""Fields of offers and prices that are kept once, with their types."""

Row = list[Any]


def pack(catalog: Catalog) -> str:
    """`catalog` as JSON."""
    parts = {name: _Part() for name in (*_PARTS, "price")}
    candidates, embedders = (
        [_row(each, parts) for each in of] for of in (catalog.candidates, catalog.embedders)
    )
    document = {
        "hash": catalog.hash,
        "rest": plain(evolve(catalog, candidates=(), embedders=())),
        "parts": {name: part.values for name, part in parts.items()},
        "candidates": candidates,
        "embedders": embedders,
    }
    return msgspec.json.encode(document).decode()


def unpack(text: str) -> Catalog:
    """The catalog `pack` wrote.

    Raises:
        ValueError: It is not one this version can read.
    """
    try:
        with uncollected():
            return _unpacked(_decoder().decode(text))
    except Exception as error:
        raise ValueError(f"not a packed catalog of this version: {error}") from error


@frozen
class _Part:
    """What was kept so far of one part, each value once."""

    values: list[Any] = field(factory=list)
    _places: dict[bytes, int] = field(factory=dict)

    def place(self, value: Any) -> int:
        """Where `value` stands."""
        key = msgspec.json.encode(value, order="sorted")
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


def _row(record: Any, parts: Mapping[str, _Part]) -> Row:
    """The fields of a record in order; a place where they are kept once."""
    row: Row = []
    kind: Any = type(record)
    for name in _names(kind):
        value = getattr(record, name)
        written = _row(value, parts) if isinstance(value, Price) else plain(value)
        row.append(parts[name].place(written) if name in parts and value is not None else written)
    return row


def _unpacked(document: Any) -> Catalog:
    parts: dict[str, Sequence[Any]] = msgspec.structs.asdict(document.parts)
    parts["quality"] = [MappingProxyType(each) for each in parts["quality"]]
    parts["price"] = _records(Price, parts["price"], parts)
    candidates = _records(Candidate, document.candidates, parts)
    embedders = _records(Candidate, document.embedders, parts)
    rest: Catalog = document.rest
    return evolve(rest, candidates=candidates, embedders=embedders).hashed(document.hash)


def _records(kind: Any, rows: Iterable[Row], parts: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Rows as records, with their parts in place of the places."""
    columns = [parts.get(name) for name in _names(kind)]
    return [
        kind(
            *(
                value if part is None or value is None else part[value]
                for part, value in zip(columns, row, strict=True)
            )
        )
        for row in rows
    ]


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields a record is made from, in order."""
    return tuple(each.name for each in attrs.fields(kind) if each.init)


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    """Reads the whole document at once; its types are those of the records' own fields."""
    parts = [(name, GenericAlias(list, kind)) for name, kind in _PARTS.items()]
    prices, offers = (GenericAlias(list, _row_type(kind)) for kind in (Price, Candidate))
    document = [
        ("hash", str),
        ("rest", Catalog),
        ("parts", msgspec.defstruct("Parts", [*parts, ("price", prices)])),
        ("candidates", offers),
        ("embedders", offers),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Document", document))


def _row_type(kind: Any) -> GenericAlias:
    hints, kept = get_type_hints(kind), {*_PARTS, "price"}
    return GenericAlias(tuple, tuple(int | None if name in kept else hints[name] for name in _names(kind)))
