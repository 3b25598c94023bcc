"""Every hook is documented, used by a shipped plugin, and tested."""

from __future__ import annotations

import inspect
import re

import pytest
from pointsman import hookspecs
from pointsman.kinds import KINDS

from tests.policies.source import ROOT, core, plugins

HOOKS = sorted(name for name, thing in vars(hookspecs).items() if hasattr(thing, "pointsman_spec"))
REFERENCE = ROOT / "docs" / "reference" / "hooks.md"


def test_every_hook_has_a_kind() -> None:
    """The loader knows them all."""
    assert sorted(kind.hook for kind in KINDS.values()) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_takes_nothing_and_says_what_it_is_for(hook: str) -> None:
    """Hooks return records; nothing is passed in, nothing is awaited."""
    function = vars(hookspecs)[hook]

    assert (
        list(inspect.signature(function).parameters),
        inspect.iscoroutinefunction(function),
        bool(function.__doc__),
    ) == ([], False, True)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_documented_by_its_signature(hook: str) -> None:
    """The reference page has a heading with the hook's exact signature."""
    heading = f"## `{hook}{inspect.signature(vars(hookspecs)[hook])}`".replace("'", "")

    assert heading in REFERENCE.read_text()


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used_by_something_shipped(hook: str) -> None:
    """A hook without a plugin is a guess."""
    users = [
        source.module
        for source in (*core(), *plugins())
        if re.search(rf"@hookimpl\ndef {hook}\(", source.text)
    ]

    assert users != []


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_tested(hook: str) -> None:
    """Some test names it."""
    own = ROOT / "tests" / "policies"
    tests = [
        path
        for path in (*ROOT.glob("tests/**/*.py"), *ROOT.glob("*plugins/*/tests/*.py"))
        if own not in path.parents and hook in path.read_text()
    ]

    assert tests != []
