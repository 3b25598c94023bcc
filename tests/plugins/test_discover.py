"""What is installed is found without importing any of it, and kept out by name."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.plugins import Installed, discover, load

from tests.plugins.distributions import Site, yields

SPREAD = {"ant": ["b", "a"], "bee": ["a", "c"], "Cat": ["b"], "dog-house": ["z", "a"]}
"""Distribution → entry points; two share names."""


def seen(found: tuple[Installed, ...]) -> list[str]:
    """Those of `found` that `SPREAD` brought."""
    return [f"{each.name} {each.distribution}" for each in found if each.distribution in SPREAD]


def test_discovery_imports_nothing(site: Site) -> None:
    """A plugin that would end the process is found and described all the same."""
    discover()  # loads what reading metadata needs
    site.install("fatal", "import os\nos._exit(1)")
    before = set(sys.modules)
    (found,) = [each for each in discover() if each.name == "fatal"]

    assert before == set(sys.modules)
    assert (found.value, found.distribution, found.version) == ("pointsman_fatal", "pointsman-fatal", "1.0")


def test_other_groups_are_not_ours(site: Site) -> None:
    """Only the group ``pointsman`` is read."""
    site.install("acme", yields("acme"))
    entry_points = next(site.path.glob("*.dist-info")) / "entry_points.txt"
    entry_points.write_text("[pointsman.other]\nacme = pointsman_acme\n[console_scripts]\nx = y\n")

    assert [each for each in discover() if each.distribution == "pointsman-acme"] == []


@settings(max_examples=25, deadline=None)
@given(folders=st.permutations(list(SPREAD)), entries=st.data())
def test_the_order_of_metadata_does_not_matter(folders: list[str], entries: st.DataObject) -> None:
    """Neither the order of folders on the path nor of lines in a file changes what comes first."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for distribution in folders:
            site = Site(Path(folder) / distribution)
            names = entries.draw(st.permutations(SPREAD[distribution]))
            site.install("", "", distribution=distribution, entries=dict.fromkeys(names, "nowhere"))
            patch.syspath_prepend(str(site.path))
        found = seen(discover())

    assert found == ["a ant", "a bee", "a dog-house", "b Cat", "b ant", "c bee", "z dog-house"]


def test_the_core_comes_first(site: Site) -> None:
    """A stranger whose name sorts earlier cannot take the name of a built-in."""
    site.install("aaa", yields("plain", name="pointsman_strategies"))
    env = {"POINTSMAN_ONLY": "aaa"}
    holders = {name: str(each.plugin.distribution) for name, each in load(env=env).of("strategies").items()}

    assert holders == {"plain": "pointsman", "aaa:plain": "pointsman-aaa"}


@pytest.mark.parametrize("name", ["acme", "pointsman-acme", "Pointsman_Acme", " other , acme ,"])
def test_a_plugin_is_blocked_by_name(site: Site, name: str) -> None:
    """By entry point or distribution, however the distribution's name is written; it is not imported."""
    site.install("acme", "import os\nos._exit(1)")
    status = site.status(POINTSMAN_BLOCK=name)

    assert (status.state, status.reason) == ("blocked", "named in POINTSMAN_BLOCK")


def test_only_keeps_all_others_out(site: Site) -> None:
    """``POINTSMAN_ONLY`` names what may load."""
    site.install("acme", yields("acme"))
    site.install("evil", "import os\nos._exit(1)")
    found = site.load(POINTSMAN_ONLY="acme")

    reasons = {status.plugin.name: status.reason for status in found.statuses}
    assert reasons == {"acme": "", "evil": "not named in POINTSMAN_ONLY"}


def test_blocking_wins(site: Site) -> None:
    """A name in both lists is kept out."""
    site.install("acme", yields("acme"))

    assert site.status(POINTSMAN_ONLY="acme", POINTSMAN_BLOCK="acme").state == "blocked"


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"POINTSMAN_ONLY": ""}, "blocked"),
        ({"POINTSMAN_ONLY": "acme", "POINTSMAN_BLOCK": "plain,sqlite,pointsman"}, "loaded"),
    ],
)
def test_the_cores_own_cannot_be_kept_out(site: Site, env: dict[str, str], expected: str) -> None:
    """``POINTSMAN_ONLY=""`` is no plugin at all; a strategy and a ledger remain."""
    site.install("acme", yields("acme"))
    states = {str(s.plugin.name): s.state for s in load(env=env).statuses}

    assert {"plain": "loaded", "sqlite": "loaded", "acme": expected} == {
        name: states[name] for name in ("plain", "sqlite", "acme")
    }
