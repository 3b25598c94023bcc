"""The reference is what the code says, and nothing of it is missing."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from pointsman import errors
from pointsman.cli.exits import Exit

from tests.docs.pages import ROOT, page
from tests.policies.source import core, plugins
from tests.policies.test_layers import LAYERS

VARIABLE = re.compile(r"(?<![A-Z_])POINTSMAN_[A-Z]+(?:_[A-Z]+)*")
CODES = sorted(each.code for each in vars(errors).values() if hasattr(each, "code"))


def test_the_generated_pages_are_current() -> None:
    """A change of the code that they describe was followed by ``uv run python docs/generate.py``."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_variable_is_documented() -> None:
    """Whatever the code reads from the environment is on the page of configuration."""
    used = {name for source in (*core(), *plugins()) for name in VARIABLE.findall(source.text)}
    documented = page("docs/reference/configuration.md").text

    assert (len(used) > 10, sorted(name for name in used if name not in documented)) == (True, [])


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_has_a_remedy(code: str) -> None:
    """The page for bad days knows them all."""
    assert f"| `{code}` |" in page("docs/how-to/what-to-do-if-it-breaks.md").text


@pytest.mark.parametrize("code", list(Exit))
def test_every_exit_code_has_a_remedy(code: Exit) -> None:
    """Scripts find them on the same page."""
    assert f"| `{code.value}` |" in page("docs/how-to/what-to-do-if-it-breaks.md").text


def test_the_layers_are_explained_in_their_order() -> None:
    """The table of the architecture page is the list that the policy checks."""
    table = page("docs/explanation/architecture.md").section("Layers")

    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == LAYERS
