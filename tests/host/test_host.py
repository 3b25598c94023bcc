"""Everything there is before the first call, from fake distributions, files and variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import ConfigError, PluginError, UnknownNameError
from pointsman.host import Host, HostInputs
from pointsman.types import Criteria, Preference, Secret

from tests.plugins.distributions import HEAD, Site, yields

ACME = (
    "from attrs import frozen\n"
    "from pointsman.hookspecs import Extension, hookimpl, secret\n"
    "from pointsman.types import Secret\n"
    "@frozen\nclass Config:\n    key: Secret = secret('ACME_API_KEY')\n"
    "@frozen\nclass Acme:\n    config: Config\n"
    "@hookimpl\ndef pointsman_providers():\n    yield Extension('acme', Acme, config=Config)\n"
)

Load = Callable[..., Host]


@pytest.fixture
def load(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the fake distributions and the core's own; `text` is the project's file."""
    home = tmp_path / "home"
    monkeypatch.chdir(tmp_path)

    def loaded(text: str = "", override: dict[str, object] | None = None, **env: str) -> Host:
        (tmp_path / "pointsman.toml").write_text(text)
        only = ",".join(site.distributions)
        return Host.load({"POINTSMAN_HOME": str(home), "POINTSMAN_ONLY": only, **env}, override)

    return loaded


def problems(load: Load, text: str) -> tuple[str, ...]:
    """What is wrong with a file."""
    with pytest.raises(ConfigError) as caught:
        load(text)
    return caught.value.problems


def test_nothing_installed_is_enough(load: Load) -> None:
    """The built-in strategy and ledger are there and chosen."""
    host = load()

    assert {kind: list(host.on(kind)) for kind in ("providers", "strategies", "ledgers")} == {
        "providers": [],
        "strategies": ["plain"],
        "ledgers": ["sqlite"],
    }
    assert (host.strategy, host.ledger) == ("plain", "sqlite")


def test_a_key_turns_a_provider_on(site: Site, load: Load) -> None:
    """From the process, from the keys file, and gone when the key is gone."""
    site.install("acme", ACME)
    off = load()
    from_process = load(ACME_API_KEY="key-of-the-first-kind")
    off.keys.set("ACME_API_KEY", "key-of-the-second-kind")
    from_file = load()
    off.keys.set("ACME_API_KEY", "")

    hosts = [off, from_process, from_file, load()]
    assert [list(host.on("providers")) for host in hosts] == [[], ["acme"], ["acme"], []]
    keys = [host.on("providers")["acme"].object.config.key for host in (from_process, from_file)]
    assert keys == [Secret("key-of-the-first-kind"), Secret("key-of-the-second-kind")]


def test_a_strategy_may_declare_itself_the_default(site: Site, load: Load) -> None:
    """The configuration wins over it, and the variable over the file."""
    default = "yield Extension('clever', object, default=True)"
    site.install("clever", f"{HEAD}@hookimpl\ndef pointsman_strategies():\n    {default}\n")
    site.install("other", yields("other", name="pointsman_strategies"))
    hosts = [load(), load('strategy = "other"'), load('strategy = "other"', POINTSMAN_STRATEGY="plain")]

    assert [host.strategy for host in hosts] == ["clever", "other", "plain"]


def test_a_ledger_is_chosen_by_name(site: Site, load: Load) -> None:
    """One that does not declare itself the default is taken only when it is named."""
    site.install("memory", yields("memory", name="pointsman_ledgers"))

    assert [load().ledger, load('ledger = "memory"').ledger] == ["sqlite", "memory"]


def test_what_is_passed_wins(site: Site, load: Load) -> None:
    """Over the environment and over files."""
    site.install("acme", ACME)
    override = {"ledger": "sqlite", "providers": {"acme": {"key": "passed"}}}
    host = load('[providers.acme]\nkey = "file"', override, ACME_API_KEY="variable")

    assert host.on("providers")["acme"].object.config.key.reveal() == "passed"


def test_a_task_is_found_by_name(load: Load) -> None:
    """An unknown one names those that come near."""
    host = load()
    with pytest.raises(UnknownNameError) as caught:
        host.task("summarisation")

    assert host.task("fast") == Criteria(task="fast", prefer=Preference.SPEED)
    assert str(caught.value) == (
        "unknown task 'summarisation'; did you mean 'summarization'? "
        "known: coding, fast, reasoning, summarization; add it as [tasks.summarisation]"
    )


def test_names_that_stand_for_nothing_are_all_reported(site: Site, load: Load) -> None:
    """Wherever the configuration names something, with what was meant."""
    site.install("acme", ACME)
    text = (
        'strategy = "plian"\nledger = "postgres"\n'
        '[catalog]\nprice_priority = ["list"]\n'
        '[tasks.legal]\nstrategy = "zzz"\nonly_providers = ["acme", "amce"]\nexclude_providers = ["gone"]\n'
    )
    heads = [problem.partition("; is its plugin")[0] for problem in problems(load, text)]

    assert heads == [
        "strategy: unknown strategy 'plian'; did you mean 'plain'? known: plain",
        "ledger: unknown ledger 'postgres'; known: sqlite",
        "catalog.price_priority: unknown pricing source 'list'; known: none",
        "tasks.legal.strategy: unknown strategy 'zzz'; known: plain",
        "tasks.legal.only_providers: unknown provider 'amce'; did you mean 'acme'? known: acme",
        "tasks.legal.exclude_providers: unknown provider 'gone'; known: acme",
    ]


def test_problems_of_files_and_tables_come_together(site: Site, load: Load) -> None:
    """One error holds what settings, extensions and names have wrong."""
    site.install("acme", ACME)
    text = 'ledger = "x"\nstratgy = "y"\n[providers.acme]\nsize = 1\n'
    paths = [problem.partition(":")[0] for problem in problems(load, text)]

    assert paths == ["stratgy", "providers.acme.size", "ledger"]


@pytest.mark.parametrize(
    "text",
    [
        'strategy = "lost"',
        'ledger = "lost"',
        '[tasks.fast]\nstrategy = "lost"',
        '[tasks.fast]\nonly_providers = ["lost"]',
        "[providers.lost]",
        '[ledgers.lab]\nuses = "lost"',
    ],
)
def test_a_broken_plugin_that_is_needed_is_an_error(site: Site, load: Load, text: str) -> None:
    """Chained to its cause; without anybody naming it the host lives."""
    site.install("lost", "raise OSError('no luck')")
    states = [status.state for status in load().plugins.statuses if status.plugin.name == "lost"]

    with pytest.raises(PluginError, match="but it is broken: OSError: no luck") as caught:
        load(text)

    assert (states, type(caught.value.__cause__)) == (["broken"], OSError)


def test_excluding_a_broken_plugin_does_not_need_it(site: Site, load: Load) -> None:
    """Who keeps it out does not care that it is broken."""
    site.install("lost", "raise OSError('no luck')")
    host = load('[tasks.fast]\nexclude_providers = ["lost"]')

    assert host.task("fast").exclude_providers == ("lost",)


def test_strict_raises_while_loading(site: Site, load: Load) -> None:
    """``POINTSMAN_STRICT`` is for authors: nobody needs to name the plugin."""
    site.install("lost", "raise OSError('no luck')")

    with pytest.raises(PluginError, match="no luck"):
        load(POINTSMAN_STRICT="1")


def test_a_keys_file_others_may_read_stops_it(load: Load) -> None:
    """Before anything is built."""
    keys = load().keys
    keys.set("ACME_API_KEY", "value")
    keys.path.chmod(0o644)

    with pytest.raises(ConfigError, match="others may read it"):
        load()


def test_a_host_shows_no_key(site: Site, load: Load) -> None:
    """Not one from the process, the keys file, the project's file, or the caller."""
    site.install("acme", ACME)
    load().keys.set("LAB_API_KEY", "canary-file")
    host = load(
        '[providers.lab]\nuses = "acme"\n[providers.third]\nuses = "acme"\nkey = "canary-table"\n',
        {"providers": {"fourth": {"uses": "acme", "key": "canary-passed"}}},
        ACME_API_KEY="canary-process",
    )

    assert list(host.on("providers")) == ["acme", "fourth", "lab", "third"]
    assert "canary" not in f"{host!r} {host} {[each.object for each in host.on('providers').values()]}"


def test_loading_makes_no_file(load: Load, tmp_path: Path) -> None:
    """Nothing is created by looking."""
    load()

    assert [path.name for path in tmp_path.iterdir() if path.name != "pointsman.toml"] == []


SCALARS = st.one_of(
    st.text(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.decimals(allow_nan=False),
)
TABLES = st.dictionaries(
    st.text(),
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
    max_size=4,
)


@given(TABLES)
def test_what_a_host_is_loaded_from_can_be_written_down(override: dict[str, Any]) -> None:
    """Whatever a TOML file can say, exactly, and the environment where one was given."""
    written = HostInputs({"A": "b"}, override, Path()).written()

    assert HostInputs.read(written) == ({"A": "b"}, override)


def test_what_python_says_in_other_words_is_written_as_a_file_would_say_it() -> None:
    """Keys stand in it, for another process needs them; nothing else of ours is shown them."""
    inputs = HostInputs(None, {"a": (Secret("canary"), Path("/x")), "b": frozenset({1})}, Path())

    assert HostInputs.read(inputs.written()) == (None, {"a": ["canary", "/x"], "b": [1]})
    assert "canary" not in repr(inputs)


def test_what_has_no_written_form_is_refused() -> None:
    """By its type; its value may be anything."""
    with pytest.raises(TypeError, match="a complex in the configuration"):
        HostInputs(None, {"a": 1j}, Path()).written()
