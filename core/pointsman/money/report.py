"""What the ledger adds up, on a connection that cannot write. It blocks: call in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from pointsman.config.names import nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.money import database, rows
from pointsman.money.sums import BY_LABEL, DAILY, LABELS, MEASURES
from pointsman.types.ledger import GROUPS, UsageRow
from pointsman.types.money import add

_WHOLE_DAYS: Final = "day >= :first AND day < :last"
_OF_CALLS: Final = (
    "state IN ('settled', 'failed', 'cancelled') AND at >= :since AND at < :first",
    "state IN ('settled', 'failed', 'cancelled') AND at >= :rest AND at < :until",
    "state IN ('reserved', 'unsettled') AND at >= :since AND at < :until",
)
"""What is read from the calls: what ended on the days that the period cuts, and what has not ended."""
_ENDS_OF_CALLS: Final = "SUM(calls_settled), SUM(calls_failed), SUM(calls_cancelled)"
_ENDS_OF_ATTEMPTS: Final = "SUM(answered), SUM(failed), SUM(cancelled)"
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
    period = _Period.of(since, until, days=bool(query.sums))
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
        """What the groups are made of."""
        return tuple(dict.fromkeys("day" if name == "month" else name for name in self.by))

    @property
    def counted(self) -> str:
        """The column that counts each call once per group."""
        asked = {"provider", "model"} & set(self.by)
        if len(asked) > 1:
            return "calls_by_offer"
        return f"calls_by_{asked.pop()}" if asked else "calls"

    @property
    def sums(self) -> str:
        """SQL that reads what is kept per day; empty where that is not kept."""
        labels = [name for name in self.columns if name in LABELS]
        rest = {name for name in self.columns if name not in LABELS}
        if not labels and rest <= set(DAILY):
            return f"SELECT {self._select('daily_sums')} FROM daily_sums WHERE {_WHOLE_DAYS}"  # noqa: S608  # constants
        if len(labels) == 1 and rest <= set(BY_LABEL):
            (label,) = labels
            columns = self._select("daily_label_sums", {label: "value"})
            return f"SELECT {columns} FROM daily_label_sums WHERE label = '{label}' AND {_WHOLE_DAYS}"  # noqa: S608
        return ""

    @property
    def sql(self) -> str:
        """With the parameters of a `_Period`."""
        columns = self._select("summands", {"tag": "coalesce(tag.value, '')"})
        source = "summands" + (" LEFT JOIN json_each(summands.tags) AS tag" if "tag" in self.by else "")
        parts = [f"SELECT {columns} FROM {source} WHERE {condition}" for condition in _OF_CALLS]  # noqa: S608
        if self.sums:
            parts.append(self.sums)
        groups = "".join("substr(day, 1, 7), " if name == "month" else f"{name}, " for name in self.by)
        positions = ", ".join(str(number) for number in range(1, len(self.by) + 1))
        ends = _ENDS_OF_CALLS if self.counted == "calls" else _ENDS_OF_ATTEMPTS
        return f"""
            SELECT
                {groups}
                SUM({self.counted}), SUM(attempts), {ends},
                SUM(calls) - SUM(calls_settled) - SUM(calls_failed) - SUM(calls_cancelled),
                SUM(input_tokens), SUM(output_tokens), SUM(unpriced),
                SUM(usd_micro), SUM(usd_rest), exact_sum(usd_exact) FILTER (WHERE usd_exact IS NOT NULL),
                SUM(estimate_pico / 1000000), SUM(estimate_pico % 1000000),
                exact_sum(estimate_exact) FILTER (WHERE estimate_exact IS NOT NULL),
                SUM(first_token_seconds) / nullif(SUM(first_tokens), 0)
            FROM ({" UNION ALL ".join(parts)})
            {f"GROUP BY {positions} HAVING SUM({self.counted}) > 0 ORDER BY {positions}" if self.by else ""}
        """  # noqa: S608  # made of constants

    def _select(self, table: str, made: Mapping[str, str] = {}) -> str:
        """The columns of a part, some of them `made`; sums know no estimates, for they are of ended calls."""
        groups = [f"{made.get(name, f'{table}.{name}')} AS {name}" for name in self.columns]
        sums = [f"{table}.{name}" for name in (*MEASURES, "usd_exact")]
        known = table == "summands"
        estimates = [name if known else f"NULL AS {name}" for name in ("estimate_pico", "estimate_exact")]
        return ", ".join((*groups, *sums, *estimates))


def _bound(parameter: str, text: str) -> str:
    if not text:
        return ""
    try:
        return rows.to_time(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise RequestError(f"{parameter}={text!r} is not an ISO date or date-time", parameter) from error


def _usage_row(row: tuple[Any, ...], width: int) -> UsageRow:
    *sums, latency = row[width:]
    (
        calls, attempts, answered, failed, cancelled, unsettled, input_tokens, output_tokens, unpriced,
        usd, usd_rest, usd_exact, open_usd, open_rest, open_exact,
    ) = (each or 0 for each in sums)  # fmt: skip
    return UsageRow(
        group=tuple(str(each) for each in row[:width]),
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


def _sum(micro: int, rest: int, exact: str | int) -> Decimal:
    """Micro-dollars, pico-dollars and decimal text, added without rounding."""
    return add(rows.to_decimal(micro * 10**6 + rest, None) or Decimal(0), Decimal(exact))
