"""Where names cannot decide, what their sources say beside them does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.compare import decide
from pointsman.catalog.identity.match import Match
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.record import NameRecord, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics
from pointsman.types import Facts

NAMES = (
    *("alpaca-r1-0120", "alpaca-r1-0528", "alpaca-4", "alpaca-4-codex"),
    *("alpaca-4-32b-thinking", "alpaca-4-32b-instruct"),
)
LISTED = NameStatistics([("list", map(parse, NAMES))])
BOARD = NameStatistics(
    [("scores board", map(parse, ("alpaca-4-5", "alpaca-4-5-thinking-32k", "zebra-3", "zebra-3-high")))]
)


def row(
    text: str, *known: str, day: date | None = None, shown: str | None = None, place: str = ""
) -> NameRecord:
    """A row with these facts."""
    return parse_row(ListRow(text, place=place, shown=shown, facts=Facts(known_as=known, released=day)))


def measured(text: str) -> NameRecord:
    """A row of the leaderboard."""
    return parse_row(ListRow.scored("board", text, None))


def judged(one: NameRecord, two: NameRecord, statistics: NameStatistics = LISTED) -> str:
    """The verdict."""
    return decide(one, two, statistics).verdict.value


def test_a_cited_name_makes_up_for_silence() -> None:
    """One side writes no version, the other cites it for its own."""
    assert judged(row("wool/alpaca-chat"), row("alpaca-v3", "wool/alpaca-chat")) == "same"


@pytest.mark.parametrize(
    ("citing", "names"),
    [
        ("alpaca-4-codex", "wool/alpaca-4"),
        ("alpaca-4-8b", "wool/alpaca-4-70b"),
        ("alpaca-4", "wool/alpaca-4.5"),
        ("alpaca-r1-0120", "wool/alpaca-r1-0528"),
        ("alpaca-4-32b-thinking", "wool/alpaca-4-32b-instruct"),
    ],
)
def test_a_wrong_citation_is_not_believed(citing: str, names: str) -> None:
    """Another variant, size, version, date or edition: names win."""
    assert judged(row(citing, names), row(names)) != "same"


def test_a_row_cites_its_own_name_for_nothing() -> None:
    """``wool/Alpaca-R1`` behind ``alpaca-r1`` says no more than the name does."""
    one = row("alpaca-r1", "wool/Alpaca-R1", shown="Alpaca R1 0528")

    assert judged(one, row("wool/Alpaca-R1")) == "unsure"


def test_the_release_day_settles_which_issue_is_meant() -> None:
    """The one that came out then, and no other."""
    name, older, newer = row("alpaca-r1", day=date(2025, 1, 20)), row("alpaca-r1-0120"), row("alpaca-r1-0528")

    assert (judged(name, older), judged(name, newer)) == ("same", "unsure")


def test_what_was_measured_was_out_by_then() -> None:
    """The newest issue of that day; never a later one."""
    seen = parse_row(ListRow("Alpaca R1", measured=date(2025, 2, 1)))

    assert (judged(seen, row("alpaca-r1-0120")), judged(seen, row("alpaca-r1-0528"))) == (
        "same",
        "different",
    )


def test_snapshots_move_under_their_name() -> None:
    """The release day of an undated offer is that of its first snapshot; it may mean a later one today."""
    listed = NameStatistics([("list", map(parse, ("alpaca-4o-2024-05-13", "alpaca-4o-2024-08-06")))])

    assert (
        judged(row("wool/alpaca-4o", day=date(2024, 5, 13)), row("alpaca-4o-2024-05-13"), listed) == "unsure"
    )


def test_a_thinking_edition_comes_out_at_another_time() -> None:
    """A mode does not."""
    edition = row("alpaca-k2-thinking", day=date(2025, 11, 6), place="one")
    mode = row("alpaca-k2", day=date(2025, 11, 6), place="two")
    before = row("alpaca-k2", day=date(2025, 7, 11), place="two")

    assert (judged(edition, mode), judged(edition, before)) == ("same", "unsure")


def test_a_row_without_a_mode_beside_one_with_it_is_the_other_mode() -> None:
    """In a list of measurements."""
    plain = measured("alpaca-4-5")
    found = decide(plain, row("Alpaca 4.5 (Reasoning)"), BOARD)

    assert (found.verdict.value, found.mode_only) == ("different", True)


def test_one_more_of_a_series_of_efforts_is_an_effort() -> None:
    """``max`` behind a name that stands there as low and high is no part of the name."""
    listed = NameStatistics([("scores board", map(parse, ("yak-5-low", "yak-5-high", "yak-5-max")))])

    assert judged(measured("yak-5-max"), row("wool/yak-5"), listed) == "same"


def test_a_remark_behind_many_names_is_no_part_of_them() -> None:
    """A list that writes how it asked writes it behind all its names."""
    names = ("alpaca-4 (diff)", "zebra-3 (diff)", "yak-5 (diff)")
    listed = NameStatistics([("scores board", map(parse, names))])

    assert judged(measured("yak-5 (diff)"), row("wool/yak-5"), listed) == "same"


def test_two_ids_of_one_list_cite_each_other_only_in_full() -> None:
    """Both are rows about one model elsewhere; here they are two."""
    one = row("alpaca-9-preview", "wool/alpaca-9", place="board")

    assert (judged(one, row("alpaca-9", place="board")), judged(one, row("alpaca-9", place="else"))) == (
        "unsure",
        "same",
    )


def test_serving_words_of_one_release_day_are_another_offer() -> None:
    """A faster alpaca of the same day is the alpaca, sold otherwise."""
    day = date(2026, 4, 24)
    found = decide(row("alpaca-v4-lightning", day=day), row("wool/alpaca-v4", day=day), LISTED)

    assert (found.verdict.value, found.offer_differs) == ("same", True)


def test_every_flag_is_typed() -> None:
    """Nobody has to search the evidence."""
    found = decide(row("alpaca-4:free"), row("Alpaca 4 (high)"), NO_STATISTICS, listed=True)

    assert (found.mode_only, found.mode_one_sided, found.offer_differs) == (False, True, True)


_NAMES = ("alpaca-4", "alpaca-4-0120", "Alpaca 4 (high)", "alpaca-4-8b-instruct", "wool/chat", "zebra", "")


@given(
    st.sampled_from(_NAMES),
    st.sampled_from(_NAMES),
    st.lists(st.sampled_from(_NAMES), max_size=2),
    st.dates(date(2024, 1, 1), date(2026, 1, 1)),
)
def test_deciding_knows_no_order(one: str, two: str, known: list[str], day: date) -> None:
    """Which row comes first does not matter, and a confidence is a probability."""
    left, right = row(one, *known, day=day), row(two)
    there: Match = decide(left, right, LISTED)
    back = decide(right, left, LISTED)

    assert (there.verdict, there.confidence, there.mode_only) == (
        back.verdict,
        back.confidence,
        back.mode_only,
    )
    assert 0.0 <= there.confidence <= 1.0
