"""Money and times as the ledger's columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import LedgerError
from pointsman.money.rows import EndedCall, to_columns, to_decimal, to_time
from pointsman.types import CallState

from .ledger_values import settlement


@given(usd=st.decimals(allow_nan=False, allow_infinity=False))
def test_no_amount_is_rounded(usd: Decimal) -> None:
    """Every finite amount comes back from its columns."""
    assert usd == to_decimal(*to_columns(usd))


@pytest.mark.parametrize(
    ("usd", "columns"),
    [
        (None, (None, None)),
        (Decimal("0.000000000001"), (1, None)),
        (Decimal("0.0000000000001"), (None, "1E-13")),
        (Decimal(1), (10**12, None)),
        (Decimal("9223372.036854775807"), (2**63 - 1, None)),
        (Decimal("9223372.036854775808"), (None, "9223372.036854775808")),
        (Decimal("-0.5"), (-5 * 10**11, None)),
    ],
)
def test_whole_pico_dollars_are_integers(usd: Decimal | None, columns: tuple[int | None, str | None]) -> None:
    """What is finer or larger than that is text; unknown is neither."""
    assert columns == to_columns(usd)


@pytest.mark.parametrize("usd", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_amount_is_refused(usd: str) -> None:
    """NaN in a sum would hide every other amount."""
    with pytest.raises(LedgerError, match="no amount of money"):
        to_columns(Decimal(usd))


def test_times_sort_as_text() -> None:
    """Any zone becomes UTC, and every text has the same width."""
    east = timezone(timedelta(hours=2))
    times = [datetime(2026, 1, 1, 1, tzinfo=east), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)]  # noqa: DTZ001  # a naive time is the case

    assert [to_time(time) for time in times] == [
        "2025-12-31T23:00:00.000000+00:00",
        "2026-01-01T00:00:00.000000+00:00",
        "2026-01-02T00:00:00.000000+00:00",
    ]


@pytest.mark.parametrize("state", [CallState.RESERVED, CallState.UNSETTLED])
def test_a_call_ends_in_an_end(state: CallState) -> None:
    """Nobody can settle a call as not settled."""
    with pytest.raises(LedgerError, match=f"cannot end as {state.value}"):
        EndedCall.of(settlement("a", state=state))
