"""What makes the reference pages: docstrings become Markdown, and nothing public is left out."""

from __future__ import annotations

import pointsman
import pytest
from pointsman.catalog import Catalog
from pointsman.cli.app import COMMANDS
from pointsman.config import CallSettings, CatalogSettings
from pointsman.types import Criteria

from docs.generator.docstrings import entries, markdown, prose, signature, summary, table
from docs.generator.fields import as_python, as_toml, fields
from tests.docs.pages import page


def example(one: str, *, two: int = 2) -> str:
    """Does ``this``,
    and that::

        with one:
            two

    It ends here.

    Attributes:
        one, two: Both
            of them.

    Raises:
        ValueError: Never.
    """
    return one * two


def test_prose_is_markdown_without_sections() -> None:
    """Backticks are single, literal blocks are fenced, sections are gone."""
    expected = "Does `this`,\nand that:\n\n```python\nwith one:\n    two\n```\n\nIt ends here."

    assert prose(example) == expected


def test_a_summary_is_one_line() -> None:
    """The first paragraph, however it is broken."""
    assert summary(example) == "Does `this`, and that:"


def test_sections_are_entries() -> None:
    """Names that share a text each have it, on one line."""
    both = "Both of them."

    assert (entries(example, "Attributes"), entries(example, "Raises")) == (
        {"one": both, "two": both},
        {"ValueError": "Never."},
    )


def test_a_literal_block_ends_where_the_indent_does() -> None:
    """Also when nothing but the block is left, and without a sentence before it."""
    assert (markdown("::\n\n    a\n     b"), markdown("ends in::")) == ("```text\na\n b\n```", "ends in::")


def test_a_signature_is_as_written() -> None:
    """Annotations without quotes, defaults with theirs, no ``self``."""
    written = "(reference: str) -> tuple[Candidate, ...]"

    assert (signature(example), signature(Catalog.resolve)) == ("(one: str, *, two: int = 2) -> str", written)


def test_a_table_keeps_its_columns() -> None:
    """A bar in a cell is not a border, and no rows are no table."""
    assert (table(("a",), [("x | y",)]), table(("a",), [])) == ("| a |\n|---|\n| x \\| y |", "")


def test_defaults_are_written_for_their_readers() -> None:
    """A configuration says nothing for nothing; code says which nothing."""
    found = {each.name: each.default for each in fields(Criteria)}

    assert [
        (as_toml(found[name]), as_python(found[name])) for name in ("category", "tier", "free_first")
    ] == [
        ('`"general"`', '`"general"`'),
        ("", "`None`"),
        ("`false`", "`False`"),
    ]


@pytest.mark.parametrize("name", pointsman.__all__)
def test_every_public_name_is_on_a_page(name: str) -> None:
    """With the others of its kind."""
    assert f"`{name}" in page("docs/reference/python.md").text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_its_page(name: str) -> None:
    """Under a heading of its own."""
    assert f"\n## `pointsman {name}`\n" in page("docs/reference/cli.md").text


@pytest.mark.parametrize("cls", [CallSettings, CatalogSettings, Criteria])
def test_every_setting_is_on_its_page(cls: type) -> None:
    """By its key."""
    text = page("docs/reference/configuration.md").text
    missing = [each.name for each in fields(cls) if f"\n| `{each.name}` |" not in text]

    assert missing == (["task"] if cls is Criteria else [])
