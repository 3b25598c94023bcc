"""Rows of price lists that the user has confirmed, kept where a wiped cache does not lose them.

A confirmation holds for the figures it was given for: as soon as the row says something else it is doubted
anew. The file is TOML, one table ``[[accepted]]`` per row with the texts ``source``, ``provider``, ``model``,
``input`` and ``output`` (USD per million tokens); remove a table to take a confirmation back.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from attrs import asdict, fields, frozen

from pointsman import private_files
from pointsman.errors import ConfigError
from pointsman.types import Quote, Rates

log = logging.getLogger(__name__)

FILE = "accepted-prices.toml"
"""Its name in the configuration folder."""
_HEAD = "# Prices confirmed with `pointsman prices accept`; remove a table to have its row doubted again.\n"


@frozen
class Accepted:
    """One confirmed row.

    Attributes:
        source: Whose row.
        model: As the source writes it.
        provider: As the source writes it; empty for none.
        input, output: The confirmed rates, USD per million tokens, as text; empty for unknown.
    """

    source: str
    model: str
    provider: str = ""
    input: str = ""
    output: str = ""

    @classmethod
    def of(cls, source: str, model: str, provider: str | None, rates: Rates) -> Accepted:
        """The confirmation of a row."""
        return cls(source, model, provider or "", _text(rates.input), _text(rates.output))

    @property
    def row(self) -> tuple[str, str, str]:
        """Which row it is about, whatever it asks."""
        return self.source, self.provider, self.model.casefold()


def accepts(accepted: Iterable[Accepted], quote: Quote) -> bool:
    """Whether the user has confirmed this row as it is."""
    return any(
        each.source == quote.source
        and each.row == (quote.source, quote.provider or "", quote.model.casefold())
        and (_number(each.input), _number(each.output)) == (quote.rates.input, quote.rates.output)
        for each in accepted
    )


@frozen
class AcceptedFile:
    """The file; written with mode 0600, whole or not at all."""

    path: Path

    def read(self) -> tuple[Accepted, ...]:
        """Every confirmation; none when there is no file.

        Raises:
            ConfigError: It cannot be read, or is not such a file.
        """
        try:
            rows = tomllib.loads(self.path.read_text(encoding="utf-8")).get("accepted", [])
            return tuple(_structured(row) for row in rows)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ConfigError([f"{self.path}: cannot be read: {error.strerror}"]) from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigError([f"{self.path}: not a file of confirmed prices: {error}"]) from error

    def known(self) -> tuple[Accepted, ...]:
        """As `read`, but a file that cannot be used confirms nothing, and the log says so."""
        try:
            return self.read()
        except ConfigError as error:
            log.warning("no price counts as confirmed: %s", error)
            return ()

    def add(self, accepted: Sequence[Accepted]) -> None:
        """Keep these, each in place of an earlier one about the same row.

        Raises:
            ConfigError: The file cannot be used.
        """
        import tomli_w

        kept = {each.row: each for each in (*self.read(), *accepted)}
        document = {"accepted": [asdict(kept[row]) for row in sorted(kept)]}
        try:
            private_files.write(self.path, _HEAD + tomli_w.dumps(document))
        except OSError as error:
            raise ConfigError([f"{self.path}: cannot be written: {error.strerror}"]) from error


def _structured(row: object) -> Accepted:
    names = {each.name for each in fields(Accepted)}
    if not isinstance(row, dict) or not row.keys() <= names:
        raise ValueError(f"a table may hold {', '.join(sorted(names))}")
    if not all(isinstance(value, str) for value in row.values()):
        raise ValueError("every value is a text in quotes")
    made = Accepted(**row)
    _number(made.input), _number(made.output)
    return made


def _text(rate: Decimal | None) -> str:
    return "" if rate is None else str(rate)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
