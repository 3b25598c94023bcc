"""One vocabulary, the field's own: words that the project does not use, with what it writes instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.policies.source import ROOT

INSTEAD = {
    r"told": "stated, reported, shown, named; 'told apart' is 'distinguished'",
    r"untold": "unstated, unknown",
    r"rests": "cools down; is based on, depends on",
    r"resting|rested": "cooling down",
    r"engines?": "provider",
    r"whom": "which candidate, source or caller; or another sentence",
    r"witness(es)?": "source, fact source",
    r"lent": "filled in, taken from",
    r"kin|kinship": "relatives, family prior",
    r"nobody beats": "Pareto frontier",
    r"for its price is": "tier unknown: no price",
    r"was dropped, for|dropped, for nothing": "relaxed: no model satisfied it",
    r"shunned": "provider excluded",
    r"barred": "excluded, not allowed",
    r"speaks? of": "is about, names",
    r"mends?|mended": "repairs, fixes",
    r"besides": "in addition, apart from",
    r"hence|thereof|whence|lest": "so, therefore",
    r"moody": "with several modes (multi_mode)",
    r"folk": "model index",
    r"haggl(e|es|ing)": "offer variance",
    r"nuggets?": "model variance",
    r"footings?": "scale",
    r"shel(f|ves)": "cache, index",
    r"itinerar(y|ies)": "attempts",
    r"audiences?": "recorder",
    r"census(es)?": "name statistics",
    r"specimens?": "priced model",
    r"likeness(es)?": "price features, kernel",
    r"keepers?": "catalog manager",
    r"hearsay": "quoted by another source",
}
"""Pattern of whole words → what to write."""

OTHER_MEANINGS = {
    r"search engine": "the usual name of a kind of program",
    r"Intended Audience": "a classifier of the package index",
}
"""Phrases in which a word of the list stands for something else, each with the reason."""

READ = {".md", ".py", ".sql", ".toml", ".yml", ".yaml", ""}
"""Endings of the files that people write; what was recorded or measured has others."""

PLACES = ("core", "plugins", "sample_plugins", "tests", "docs", "tools", ".ci", ".github")
APART = {"LICENSE": "a legal text", "tests/policies/test_words.py": "the list itself"}
"""Files that are not searched, each with the reason."""


@cache
def files() -> tuple[Path, ...]:
    """Every file with words that somebody chose."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in READ - {""}]
    for place in PLACES:
        found += (path for path in (ROOT / place).rglob("*") if path.is_file() and path.suffix in READ)
    return tuple(sorted(path for path in found if not _generated(path) and not _is_apart(_name(path))))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _is_apart(name: str) -> bool:
    return name in APART


def _generated(path: Path) -> bool:
    """Whether it lies in a folder of compiled, built or installed files."""
    return any(
        part in {"__pycache__", "build", "dist"} or part.startswith(".venv") or part.endswith(".egg-info")
        for part in path.relative_to(ROOT).parts[:-1]
    )


def words(text: str) -> str:
    """`text` as words: the parts of identifiers apart, addresses and other meanings blanked, lines kept."""
    text = re.sub(r"https?://\S+", " ", text)
    for phrase in OTHER_MEANINGS:
        text = re.sub(phrase, " ", text, flags=re.IGNORECASE)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")


def found(text: str) -> Iterator[tuple[int, str, str]]:
    """Every word of the list in `text`: its line, itself, and what to write instead."""
    for number, line in enumerate(words(text).splitlines(), 1):
        for match in _ANY.finditer(line):
            pattern = next(each for each in INSTEAD if re.fullmatch(each, match[0], re.IGNORECASE))
            yield number, match[0], INSTEAD[pattern]


_ANY = re.compile(rf"\b({'|'.join(INSTEAD)})\b", re.IGNORECASE)


def test_the_words_of_the_field_are_used() -> None:
    """Code, comments, messages, docs and the names of tests, everywhere, the names of files too."""
    wrong = [
        f"{_name(path)}:{line}: {word!r}: write {instead}"
        for path in files()
        for line, word, instead in (
            *found(path.read_text(encoding="utf-8")),
            *((0, word, instead) for _, word, instead in found(_name(path).replace("-", " "))),
        )
    ]

    assert not wrong, "\n".join(["words that the project does not use:", *wrong])


def test_the_search_reaches_every_place() -> None:
    """No folder is left out by mistake."""
    read = {_name(path).partition("/")[0] for path in files()}

    assert {"core", "plugins", "sample_plugins", "tests", "docs", "README.md", "CHANGELOG.md"} <= read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an Engine", ["Engine"]),
        ("the_engines = whom(KinShip)", ["engines", "whom", "Kin"]),
        ("it is told\nand rests", ["told", "rests"]),
        ("a search engine and an engineer; the rest is folklore", []),
        ("see https://example.org/engine", []),
    ],
)
def test_the_check_itself_sees_words(text: str, expected: list[str]) -> None:
    """Whole words, whatever their case, in identifiers as well; not in addresses or within other words."""
    assert [word for _, word, _ in found(text)] == expected
