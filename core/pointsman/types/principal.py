"""Who makes a call, and what they may do."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen, validators
from attrs.converters import optional


class Unit(StrEnum):
    """What a limit counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    USD = "usd"


class Window(StrEnum):
    """For how long a limit counts; days and months are UTC's."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@frozen
class Limit:
    """So much in a window of time, and no more.

    Attributes:
        unit: What is counted.
        most: How much; USD may have a fraction.
        window: In which time.
    """

    unit: Unit = field(converter=Unit)
    most: Decimal = field(converter=Decimal, validator=validators.ge(Decimal(0)))
    window: Window = field(converter=Window)


@frozen
class Principal:
    """Who makes a call.

    Attributes:
        key: Id of the key they showed (never the key); empty in a library.
        user: Opaque id of the person behind it.
        tags: Labels under which the ledger adds up.
        tasks: The only tasks allowed; None allows all.
        models: The only models allowed, as references (``provider/model``, an id, an alias); None allows all.
        limits: What their calls together may use.
    """

    key: str = ""
    user: str = ""
    tags: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    tasks: frozenset[str] | None = None
    models: tuple[str, ...] | None = field(default=None, converter=optional(tuple[str, ...]))
    limits: tuple[Limit, ...] = field(default=(), converter=tuple[Limit, ...])

    @property
    def name(self) -> str:
        """Under which their limits are counted: the key, else the user; empty for the library's own user."""
        return self.key or self.user


LIBRARY = Principal()
"""The program itself: no key, no limits."""
