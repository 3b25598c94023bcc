"""What a row says beside its id fills what the id leaves open."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.dates import Day
from pointsman.catalog.identity.name import Mode
from pointsman.catalog.identity.record import NameRecord, keys_of, parse_model, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.types import Facts, Model
from pointsman.types.models import NO_FACTS


def cited(text: str, *names: str, released: date | None = None) -> Facts:
    """Facts that cite these names."""
    return Facts(known_as=names, released=released)


def read(text: str, shown: str | None = None, facts: Facts = NO_FACTS) -> NameRecord:
    """A row of a price list."""
    return parse_row(ListRow(text, shown=shown, facts=facts))


def test_the_display_name_tells_the_mode_and_the_date() -> None:
    """A slug often says neither."""
    name = read("alpaca-r1", shown="Alpaca R1 0528 (Reasoning, High Effort)").name

    assert (name.mode, name.day) == (Mode(reasoning=True, effort="high"), Day(month=5, day=28))


def test_the_display_name_tells_where_the_dots_are() -> None:
    """``2-5-1-2b`` is version 2.5 with 1.2 billion, as the same letters with dots say."""
    name = read("lfx2-5-1-2b-instruct", shown="LFX2.5 1.2B Instruct").name

    assert (name.version, name.sizes) == (("2.5",), frozenset({"1.2b"}))


def test_a_word_the_display_name_sets_aside_is_a_way_of_serving() -> None:
    """``Alpaca 4 (Fast)`` is the alpaca, served fast."""
    name = read("alpaca-4-fast", shown="Alpaca 4 (Fast)").name

    assert (name.words, name.offer) == (("alpaca",), frozenset({"fast"}))


def test_a_display_name_that_says_more_is_another_reading() -> None:
    """The id left a word out; both are kept."""
    row = read("wool/alpaca-3-120b", shown="Alpaca 3 Super 120B")

    assert [each.words for each in row.readings] == [("alpaca",), ("alpaca", "super")]


def test_cited_names_fill_what_is_open() -> None:
    """Version, size, date and tuning stand in the repository's name."""
    name = read("alpaca-small-2603", facts=cited("", "wool/Alpaca-Small-4-119B-Instruct-2603")).name

    assert (name.version, name.sizes, name.tuning) == (("4",), frozenset({"119b"}), "instruct")


def test_a_cited_name_that_contradicts_fills_nothing() -> None:
    """Another size, another variant, another edition: the citation is wrong, the id stands."""
    wrong = ("wool/Alpaca-4-70B-0528", "wool/Alpaca-4-8B-Vision-0528", "wool/Alpaca-5-8B-0528")

    assert [read("alpaca-4-8b", facts=cited("", each)).name.day for each in wrong] == [None, None, None]


def test_who_cites_several_dates_cites_a_moving_name() -> None:
    """Which of them is meant today is open."""
    names = ("alpaca-4-2024-05-13", "alpaca-4-2024-08-06")

    assert read("alpaca-4", facts=cited("", *names)).name.day is None


def test_a_date_years_from_the_release_is_a_typing_error() -> None:
    """It is not believed."""
    facts = cited("", "wool/alpaca-4-20230311", released=date(2026, 3, 11))

    assert read("wool/alpaca-4", facts=facts).name.day is None


def test_the_providers_own_display_name_may_write_the_minor_version() -> None:
    """Somebody else's may not: ``alpaca-3`` and ``alpaca-3.1`` are two models."""
    own = parse_model(Model("wool.alpaca-v3", name="Alpaca-V3.1"))
    other = read("wool.alpaca-v3", shown="Alpaca-V3.1")

    assert (own.name.version, other.name.version) == (("3.1",), ("3",))


def test_a_citation_is_recognised_without_its_path_only_where_it_writes_a_number() -> None:
    """``chat`` alone could be anybody's."""
    assert (keys_of("wool/Alpaca-4"), keys_of("wool/chat")) == (
        frozenset({"wool/alpaca-4", "alpaca4"}),
        frozenset({"wool/chat"}),
    )


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(max_size=30), max_size=4))
def test_any_row_can_be_read(text: str, shown: str, names: list[str]) -> None:
    """Nothing a feed contains makes reading fail, and the id is kept as written."""
    assert read(text, shown=shown, facts=Facts(known_as=tuple(names))).name.text == text
