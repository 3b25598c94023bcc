"""The page about the architecture names what is there."""

from __future__ import annotations

import re

import pytest

from tests.policies.source import CORE, ROOT
from tests.policies.test_layers import LAYERS

PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")


def test_the_table_of_layers_is_the_order_of_imports() -> None:
    """Every layer, in its place."""
    assert tuple(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == LAYERS


@pytest.mark.parametrize("package", ["catalog", "routing"])
def test_a_tree_names_every_module(package: str) -> None:
    """No module is missing from the drawing, and none is drawn that is gone."""
    (tree,) = re.findall(rf"^{package}/\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    drawn = {
        name for line in tree.splitlines() for name in re.findall(r"(?:^|(?<= ))\w+(?:\.py|/)(?= |$)", line)
    }
    there = {path.name for path in (CORE / package).glob("*.py")} | {
        f"{path.parent.name}/" for path in (CORE / package).glob("*/__init__.py")
    }

    assert drawn == there - {"__init__.py"}
