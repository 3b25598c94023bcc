"""Variables of the process win over the keys file; nothing is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.config import Environment, Folders, KeysFile

NAMES = st.sampled_from(["A", "B", "C", "POINTSMAN_ONLY"])
TEXTS = st.sampled_from(["", "x", "y"])


def test_the_process_wins(tmp_path: Path) -> None:
    """A variable that is set and not empty wins; the keys file fills in."""
    keys = KeysFile(tmp_path / "keys.toml")
    for name in "ABC":
        keys.set(name, "file")
    env = Environment.over(keys, {"A": "process", "B": "", "D": "process", "E": ""})

    assert dict(env) == {"A": "process", "B": "file", "C": "file", "D": "process"}
    assert [env.origin(name) for name in "ABCDEF"] == [
        "environment",
        "keys file",
        "keys file",
        "environment",
        "",
        "",
    ]


@given(process=st.dictionaries(NAMES, TEXTS), kept=st.dictionaries(NAMES, TEXTS))
def test_it_is_a_mapping(process: dict[str, str], kept: dict[str, str]) -> None:
    """Its parts agree with each other: names, length, membership, items."""
    env = Environment(process, kept)

    assert sorted(set(env)) == sorted(env)
    assert len(list(env)) == len(env)
    assert [name for name in (*process, *kept) if name in env] == [
        name for name in (*process, *kept) if env.get(name) is not None
    ]
    assert [name for name in env if not env[name] and name != "POINTSMAN_ONLY"] == []


@pytest.mark.parametrize(
    ("process", "kept", "expected"),
    [
        ({}, {}, None),
        ({"POINTSMAN_ONLY": ""}, {"POINTSMAN_ONLY": "a"}, ""),
        ({}, {"POINTSMAN_ONLY": "a"}, "a"),
    ],
)
def test_only_nothing_means_none(process: dict[str, str], kept: dict[str, str], expected: str | None) -> None:
    """``POINTSMAN_ONLY=""`` is a value: no plugin."""
    assert expected == Environment(process, kept).get("POINTSMAN_ONLY")


def test_the_first_variable_that_is_set() -> None:
    """In the order asked, with its value."""
    env = Environment({"B": "b", "C": "c", "A": ""})

    assert [env.first(names) for names in (("A", "B"), ("C", "B"), ("A",))] == [("B", "b"), ("C", "c"), None]


def test_values_are_not_shown() -> None:
    """Neither the process's nor the file's."""
    env = Environment({"ACME_API_KEY": "canary-1"}, {"LAB_API_KEY": "canary-2"})

    assert [text for text in (repr(env), str(env), f"{env}") if "canary" in text] == []


def test_the_process_is_read_when_nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """`os.environ` is the default."""
    monkeypatch.setenv("ACME_API_KEY", "value")

    assert Environment.of()["ACME_API_KEY"] == "value"


def test_home_holds_all_folders(tmp_path: Path) -> None:
    """``POINTSMAN_HOME`` puts everything below itself and creates nothing."""
    home = tmp_path / "home"
    folders = Folders.find({"POINTSMAN_HOME": str(home)})

    assert Folders(home, home, home / "cache") == folders
    assert not home.exists()


def test_home_may_be_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``~`` is the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert tmp_path / "pm" == Folders.find({"POINTSMAN_HOME": "~/pm"}).config


def test_the_platform_says_where_otherwise() -> None:
    """Three folders of the platform, each ours alone."""
    folders = Folders.find({"POINTSMAN_HOME": ""})

    assert {"pointsman"} == {path.name for path in (folders.config, folders.data, folders.cache)}
