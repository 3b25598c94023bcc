"""The ledger's default home: one SQLite file on this machine.

Write-ahead log, `synchronous=FULL`, one writing thread with group commit, answers only after the commit. The
file can be opened with any SQLite tool while calls go on; its tables ``calls`` and ``attempts`` are described
in ``schema/0001.sql``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from attrs import frozen

from pointsman.errors import LedgerError
from pointsman.hookspecs import Extension, hookimpl, setting
from pointsman.protocols import Ledger
from pointsman.types.ledger import Call, Reservation, Settlement, UsageRow

if TYPE_CHECKING:  # it loads asyncio, sqlite3 and orjson
    import asyncio

    from pointsman.money.writer import Writer

P = ParamSpec("P")
T = TypeVar("T")


@frozen
class SqliteConfig:
    """Table ``[ledgers.sqlite]``.

    Attributes:
        path: The file; empty for ``ledger.sqlite3`` in the data folder.
        home: The data folder; empty for the system's usual place for application data.
    """

    path: str = setting("POINTSMAN_LEDGER_FILE", default="")
    home: str = setting("POINTSMAN_HOME", default="")

    @property
    def file(self) -> Path:
        """The absolute path of the ledger."""
        if self.path:
            return Path(self.path).expanduser().absolute()
        from pointsman.config.folders import Folders

        env = {"POINTSMAN_HOME": self.home} if self.home else {}
        return Folders.find(env).data.absolute() / "ledger.sqlite3"


class SqliteLedger:
    """A `Ledger` in one SQLite file; several processes may share it.

    Attributes:
        path: The file.
    """

    def __init__(self, config: SqliteConfig | None = None) -> None:
        self.path = (config or SqliteConfig()).file
        self._writer: Writer | None = None

    async def open(self) -> None:
        """Open or create the file; calls that dead processes left open become `UNSETTLED`.

        Raises:
            LedgerError: The file cannot be used; the message says how to repair it.
        """
        from pointsman.money.writer import Writer

        if self._writer is None:
            writer = Writer(self.path)
            await writer.open()
            self._writer = writer

    async def close(self) -> None:
        """Write what is pending and let go of the file; harmless when it is not open."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.close()

    async def reserve(self, reservation: Reservation) -> None:
        """Record a call; durable on return.

        Raises:
            LedgerError: It could not be recorded, or its id is taken.
        """
        await self._opened().reserve(reservation)

    def settle(self, settlement: Settlement) -> asyncio.Future[None]:
        """Record how it ended; durable when the future is done. Settling twice keeps the first.

        Raises:
            LedgerError: It could not be recorded, or was never reserved.
        """
        return self._opened().settle(settlement)

    async def usage(self, by: Sequence[str], *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """Sums per group; see `report.usage`."""
        from pointsman.money import report

        return await self._read(report.usage, tuple(by), since, until)

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest calls, newest first."""
        from pointsman.money import lookup

        return await self._read(lookup.calls, limit)

    async def call(self, id: str) -> Call | None:  # noqa: A002 (what a call's id is called everywhere)
        """One call by its id or the beginning of it; see `lookup.call`."""
        from pointsman.money import lookup

        return await self._read(lookup.call, id)

    async def check(self) -> None:
        """Read the whole file; see `database.check`."""
        from pointsman.money import database

        await self._read(database.check)

    async def _read(self, query: Callable[Concatenate[Path, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        import asyncio

        self._opened()
        return await asyncio.to_thread(query, self.path, *args, **kwargs)

    def _opened(self) -> Writer:
        if self._writer is None:
            raise LedgerError(f"the ledger {self.path} is not open")
        return self._writer


@hookimpl
def pointsman_ledgers() -> Iterable[Extension[Ledger]]:
    """The default ledger."""
    yield Extension(
        "sqlite",
        SqliteLedger,
        config=SqliteConfig,
        summary="Calls in one SQLite file on this machine.",
        default=True,
    )
