"""Exact versions are read from what uv prints, written into two lists, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.renew import changes, pins, rewritten, versions

TEXT = """\
[project]
name = "x"

[tool.uv]
package = false
constraint-dependencies = [
    "attrs==1.0",
]
build-constraint-dependencies = [
]

[tool.uv.workspace]
members = ["core"]
"""


def test_conditions_are_left_out_where_there_is_one_version() -> None:
    """The version is the same wherever it is installed."""
    exported = "attrs==26.1.0\ncolorama==0.4.6 ; sys_platform == 'win32'\n"

    assert pins(exported) == ("attrs==26.1.0", "colorama==0.4.6")


def test_conditions_stay_where_versions_differ() -> None:
    """Otherwise no Python could have both."""
    lines = ("numpy==2.2 ; python_full_version < '3.12'", "numpy==2.4 ; python_full_version >= '3.12'")

    assert pins("\n".join(lines)) == lines


@pytest.mark.parametrize(
    "line",
    [
        "attrs @ https://host/attrs.whl",
        "attrs @ file:///home/me/attrs",
        "-e ./core",
        "--index-url https://host/simple",
        "attrs>=1.0",
        "attrs==1.0 --hash=sha256:abc",
        "attrs==1.0 # via https://host",
    ],
)
def test_whatever_is_no_exact_version_is_refused(line: str) -> None:
    """No address and no path of a machine gets into the file."""
    with pytest.raises(ValueError, match="no exact version"):
        pins(f"attrs==1.0\n{line}\n")


def test_the_lists_are_replaced_and_nothing_else() -> None:
    """One element a line; an empty list can be filled and a full one emptied."""
    lists = {"constraint-dependencies": ("a==1", "b==2"), "build-constraint-dependencies": ("c==3",)}
    made = rewritten(TEXT, lists)
    emptied = rewritten(made, dict.fromkeys(lists, ()))

    assert versions(made) == {"a": ("1",), "b": ("2",), "c (build)": ("3",)}
    assert emptied == TEXT.replace('    "attrs==1.0",\n', "")


@given(st.lists(st.from_regex(r"[a-z]{1,6}==[0-9.]{1,4}", fullmatch=True), unique=True))
def test_writing_twice_changes_nothing(found: list[str]) -> None:
    """The order of the elements is theirs."""
    once = rewritten(TEXT, {"constraint-dependencies": found})

    assert once == rewritten(once, {"constraint-dependencies": found})


def test_a_file_without_the_list_is_refused() -> None:
    """Nothing is lost silently."""
    with pytest.raises(ValueError, match="0 lists 'constraint-dependencies'"):
        rewritten("[project]\n", {"constraint-dependencies": ()})


def test_what_changed_is_said() -> None:
    """Came, went, and became another."""
    before = rewritten(TEXT, {"constraint-dependencies": ("a==1", "b==1")})
    after = rewritten(TEXT, {"constraint-dependencies": ("b==2", "c==1")})

    assert [*changes(before, after)] == ["a: 1 -> none", "b: 1 -> 2", "c: none -> 1"]
