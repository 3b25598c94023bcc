"""A table may be a second instance of an extension, or name one that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.config import Environment, Settings, build_all
from pointsman.errors import PluginError
from pointsman.hookspecs import Extension
from pointsman.plugins import Contribution, Plugins
from pointsman.types import Secret

from tests.config.acme import ACME, CANARY, AcmeConfig, build, plugin, plugins, state

# -- second instances ---------------------------------------------------------------------------------------


def test_a_second_instance_has_variables_of_its_own() -> None:
    """``[providers.my-lab]`` reads ``MY_LAB_API_KEY`` and ``MY_LAB_BASE_URL``."""
    instances, problems = build(
        ACME,
        tables={"my-lab": {"uses": "acme", "retries": 2}},
        MY_LAB_API_KEY="own",
        MY_LAB_BASE_URL="https://lab.example",
        ACME_API_KEY="first",
    )

    assert problems == []
    assert {name: each.object.config for name, each in instances.items()} == {
        "acme": AcmeConfig(Secret("first")),
        "my-lab": AcmeConfig(Secret("own"), "https://lab.example", 2),
    }
    assert [each.extension for each in instances.values()] == ["acme", "acme"]
    assert instances["my-lab"].key_variable == "MY_LAB_API_KEY"


def test_a_second_instance_never_inherits_a_key() -> None:
    """A key is for one address; other settings are inherited."""
    tables = {"lab": {"uses": "acme"}}
    off, _ = build(ACME, tables=tables, ACME_API_KEY=CANARY)
    on, _ = build(ACME, tables=tables, LAB_API_KEY="own", ACME_RETRIES="7")

    assert state(off, "lab") == ("off", "set LAB_API_KEY")
    assert on["lab"].object.config == AcmeConfig(Secret("own"), retries=7)


def test_a_table_of_its_own_wins_over_what_is_inherited() -> None:
    """Only the instance's own variables are stronger than its table."""
    table = {"uses": "acme", "retries": 3, "base_url": "https://table.example"}
    instances, _ = build(
        ACME, tables={"lab": table}, LAB_API_KEY="own", ACME_RETRIES="7", LAB_BASE_URL="https://own.example"
    )

    assert instances["lab"].object.config == AcmeConfig(Secret("own"), "https://own.example", 3)


def test_a_table_may_replace_an_extension() -> None:
    """``uses`` in the table of an extension makes it an instance of another."""
    other: Extension[object] = Extension("other", dict)
    instances, problems = build(ACME, other, tables={"acme": {"uses": "other"}})

    assert (problems, instances["acme"].extension, instances["acme"].object) == ([], "other", {})


def test_the_loser_of_a_conflict_reads_its_own_variables() -> None:
    """``plugin:name`` is another provider, not a second instance of the first."""
    loser = plugins(ACME).of("providers")["acme"]
    contribution = evolve(Contribution.of("providers", loser.extension, plugin("zebra")), name="zebra:acme")
    found = Plugins((), {"providers": {"zebra:acme": contribution}})
    instances, _ = build_all("providers", found, Settings(), Environment({"ACME_API_KEY": CANARY}))

    assert [(each.name, each.state) for each in instances] == [("zebra:acme", "on")]


@pytest.mark.parametrize("uses", [3, ["acme"], {"a": 1}, True])
def test_uses_names_an_extension(uses: object) -> None:
    """Anything but a name is a problem."""
    assert build(ACME, tables={"lab": {"uses": uses}})[1] == [
        "providers.lab.uses: must be the name of an extension"
    ]


# -- plugins that are not there -----------------------------------------------------------------------------


@pytest.mark.parametrize("tables", [{"lost": {}}, {"lab": {"uses": "lost"}}])
def test_a_table_that_names_a_broken_plugin_is_an_error(tables: dict[str, Any]) -> None:
    """Somebody needs it, so its failure is raised, chained to its cause."""
    with pytest.raises(PluginError) as caught:
        build(ACME, tables=tables, lost={"lost": "broken"})

    (name,) = tables
    assert str(caught.value) == (
        f"plugin lost (pointsman-lost 1.0): the configuration needs it (providers.{name}), "
        "but it is broken: OSError: no luck"
    )
    assert repr(caught.value.__cause__) == "OSError('no luck')"


def test_a_broken_plugin_nobody_names_is_no_error() -> None:
    """It is a row in a list, no more."""
    assert build(ACME, lost={"lost": "broken"})[1] == []


def test_a_table_of_a_blocked_plugin_waits() -> None:
    """Blocking a plugin for one run needs no change of the file."""
    instances, problems = build(ACME, tables={"lost": {"key": CANARY}}, lost={"lost": "blocked"})

    assert (list(instances), problems) == (["acme"], [])


# -- secrets ------------------------------------------------------------------------------------------------


def leak(config: AcmeConfig) -> object:
    """A provider that puts its key into an error."""
    raise ValueError(f"cannot use {config.key.reveal()}")


@given(
    key=st.text(st.characters(categories=["L", "N"]), min_size=12).map("qx{}xq".format)
)  # no ordinary word
def test_no_key_is_ever_shown(key: str) -> None:
    """Not by an instance, whether it is on or broken, nor by what it holds."""
    leaky = Extension("leaky", leak, config=AcmeConfig)
    instances, problems = build(ACME, leaky, tables={"acme": {"key": key}}, ACME_API_KEY=key)
    texts = [
        str(problems),
        *(f"{each!r} {each} {each.reason} {each.object!r}" for each in instances.values()),
    ]

    sendable = key.isascii()
    assert [each.state for each in instances.values()] == (["on", "broken"] if sendable else ["off", "off"])
    assert [text for text in texts if key in text] == []
