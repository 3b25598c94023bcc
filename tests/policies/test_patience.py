"""No test gives up on a slow machine: what hangs is ended by the one limit of the pytest settings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.policies.source import ROOT

LIMITS = {"fail_after", "move_on_after", "asyncio.timeout", "asyncio.wait_for", "pytest.mark.timeout"}
"""Calls that end what they surround after some seconds."""

PROCESSES = {"run", "check_call", "check_output", "communicate", "wait", "create_connection"}
"""Calls that wait for a process or a connection, for as long as their ``timeout`` says."""

TESTS = sorted(
    path
    for path in (*ROOT.glob("tests/**/*.py"), *ROOT.glob("*plugins/*/tests/*.py"))
    if "benchmarks" not in path.parts
)


def impatient(source: str) -> Iterator[str]:
    """Every call in `source` that gives up after some seconds, as it is written."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        name = called.rpartition(".")[2]
        bounded = name in PROCESSES and any(given.arg == "timeout" for given in node.keywords)
        if {called, name} & LIMITS or bounded:
            yield ast.unparse(node)


def test_no_test_gives_up_by_itself() -> None:
    """A limit of a few seconds is a fault that shows only when the machine has other work."""
    found = {
        path.relative_to(ROOT).as_posix(): calls
        for path in TESTS
        if (calls := [*impatient(path.read_text(encoding="utf-8"))])
    }

    assert found == {}


def test_the_rule_sees_what_it_is_about() -> None:
    """Limits of the library under test are not meant: they are the subject."""
    source = """
with anyio.fail_after(5): process.communicate(timeout=30)
async with asyncio.timeout(5): await asyncio.wait_for(task, 10)
subprocess.run(words, timeout=100); Manager(timeout=0.05); process.wait()
"""

    assert sorted(impatient(source)) == [
        "anyio.fail_after(5)",
        "asyncio.timeout(5)",
        "asyncio.wait_for(task, 10)",
        "process.communicate(timeout=30)",
        "subprocess.run(words, timeout=100)",
    ]


def test_there_is_one_limit() -> None:
    """Long enough for the slowest machine, short enough to end a run that hangs."""
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    assert 300 <= settings["ini_options"]["timeout"] <= 1200


def test_tests_are_found() -> None:
    """The first rule would hold for no files, too."""
    assert Path("tests/policies/test_patience.py") in {path.relative_to(ROOT) for path in TESTS}
