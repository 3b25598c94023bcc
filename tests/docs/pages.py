"""The documentation's pages and the blocks of code in them.

The first word after a fence is the language. The second one, where there is one, says what a block is:
``run`` (it runs as it stands), ``plugin`` (a whole plugin), ``pointsman.toml`` (such a file), or a path (it
stands in that file).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
_TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "core/README.md")
_FENCE = re.compile(r"^```(\w+)?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@frozen
class Block:
    """One block of code.

    Attributes:
        page: Where it stands, below the project's root.
        line: Of the page, where it begins.
        language, role: The two words after the fence; empty where there is none.
        text: The code.
    """

    page: str
    line: int
    language: str
    role: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@frozen
class Page:
    """One page.

    Attributes:
        path: Its file.
        text: What it says.
    """

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path below the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def links(self) -> list[str]:
        """Where it links to, code left out."""
        return _LINK.findall(_FENCE.sub("", self.text))

    @property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as they are made from their text."""
        return {slug(heading) for heading in _HEADING.findall(_FENCE.sub("", self.text))}

    def blocks(self) -> Iterator[Block]:
        """Its blocks of code, in order."""
        for match in _FENCE.finditer(self.text):
            line = self.text.count("\n", 0, match.start()) + 1
            yield Block(self.name, line, match[1] or "", match[2] or "", match[3])

    def section(self, heading: str) -> str:
        """What stands below a heading of the second level, up to the next one."""
        return self.text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


@cache
def pages() -> tuple[Page, ...]:
    """Every page."""
    paths = [ROOT / name for name in _TOP] + sorted((ROOT / "docs").rglob("*.md"))
    return tuple(Page(path, path.read_text(encoding="utf-8")) for path in paths)


@cache
def page(name: str) -> Page:
    """One page by its path below the project's root."""
    return next(each for each in pages() if each.name == name)


def blocks(language: str, role: str | None = None) -> list[Block]:
    """Every block of a language, and where it is given of one role."""
    found = [block for each in pages() for block in each.blocks() if block.language == language]
    return found if role is None else [block for block in found if block.role == role]


def slug(heading: str) -> str:
    """A heading's anchor: lower-case, without punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
