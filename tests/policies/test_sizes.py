"""A file holds one noun, a function one thought."""

from __future__ import annotations

import ast

from tests.policies.source import core, plugins

MOST_LINES = 300
LONGER = {"core/pointsman/errors.py": "one tree, drawn and defined in one place"}
MOST_STATEMENT_LINES = 40


def test_no_file_is_longer_than_a_noun_needs() -> None:
    """Three hundred lines at most."""
    long = {
        str(source.path): lines
        for source in (*core(), *plugins())
        if (lines := len(source.text.splitlines())) > MOST_LINES and str(source.path) not in LONGER
    }

    assert long == {}


def test_no_function_is_longer_than_a_thought() -> None:
    """Forty lines at most, docstring apart."""
    long = {
        f"{source.path}:{node.lineno} {node.name}": lines
        for source in (*core(), *plugins())
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _lines(node)) > MOST_STATEMENT_LINES
    }

    assert long == {}


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without the docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not body or node.end_lineno is None:
        return 0
    return node.end_lineno - body[0].lineno + 1
