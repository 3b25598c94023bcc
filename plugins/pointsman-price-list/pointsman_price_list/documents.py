"""A list's file as plain entries: CSV, JSON or TOML, by its name, else by its content type."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from pointsman import FeedError, ResponseError
from pointsman.http import Answer
from pointsman.sources import csv_rows

NAME = "price-list"
_LARGEST = 32 * 2**20  # bytes
_FORMS = ("csv", "json", "toml")
_KEY = "prices"
_BOM = "\ufeff"


@frozen
class Entry:
    """One row.

    Attributes:
        place: Where it stands, for a person: ``line 3``, ``row 2``.
        values: By column.
    """

    place: str
    values: Mapping[str, Any]


def read_file(path: str) -> bytes:
    """The file's bytes.

    Raises:
        FeedError: It cannot be read, or is far too large for a list.
    """
    file = Path(path).expanduser()
    try:
        if file.stat().st_size > _LARGEST:
            raise FeedError(NAME, f"{path} is larger than {_LARGEST >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise FeedError(NAME, f"{path} cannot be read: {error.strerror}") from error


def entries(path: str, content_type: str, body: bytes) -> Sequence[Entry]:
    """The rows of a list.

    Args:
        path: Its file or address; the ending says which form it has.
        content_type: Of the answer, where it came from an address; asked when the ending says nothing.
        body: What it holds.

    Raises:
        FeedError: It has none of the three forms, or is not what it claims to be.
    """
    form = _form(path, content_type)
    if form == "csv":
        rows = csv_rows(NAME, body, ("model",))
        return [
            Entry(f"line {number}", row)
            for number, row in zip(_lines(body), rows, strict=True)
            if any(row.values())
        ]
    document = _json(body) if form == "json" else _toml(body)
    listed = document.get(_KEY) if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise FeedError(NAME, f"{path} holds no list of rows, nor one called {_KEY!r}")
    return [Entry(f"row {number}", row) for number, row in enumerate(listed, 1)]


def _lines(body: bytes) -> Iterator[int]:
    """In which line each row of a CSV table stands; the table is known to be one.

    Raises:
        FeedError: A column comes twice, or a row has more cells than columns: a figure such as ``1,80``
            would move those after it to other columns.
    """
    reader = csv.reader(io.StringIO(body.decode().removeprefix(_BOM), newline=""))
    names: list[str] | None = None
    for row in reader:
        if names is None:
            names = [name.strip() for name in row]
            if len({*names}) < len(names):
                raise FeedError(NAME, f"line {reader.line_num}: a column comes twice")
        elif row:
            if any(cell.strip() for cell in row[len(names) :]):
                raise FeedError(
                    NAME, f"line {reader.line_num}: more cells than columns; write 1.80, not 1,80"
                )
            yield reader.line_num


def _form(path: str, content_type: str) -> str:
    address = urlsplit(path).path if "://" in path else path
    ending = Path(address).suffix.lower().lstrip(".")
    if ending in _FORMS:
        return ending
    form = next((form for form in _FORMS if form in content_type.lower()), None)
    if form is None:
        raise FeedError(NAME, f"{path} must end in .csv, .json or .toml, or be served as one of them")
    return form


def _json(body: bytes) -> Any:
    try:
        return Answer(200, {}, body).json(exact=True)
    except ResponseError as error:
        raise FeedError(NAME, str(error)) from error


def _toml(body: bytes) -> Any:
    try:
        return tomllib.loads(body.decode(), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, ArithmeticError, RecursionError) as error:
        raise FeedError(NAME, f"not usable TOML: {error}") from error
