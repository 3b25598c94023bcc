"""Every link leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page, pages


def broken(page: Page) -> list[str]:
    """Relative links whose file or heading is not there."""
    found = []
    known = {each.path: each for each in pages()}
    for link in page.links:
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.path.parent / name).resolve() if name else page.path
        there = page if target == page.path else known.get(target)
        if not (there or target.exists()) or (anchor and not (there and anchor in there.anchors)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_resolve(page: Page) -> None:
    """To a file, and within it to a heading."""
    assert broken(page) == []


def test_the_check_itself_sees_what_is_broken() -> None:
    """A file that is not there, and a heading that is not there."""
    page = Page(ROOT / "docs" / "made-up.md", "# Here\n[a](nowhere.md) [b](#here) [c](#there) [d](index.md)")

    assert broken(page) == ["nowhere.md", "#there"]


def test_every_page_is_reached_from_the_index() -> None:
    """Nobody reads a page that nothing leads to."""
    index = ROOT / "docs" / "index.md"
    reached: set[Path] = {index}
    waiting = [index]
    known = {each.path: each for each in pages()}
    while waiting:
        here = waiting.pop()
        for link in known[here].links if here in known else ():
            target = (here.parent / link.partition("#")[0]).resolve()
            if "://" not in link and target not in reached:
                reached.add(target)
                waiting.append(target)

    assert set() == {each.path for each in pages() if each.name.startswith("docs/")} - reached
