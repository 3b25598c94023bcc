"""Finding the entries of a source that mean a model."""

from __future__ import annotations

from datetime import date

from pointsman.catalog.identity.index import NameIndex, NameQuery
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.statistics import NameStatistics

STATISTICS = NameStatistics(makers=frozenset({"databricks"}))


def index(*names: str) -> NameIndex[str]:
    """An index whose entries are their own names."""
    return NameIndex(((parse(name), name) for name in names), STATISTICS)


def asked(wanted: str, born: date | None = None) -> NameQuery:
    """A name that is looked for."""
    return NameQuery.of(parse(wanted), STATISTICS, born)


def found(names: NameIndex[str], wanted: str, born: date | None = None) -> list[str]:
    """The entries found, best first."""
    return [each.entry for each in names.find(asked(wanted, born))]


def test_the_closest_entry_comes_first() -> None:
    """The same snapshot is nearer than the undated name."""
    names = index("gpt-5", "gpt-5-2025-08-07", "gpt-5-mini", "gpt-5.1")

    assert found(names, "openai/gpt-5-2025-08-07") == ["gpt-5-2025-08-07", "gpt-5"]


def test_a_host_at_the_head_of_the_name_is_looked_through() -> None:
    """A word that is a known maker is not what the name is looked up by."""
    assert found(index("Claude Sonnet 4.5"), "databricks-claude-sonnet-4-5") == ["Claude Sonnet 4.5"]


def test_several_sizes_are_no_answer_to_none() -> None:
    """A name without a size is not joined where more than one size would fit."""
    assert found(index("Llama 3.2 1B", "Llama 3.2 3B"), "llama3.2:latest") == []


def test_one_size_is_an_answer_to_none() -> None:
    """Where there is only one size, leaving it out is a habit of writing."""
    assert found(index("Llama 4 Scout 17B"), "llama-4-scout") == ["Llama 4 Scout 17B"]


def test_the_providers_date_settles_a_short_date() -> None:
    """An undated id is the dated entry when it was released then, and not when it was not."""
    names = index("grok-4-0709")

    assert (
        found(names, "grok-4", date(2025, 7, 9)),
        found(names, "grok-4", date(2025, 11, 1)),
        found(names, "grok-4"),
    ) == (["grok-4-0709"], [], [])


def test_contradicting_modes_come_last_and_marked() -> None:
    """They serve where only the model counts."""
    entries = index("GPT-5.4 (low)", "GPT-5.4 (xhigh)").find(asked("gpt-5.4-xhigh"))

    assert [(each.entry, each.match.mode_only) for each in entries] == [
        ("GPT-5.4 (xhigh)", False),
        ("GPT-5.4 (low)", True),
    ]


def test_only_near_entries_are_compared() -> None:
    """Thousands of entries of other families cost a look-up nothing."""
    names = index(*(f"family{number}-{number % 90}-mini" for number in range(3000)), "gpt-5-mini")

    assert len(names._near(asked("gpt-5-mini"))) == 1
