"""What the ledger adds up, on a connection that cannot write. It blocks: call in a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from pointsman.config.names import nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.money import database, rows
from pointsman.money.sums import sums_for
from pointsman.types.ledger import GROUPS, UsageRow
from pointsman.types.money import add

_COUNTS: Final = ", ".join(
    f"coalesce(SUM({name}), 0)"
    for name in (
        "calls", "attempts", "answered", "failed", "cancelled", "unsettled", "input_tokens", "output_tokens",
        "unpriced", "usd_micro", "usd_rest",
    )
)  # fmt: skip
_DAY: Final = len("2026-01-01")
_LATER: Final = (
    "~"  # as text, behind every time of a day it follows, and behind every day where it stands alone
)


def usage(path: Path, by: Sequence[str], since: str = "", until: str = "") -> list[UsageRow]:
    """Sums per group, in the order of the groups; one row when `by` is empty.

    Whole days are read from the sums kept beside the calls; days that the period cuts, and groups of which no
    sums are kept, from the calls.

    Raises:
        UnknownNameError: `by` holds an unknown column.
        RequestError: `since` or `until` is not an ISO date or date-time.
        LedgerError: The file cannot be read.
    """
    for name in by:
        if name not in GROUPS:
            raise UnknownNameError("usage column", name, nearest(name, GROUPS), f"known: {', '.join(GROUPS)}")
    query = _Query(tuple(by))
    period = _Period.of(since, until, days=query.sums is not None)
    with database.reading(path) as connection:
        found = connection.execute(query.sql, period.parameters).fetchall()
    return [_usage_row(tuple(row), len(by)) for row in found]


@frozen
class _Period:
    """From inclusive, to exclusive, as the ledger writes times; empty for without end.

    Attributes:
        since, until: The whole of it.
        first, last: The whole days in it that are read from the sums, from inclusive, to exclusive.
    """

    since: str
    until: str
    first: str
    last: str

    @classmethod
    def of(cls, since: str, until: str, *, days: bool) -> _Period:
        """The period between two ISO dates or date-times in UTC; without `days`, no day of it is whole."""
        start, end = _bound("since", since), _bound("until", until)
        if not days:
            return cls(start, end, end or _LATER, end or _LATER)
        first, last = start[:_DAY], end[:_DAY] or _LATER
        if start and start > rows.to_time(datetime.fromisoformat(first)):
            first += _LATER
        return cls(start, end, min(first, last), last)

    @property
    def parameters(self) -> dict[str, str]:
        """Those of `_Query.sql`."""
        return {
            "since": self.since,
            "until": self.until or _LATER,
            "first": self.first,
            "last": self.last,
            "rest": max(self.last, self.since),
        }


@frozen
class _Query:
    """How a report is read.

    Attributes:
        by: What it is grouped by.
    """

    by: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the groups are made of, beside the day."""
        return tuple(name for name in self.by if name not in {"day", "month"})

    @property
    def sums(self) -> tuple[str, ...] | None:
        """The sums that are read; None where the calls have to be."""
        return sums_for(self.columns)

    @property
    def counted(self) -> str:
        """The column that counts each call once per group."""
        asked = {"provider", "model"} & set(self.by)
        if len(asked) > 1:
            return "calls_by_offer"
        return f"calls_by_{asked.pop()}" if asked else "calls"

    @property
    def sql(self) -> str:
        """With the parameters of a `_Period`."""
        groups = "".join("substr(day, 1, 7), " if name == "month" else f"{name}, " for name in self.by)
        positions = ", ".join(str(number) for number in range(1, len(self.by) + 1))
        return f"""
            SELECT
                {groups}
                {_COUNTS},
                exact_sum(usd_exact) FILTER (WHERE usd_exact IS NOT NULL),
                coalesce(SUM(estimate_pico / 1000000), 0), coalesce(SUM(estimate_pico % 1000000), 0),
                exact_sum(estimate_exact) FILTER (WHERE estimate_exact IS NOT NULL),
                SUM(first_token_seconds) / nullif(SUM(first_tokens), 0)
            FROM ({" UNION ALL ".join(self._parts())})
            {f"GROUP BY {positions} HAVING SUM(calls) > 0 ORDER BY {positions}" if self.by else ""}
        """  # noqa: S608  # made of constants

    def _parts(self) -> Iterator[str]:
        """Of the calls, what ended on days that the period cuts and what has not ended; then whole days."""
        names = ["coalesce(tag.value, '')" if name == "tag" else f"summands.{name}" for name in self.columns]
        source = "summands LEFT JOIN json_each(tags) AS tag" if "tag" in self.columns else "summands"
        ended = (
            f"SELECT {self._select(names)} FROM {source} WHERE state IN ('settled', 'failed', 'cancelled')"  # noqa: S608
        )
        yield f"{ended} AND at >= :since AND at < :first"
        yield f"{ended} AND at >= :rest AND at < :until"
        # +at: the index of the calls that are open is small, that of all times is not.
        yield f"""
            SELECT {self._select(names, unsettled=True)} FROM {source}
            WHERE state IN ('reserved', 'unsettled') AND +at >= :since AND +at < :until
        """  # noqa: S608
        if self.sums is not None:
            place = dict(zip(self.sums, ("one", "other"), strict=False))
            yield f"""
                SELECT {self._select([place[name] for name in self.columns])} FROM daily_sums
                WHERE columns = '{" ".join(self.sums)}' AND day >= :first AND day < :last
            """  # noqa: S608

    def _select(self, names: Sequence[str], *, unsettled: bool = False) -> str:
        """The columns of a part, under the names that `sql` adds up."""
        named = [f"{name} AS {column}" for name, column in zip(names, self.columns, strict=True)]
        of_calls = self.counted == "calls"
        return ", ".join(
            (
                "day",
                *named,
                f"{self.counted} AS calls, attempts",
                "calls_settled AS answered, calls_failed AS failed, calls_cancelled AS cancelled"
                if of_calls
                else "answered, failed, cancelled",
                f"{self.counted if unsettled else 0} AS unsettled",
                "input_tokens, output_tokens, unpriced, usd_micro, usd_rest, usd_exact",
                "estimate_pico, estimate_exact"
                if unsettled
                else "NULL AS estimate_pico, NULL AS estimate_exact",
                "first_tokens, first_token_seconds",
            )
        )


def _bound(parameter: str, text: str) -> str:
    if not text:
        return ""
    try:
        return rows.to_time(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise RequestError(f"{parameter}={text!r} is not an ISO date or date-time", parameter) from error


def _usage_row(row: tuple[Any, ...], width: int) -> UsageRow:
    (
        calls, attempts, answered, failed, cancelled, unsettled, input_tokens, output_tokens, unpriced,
        usd, usd_rest, usd_exact, open_usd, open_rest, open_exact, latency,
    ) = row[width:]  # fmt: skip
    return UsageRow(
        group=tuple(map(str, row[:width])),
        calls=calls,
        attempts=attempts,
        answered=answered,
        failed=failed,
        cancelled=cancelled,
        unsettled=unsettled,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        usd=_sum(usd, usd_rest, usd_exact),
        unpriced=unpriced,
        unsettled_usd=_sum(open_usd, open_rest, open_exact),
        latency=latency,
    )


def _sum(micro: int, rest: int, exact: str | None) -> Decimal:
    """Micro-dollars, pico-dollars and decimal text, added without rounding."""
    usd = rows.to_usd(micro * 10**6 + rest)
    return usd if exact is None else add(usd, Decimal(exact))
