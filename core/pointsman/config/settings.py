"""What a configuration says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen, validators

from pointsman.types import Criteria

Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]

_positive = validators.gt(0.0)


@frozen
class CallSettings:
    """``[calls]``: how calls are made.

    Attributes:
        attempts: Attempts at most for one call; empty for as many as the deadline allows.
        deadline: Seconds for the whole call, fallbacks included.
        first_token: Seconds one attempt may take until its first token (streams) or answer headers.
        idle: Seconds between two pieces of a stream; keep-alive comments do not count.
        connect: Seconds to connect.
        choose: Seconds a strategy may take to choose; the built-in one is used after them.
    """

    attempts: int | None = field(default=None, validator=validators.optional(validators.in_(range(1, 101))))
    deadline: float = field(default=300.0, validator=_positive)
    first_token: float = field(default=60.0, validator=_positive)
    idle: float = field(default=60.0, validator=_positive)
    connect: float = field(default=10.0, validator=_positive)
    choose: float = field(default=10.0, validator=_positive)


@frozen
class CatalogSettings:
    """``[catalog]``: what is known of models, and for how long.

    Attributes:
        refresh_hours: Age from which lists, prices and scores are fetched again in the background.
        timeout: Seconds one source may take.
        price_priority: Pricing sources that win over all others, best first.
        lock: A file that ``pointsman lock`` wrote; exactly that catalog is used, and never refreshed.
        refresh_in: ``process``: a process of its own, so that calls are not slowed; ``thread``: this one, for
            places where no other may be started.
    """

    refresh_hours: float = field(default=8.0, validator=_positive)
    timeout: float = field(default=30.0, validator=_positive)
    price_priority: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    lock: str = ""
    refresh_in: str = field(default="process", validator=validators.in_(("process", "thread")))


@frozen
class Settings:
    """A whole configuration.

    Attributes:
        strategy: Name of the strategy; empty for the one that declares itself the default.
        ledger: Name of the ledger; likewise.
        shared_state: Name of the place where processes agree on cooldowns and limits; likewise.
        offline: Never touch the network to refresh; use what is on disk.
        calls: ``[calls]``.
        catalog: ``[catalog]``.
        tasks: ``[tasks.NAME]``, each the criteria of one task.
        tables: Kind → name → table, as written, for the extensions' own config classes; may hold keys.
        passed: The same, only what the caller passed; it wins over the environment.
        origins: The files it was read from, strongest first.
    """

    strategy: str = ""
    ledger: str = ""
    shared_state: str = ""
    offline: bool = False
    calls: CallSettings = CallSettings()
    catalog: CatalogSettings = CatalogSettings()
    tasks: Mapping[str, Criteria] = field(factory=dict)
    tables: Tables = field(factory=dict, repr=False)
    passed: Tables = field(factory=dict, repr=False)
    origins: tuple[str, ...] = ()
