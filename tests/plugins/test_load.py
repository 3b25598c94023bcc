"""Each plugin is loaded and asked alone; whatever it does wrong is its own row."""

from __future__ import annotations

import logging

import pytest
from pointsman.errors import PluginConflictError, PluginError

from tests.plugins.distributions import HEAD, Site, hook, yields

BROKEN = {
    "raises at import": (
        "raise RuntimeError('no luck\\nsecond line')",
        "RuntimeError: no luck",
    ),
    "misses a dependency": (
        "import a_module_that_is_not_there",
        "ModuleNotFoundError: ",
    ),
    "is no Python": ("def", "SyntaxError: "),
    "exits at import": ("import sys\nsys.exit(3)", "calls sys.exit(3)"),
    "exits without a code": ("raise SystemExit", "calls sys.exit()"),
    "raises what cannot be printed": (
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\nraise Odd",
        "Odd",
    ),
    "misspells a hook": (
        yields("bad", name="pointsman_provider"),
        "PluginValidationError: unknown hook 'pointsman_provider' in plugin ",
    ),
    "takes arguments": (
        f"{HEAD}@hookimpl\ndef pointsman_providers(router):\n    return ()\n",
        "PluginValidationError: ",
    ),
    "holds no hook": ("def pointsman_providers(): ...", "holds no function marked with @hookimpl"),
    "raises in a hook": (hook("raise KeyError('key')"), "KeyError: 'key'"),
    "raises between two records": (
        hook("yield Extension('one', object)\n    raise OSError('gone')"),
        "OSError: gone",
    ),
    "exits in a hook": (hook("raise SystemExit('bye')"), "calls sys.exit(bye)"),
    "is async": (
        hook("return [Extension('bad', object)]", kind="async def"),
        "TypeError: pointsman_providers is async; hooks are plain def and yield Extension records",
    ),
    "is an async generator": (
        hook("yield Extension('bad', object)", kind="async def"),
        "TypeError: pointsman_providers must yield Extension records, got async_generator",
    ),
    "forgets to yield": (
        hook("Extension('bad', object)"),
        "TypeError: pointsman_providers must yield Extension records, got NoneType",
    ),
    "returns text": (
        hook("return 'bad'"),
        "TypeError: pointsman_providers must yield Extension records, got str",
    ),
    "returns a mapping": (
        hook("return {'bad': object}"),
        "TypeError: pointsman_providers must yield Extension records, got dict",
    ),
    "returns a bare record": (
        hook("return Extension('bad', object)"),
        "TypeError: pointsman_providers must yield Extension records, got Extension",
    ),
    "yields what is no record": (
        hook("yield 42"),
        "TypeError: pointsman_providers must yield Extension records, got int",
    ),
    "yields without end": (
        hook("import itertools\n    yield from (Extension(f'n{i}', object) for i in itertools.count())"),
        "ValueError: pointsman_providers yields more than 1000 records",
    ),
    "yields a name twice": (yields("bad", "bad"), "ValueError: pointsman_providers yields 'bad' twice"),
    "yields a bad name": (yields("Bad Name"), "ValueError: pointsman_providers: 'Bad Name' is no name; use "),
    "yields a name that is no text": (
        hook("yield Extension(None, object)"),
        "ValueError: pointsman_providers: None is no name; use lower-case letters, digits, '.', '_', '-'",
    ),
    "yields what cannot be called": (
        hook("yield Extension('bad', 'object')"),
        "TypeError: pointsman_providers: bad: create must be callable",
    ),
    "yields a config of the wrong kind": (
        hook("yield Extension('bad', object, config=dict)"),
        "TypeError: pointsman_providers: bad: config must be an attrs class",
    ),
    "yields a config that is an object": (
        hook("yield Extension('bad', object, config=Extension('x', object))"),
        "TypeError: pointsman_providers: bad: config must be an attrs class",
    ),
    "shows a key": (
        hook("raise ValueError('Bearer abcdefgh12345678 is wrong')"),
        "ValueError: [redacted] is wrong",
    ),
}


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_named_with_its_reason(
    site: Site, caplog: pytest.LogCaptureFixture, source: str, reason: str
) -> None:
    """It loses its own contributions, is one warning, and its neighbours on both sides live."""
    site.install("a-good", yields("before"))
    site.install("bad", source)
    site.install("c-good", yields("after"))
    with caplog.at_level(logging.WARNING, "pointsman.plugins"):
        found = site.load()
    states = {status.plugin.name: status.state for status in found.statuses}
    broken = found.statuses[1]

    assert states == {"a-good": "loaded", "bad": "broken", "c-good": "loaded"}
    assert reason == broken.reason[: len(reason)]
    assert list(found.of("providers")) == ["before", "after"]
    assert [f"plugin bad (pointsman-bad 1.0) is left out: {broken.reason}"] == caplog.messages
    assert broken == found.left_out("bad")


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN)
def test_strict_raises_at_the_first_thing_wrong(site: Site, source: str, reason: str) -> None:
    """With ``POINTSMAN_STRICT=1`` an author sees the error itself, chained to its cause."""
    site.install("bad", source)

    with pytest.raises(PluginError) as caught:
        site.load(POINTSMAN_STRICT="1")

    message = f"plugin bad (pointsman-bad 1.0): {reason}"
    assert message == str(caught.value)[: len(message)]
    assert caught.value.plugin == "bad (pointsman-bad 1.0)"
    assert caught.value.__cause__ is not None


def test_a_misspelt_hook_is_not_blamed_on_the_next(site: Site) -> None:
    """Each plugin answers for its own hooks only, even when registering failed half-way."""
    both = f"{HEAD}@hookimpl\ndef pointsman_a(): ...\n@hookimpl\ndef pointsman_providers(wrong): ...\n"
    site.install("a", both)
    site.install("b", yields("b", name="pointsman_strategy"))
    site.install("c", yields("c"))

    assert [each.state for each in site.load().statuses] == ["broken", "broken", "loaded"]


def test_an_optional_hook_of_another_version_is_not_asked(site: Site) -> None:
    """A plugin may serve a newer host as well, if it says so."""
    newer = "@hookimpl(optionalhook=True)\ndef pointsman_of_the_future():\n    return 42\n"
    site.install("both", yields("both") + newer)
    site.install("next", yields("next"))

    assert list(site.load().of("providers")) == ["both", "next"]


def test_every_contribution_is_attributed(site: Site) -> None:
    """Records of all kinds carry who brought them."""
    kinds = ["providers", "pricing_sources", "benchmark_sources", "strategies", "ledgers", "observers"]
    for kind in kinds:
        site.install(f"from-{kind}", yields("same", name=f"pointsman_{kind}"))
    found = site.load()

    brought = {kind: str(found.of(kind)["same"].plugin) for kind in kinds}
    assert {kind: f"from-{kind} (pointsman-from-{kind} 1.0)" for kind in kinds} == brought


def test_two_entry_points_of_one_distribution(site: Site) -> None:
    """Each is a plugin of its own; naming one module twice breaks the second only."""
    entries = {"two": "pointsman_pair", "one": "pointsman_pair"}
    site.install("pair", yields("pair"), entries=entries)
    found = site.load()

    assert [(s.plugin.name, s.state) for s in found.statuses] == [("one", "loaded"), ("two", "broken")]
    assert list(found.of("providers")) == ["pair"]


def test_a_hundred_plugins_load(site: Site) -> None:
    """Nobody is lost and nobody is asked twice."""
    for number in range(100):
        site.install(f"n{number:03}", yields(f"x{number:03}", f"y{number:03}"))
    found = site.load()

    expected = [f"{letter}{number:03}" for number in range(100) for letter in "xy"]
    assert expected == list(found.of("providers"))
    assert [status.state for status in found.statuses] == ["loaded"] * 100


# -- two plugins, one name ----------------------------------------------------------------------------------


def test_the_first_plugin_keeps_a_name(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """The other stays reachable as ``plugin:name``, and a warning names both."""
    site.install("zebra", yields("acme"))
    site.install("ant", yields("acme"))
    note = (
        "providers 'acme' is provided by both ant (pointsman-ant 1.0) and zebra (pointsman-zebra 1.0); "
        "this one is reachable as 'zebra:acme'"
    )
    found = site.load()
    holders = {name: each.plugin.name for name, each in found.of("providers").items()}

    assert holders == {"acme": "ant", "zebra:acme": "zebra"}
    assert [note] == caplog.messages
    assert ["", note] == [status.reason for status in found.statuses]


def test_three_plugins_of_one_name_are_all_reachable(site: Site) -> None:
    """Where the plugins' names are the same too, the distribution tells them apart."""
    for distribution in ("first", "second", "third"):
        site.install("acme", yields("acme"), distribution=distribution)
    holders = {name: each.plugin.distribution for name, each in site.load().of("providers").items()}

    assert holders == {"acme": "first", "acme:acme": "second", "third:acme:acme": "third"}


def test_a_conflict_is_an_error_for_authors(site: Site) -> None:
    """With ``POINTSMAN_STRICT=1`` it names both, the one that was kept first."""
    site.install("ant", yields("acme"))
    site.install("zebra", yields("acme"))

    with pytest.raises(PluginConflictError) as caught:
        site.load(POINTSMAN_STRICT="1")

    assert caught.value.plugins == ("ant (pointsman-ant 1.0)", "zebra (pointsman-zebra 1.0)")


def test_one_name_in_two_kinds_is_no_conflict(site: Site) -> None:
    """A service may be a provider and a pricing source under its own name."""
    prices = "@hookimpl\ndef pointsman_pricing_sources():\n    yield Extension('acme', object)\n"
    site.install("acme", yields("acme") + prices)
    found = site.load()

    assert [
        list(found.of("providers")),
        list(found.of("pricing_sources")),
        found.statuses[0].reason,
    ] == [["acme"], ["acme"], ""]
