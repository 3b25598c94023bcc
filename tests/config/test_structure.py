"""Tables become frozen classes, strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from attrs import Factory, fields, frozen, resolve_types
from hypothesis import given
from hypothesis import strategies as st
from pointsman.config.names import did_you_mean, nearest
from pointsman.config.structure import from_text, structure
from pointsman.plugins import types_in
from pointsman.types import Secret, Tier


@frozen
class Inner:
    """A table in a table."""

    size: int
    name: str = ""


@frozen
class Outer:
    """One field of every kind a config class may have."""

    text: str = ""
    flag: bool = False
    whole: int = 0
    number: float = 0.0
    money: Decimal = Decimal(0)
    key: Secret = Secret("")
    day: date = date(2026, 1, 1)
    moment: datetime = datetime(2026, 1, 1)  # noqa: DTZ001 - TOML has local date-times
    tier: Tier | None = None
    maybe: int | None = None
    several: tuple[str, ...] = ()
    inner: Inner = Inner(0)
    inners: tuple[Inner, ...] = ()
    named: Mapping[str, int] = Factory(dict)


def test_every_kind_of_value() -> None:
    """What TOML holds arrives as what the class says."""
    table = {
        "text": "x",
        "flag": True,
        "whole": 3,
        "number": Decimal("1.5"),
        "money": Decimal("0.1"),
        "key": "canary",
        "day": date(2026, 2, 1),
        "moment": datetime(2026, 2, 1),  # noqa: DTZ001 - as above
        "tier": "free",
        "maybe": 4,
        "several": ["a", "b"],
        "inner": {"size": 1},
        "inners": [{"size": 2, "name": "n"}],
        "named": {"a": 1},
    }
    expected = Outer(
        "x",
        True,
        3,
        1.5,
        Decimal("0.1"),
        Secret("canary"),
        date(2026, 2, 1),
        datetime(2026, 2, 1),  # noqa: DTZ001 - as above
        Tier.FREE,
        4,
        ("a", "b"),
        Inner(1),
        (Inner(2, "n"),),
        {"a": 1},
    )
    assert (expected, []) == structure(table, Outer, "x")


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ({"text": 1}, ["x.text: must be a string, not a number"]),
        ({"flag": 1}, ["x.flag: must be true or false, not a number"]),
        ({"whole": "1"}, ["x.whole: must be a whole number, not text"]),
        ({"number": "1"}, ["x.number: must be a number, not text"]),
        ({"money": True}, ["x.money: must be a number, not true/false"]),
        ({"money": Decimal("nan")}, ["x.money: must be a finite number"]),
        ({"key": 1}, ["x.key: must be a string, not a number"]),
        ({"day": "2026-01-01"}, ["x.day: must be a date, not text"]),
        ({"moment": date(2026, 1, 1)}, ["x.moment: must be a date and time, not a date"]),
        ({"inner": {}}, ["x.inner.size: is required"]),
        ({"inner": {"size": 1, "nam": 2}}, ["x.inner.nam: unknown key (did you mean 'name'?)"]),
        ({"inners": [{"size": 1}, {"size": ""}]}, ["x.inners[1].size: must be a whole number, not text"]),
        ({"several": "ab"}, ["x.several: must be a list, not text"]),
        ({"zzz": 1, "aaa": 1}, ["x.aaa: unknown key", "x.zzz: unknown key"]),
    ],
)
def test_problems_have_paths(table: dict[str, Any], problems: list[str]) -> None:
    """Every problem begins with where it is; nothing is converted by force."""
    assert (None, problems) == structure(table, Outer, "x")


@frozen
class Rare:
    """Fields of kinds that few config classes have."""

    mode: Literal["fast", "slow"] = "fast"
    folder: Path = Path()
    pair: tuple[int, str] = (0, "")
    either: int | str = 0
    tiers: frozenset[Tier] = frozenset()
    tables: Mapping[str, tuple[Inner, ...]] = Factory(dict)
    anything: Any = None


@pytest.mark.parametrize(
    ("name", "given_value", "expected"),
    [
        ("mode", "slow", "slow"),
        ("folder", "x/y", Path("x/y")),
        ("pair", [1, "a"], (1, "a")),
        ("either", 1, 1),
        ("either", "a", "a"),
        ("tiers", ["free", Tier.BUDGET], frozenset({Tier.FREE, Tier.BUDGET})),
        ("tables", {"a": [{"size": 1}]}, {"a": (Inner(1),)}),
        ("anything", {"a": [1]}, {"a": [1]}),
    ],
)
def test_rare_kinds_of_value(name: str, given_value: object, expected: object) -> None:
    """Whatever a plugin's author may write into a config class."""
    found, problems = structure({name: given_value}, Rare, "x")

    assert (getattr(found, name), problems) == (expected, [])


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ({"mode": "medium"}, ["x.mode: Invalid enum value 'medium'"]),
        ({"pair": [1]}, ["x.pair: must be a list of 2"]),
        ({"pair": [1, 2]}, ["x.pair[1]: must be a string, not a number"]),
        ({"either": []}, ["x.either: must be a whole number, not a list"]),
        ({"tiers": ["free", "fre"]}, ["x.tiers[1]: must be one of free, budget, standard, premium"]),
        (
            {"tables": {"a": [{"size": None}], "b": 3}},
            [
                "x.tables.a[0].size: must be a whole number, not nothing",
                "x.tables.b: must be a list, not a number",
            ],
        ),
    ],
)
def test_rare_kinds_that_do_not_fit(table: dict[str, Any], problems: list[str]) -> None:
    """Each has its path, however deep."""
    found, messages = structure(table, Rare, "x")

    assert (found, [text.partition(" (did")[0] for text in messages]) == (None, problems)


@given(
    table=st.dictionaries(
        st.sampled_from([*(each.name for each in fields(Outer)), "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=5,
        ),
    )
)
def test_any_table_is_a_value_or_problems(table: dict[str, Any]) -> None:
    """Whatever stands in a file, nothing is raised, and problems and value exclude each other."""
    value, problems = structure(table, Outer, "x")

    assert (value is None) == bool(problems)
    assert [problem for problem in problems if not problem.startswith("x")] == []


def test_annotations_are_read_as_types() -> None:
    """Not as text: a `Secret` lives in a package whose name has an ``int`` in it."""
    resolve_types(Outer)
    seen = {each.name: types_in(each.type) for each in fields(Outer)}

    assert [{Secret}, {Tier, type(None)}, {int, type(None)}, {tuple}] == [
        seen[name] for name in ("key", "tier", "maybe", "several")
    ]


@pytest.mark.parametrize(
    ("text", "annotation", "expected"),
    [
        ("Infinity", Secret, "Infinity"),
        ("007", Secret | None, "007"),
        ("12", str, "12"),
        (" 12 ", int, 12),
        ("12", int | None, 12),
        ("1.0", int, 1),
        ("1.5", int, Decimal("1.5")),
        ("0.1", Decimal, Decimal("0.1")),
        ("x", float, "x"),
        ("TRUE", bool, True),
        ("no", bool | None, False),
        ("on", bool, "on"),
        ("a, ,b", tuple[str, ...], ["a", "b"]),
        ("a", frozenset[str], ["a"]),
        ("free", Tier, "free"),
    ],
)
def test_text_of_variables(text: str, annotation: Any, expected: object) -> None:
    """A variable's text becomes what a file would hold; a key stays as it is."""
    found = from_text(text, annotation)

    assert (expected, type(expected)) == (found, type(found))


def test_the_nearest_names() -> None:
    """Close ones, best first, whatever the case; nothing when nothing comes near."""
    known = ["openai", "Openrouter", "ollama"]

    assert [
        nearest("opnai", known, 1),
        nearest("OPENROUTR", known, 1),
        nearest("zzz", known),
        nearest("", []),
    ] == [("openai",), ("Openrouter",), (), ()]
    assert [did_you_mean(name, known) for name in ("olama", "zzz")] == [" (did you mean 'ollama'?)", ""]
