"""One command numbers everything together."""

from __future__ import annotations

from tools.bump import bumped, files
from tools.workspace import published


def test_its_own_version_and_what_it_needs_of_the_others() -> None:
    """Nobody else's."""
    before = (
        'version = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["pointsman>=0.1.0", "rich>=13.9"]\n'
    )
    after = (
        'version = "0.2.0"\nrequires-python = ">=3.11"\ndependencies = ["pointsman>=0.2.0", "rich>=13.9"]\n'
    )

    assert after == bumped(before, "0.2.0")


def test_every_file_that_holds_a_version_holds_the_new_one() -> None:
    """The samples too, which are not published; the core's module as well."""
    held = [f'"{version}"' for version in {each.version for each in published()}]
    texts = {path: path.read_text(encoding="utf-8") for path in files()}

    assert [path.name for path, text in texts.items() if held[0] not in text] == []
    assert [path.name for path, text in texts.items() if '= "9.9.9"' not in bumped(text, "9.9.9")] == []
