"""What today's lists have beside each other decides what a name that leaves something out may mean."""

from __future__ import annotations

from pointsman.catalog.identity.dates import Day
from pointsman.catalog.identity.match import Verdict, match
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.statistics import NameStatistics


def statistics(*lists: str) -> NameStatistics:
    """Each text one list, its names between blanks."""
    return NameStatistics((f"list {place}", map(parse, names.split())) for place, names in enumerate(lists))


def verdict(one: str, two: str, listed: NameStatistics) -> str:
    """The verdict on two names."""
    return match(parse(one), parse(two), listed, beside=False).verdict.value


def test_the_only_dated_issue_is_what_the_undated_name_means() -> None:
    """Where there are several, it is open."""
    one, several = statistics("alpaca-4-0709"), statistics("alpaca-4-0709 alpaca-4-0905")

    assert [verdict("alpaca-4", "alpaca-4-0709", each) for each in (one, several)] == ["same", "unsure"]


def test_a_short_date_beside_the_undated_name_is_a_new_issue() -> None:
    """A list would not write one thing twice."""
    assert verdict("alpaca-4", "alpaca-4-0111", statistics("alpaca-4 alpaca-4-0111")) == "unsure"


def test_a_date_one_list_alone_writes_is_a_slip() -> None:
    """Where ten know another."""
    listed = statistics(*["alpaca-4-20250805"] * 10, "alpaca-4-20241024")

    assert listed.issues(parse("alpaca-4")) == (Day(2025, 8, 5),)


def test_several_sizes_leave_a_name_without_one_open() -> None:
    """One size does not."""
    one, several = statistics("alpaca-4-8b"), statistics("alpaca-4-8b alpaca-4-70b")

    assert [verdict("alpaca-4", "alpaca-4-8b", each) for each in (one, several)] == ["same", "unsure"]


def test_a_size_that_lists_have_beside_the_name_without_it_is_another_model() -> None:
    """``alpaca-flash`` and ``alpaca-flash-8b`` stand side by side."""
    assert verdict("alpaca-4-flash", "alpaca-4-flash-8b", statistics("alpaca-4-flash alpaca-4-flash-8b")) == (
        "unsure"
    )


def test_editions_side_by_side_make_an_unmarked_name_ambiguous() -> None:
    """It may be either; where nobody has both, thinking is a mode."""
    both, one = statistics("alpaca-4-instruct alpaca-4-thinking"), statistics("alpaca-4-thinking")

    assert [verdict("alpaca-4", "alpaca-4-thinking", each) for each in (both, one)] == ["unsure", "same"]


def test_a_word_tells_apart_where_a_list_has_names_with_and_without_it() -> None:
    """In that family; another family may use it for decoration."""
    listed = statistics("alpaca-4 alpaca-4-codex zebra-4-codex")

    assert [listed.tells_apart("codex", parse(name)) for name in ("alpaca-5", "zebra-5")] == [True, False]


def test_a_list_that_counts_its_assets_is_read_without_the_count() -> None:
    """Behind a tuning a number is no version; so in that list it is none behind a version either."""
    stems = ("alpaca-4-instruct", "zebra-3-chat", "yak-2-instruct", "camel-4")
    listed = statistics(" ".join(f"{stem}-{count}" for stem in stems for count in (2, 3)))

    assert [listed.asset("list 0", parse(name)) for name in ("camel-4-2", "camel-5-1")] == ["camel-4", ""]


def test_versions_are_no_counts() -> None:
    """A list of names with dashes for dots stays what it is."""
    listed = statistics("alpaca-4-5 alpaca-4-6 zebra-2-5 zebra-2-6 yak-1-1 yak-1-2")

    assert listed.asset("list 0", parse("alpaca-4-5")) == ""


def test_without_lists_names_alone_decide() -> None:
    """A short date is then a new issue under an old name, more likely than not."""
    assert match(parse("alpaca-r1"), parse("alpaca-r1-0528")).verdict is Verdict.UNSURE
