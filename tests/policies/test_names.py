"""No model is named in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.policies.source import Source, core, plugins


@cache
def known_ids() -> frozenset[str]:
    """Ids of today's models, from the installed price data: those that cannot be ordinary words."""
    from genai_prices.data import providers

    ids = {model.id.lower().rpartition("/")[2] for provider in providers for model in provider.models}
    return frozenset(
        each for each in ids if re.search(r"\d", each) and re.search(r"[a-z]{2}", each) and len(each) > 3
    )


def literals(source: Source) -> Iterator[tuple[int, str]]:
    """Texts in a source that are not docstrings."""
    tree = source.tree
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def named(text: str) -> set[str]:
    """Model ids in a text, as whole words."""
    words = set(re.findall(r"[a-z0-9][a-z0-9.:-]*[a-z0-9]", text.lower()))
    return words & known_ids()


def test_no_model_is_named_in_code() -> None:
    """Not one id of today's price data stands in any text of the code."""
    found = {
        f"{source.path}:{line}": names
        for source in (*core(), *plugins())
        for line, text in literals(source)
        if (names := named(text))
    }

    assert found == {}


def test_the_check_itself_finds_names() -> None:
    """It would see one, in a list or within a sentence."""
    assert ({"gpt-4o"}, {"claude-3-5-sonnet"}, set()) == (
        named("gpt-4o"),
        named("use Claude-3-5-Sonnet here"),
        named("sha256 utf-8 http2 v1"),
    )
