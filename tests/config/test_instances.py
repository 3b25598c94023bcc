"""An extension is on when its config can be built; what stops it is said with its path."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import field, frozen
from pointsman.hookspecs import Extension, setting
from pointsman.types import Secret

from tests.config.acme import ACME, CANARY, Acme, AcmeConfig, build, state


@frozen
class RequiredConfig:
    """Something required that no variable holds, and something that one does."""

    region: str
    account: str = setting("LAB_ACCOUNT")


@frozen
class SizedConfig:
    """A config class with an opinion."""

    size: int = field(default=1)

    @size.validator
    def _small(self, _: object, value: int) -> None:
        if value > 9:
            raise ValueError("size must be a digit")


@frozen
class UnresolvableConfig:
    """An annotation that names nothing."""

    key: Nowhere = setting("NOWHERE")  # type: ignore[name-defined]  # noqa: F821 - the point of the test


# -- on, off, broken ----------------------------------------------------------------------------------------


def test_a_key_turns_it_on() -> None:
    """Nothing but the variable is needed; it says which one it was."""
    instances, problems = build(ACME, ACME_API_KEY=CANARY)

    assert problems == []
    assert state(instances) == ("on", "")
    assert instances["acme"].key_variable == "ACME_API_KEY"
    assert instances["acme"].object == Acme(AcmeConfig(Secret(CANARY)))


def test_a_missing_key_turns_it_off_and_says_how() -> None:
    """Off is no problem; the variables that would turn it on are listed in their order."""
    instances, problems = build(ACME)

    assert problems == []
    assert state(instances) == ("off", "set ACME_API_KEY or ACME_TOKEN")
    assert instances["acme"].variables == ("ACME_API_KEY", "ACME_TOKEN")
    assert instances["acme"].object is None


def test_the_first_variable_wins() -> None:
    """A key may have several variables."""
    both, _ = build(ACME, ACME_API_KEY="one", ACME_TOKEN="two")
    second, _ = build(ACME, ACME_TOKEN="two")

    assert [each["acme"].key_variable for each in (both, second)] == ["ACME_API_KEY", "ACME_TOKEN"]
    assert [each["acme"].object.config.key.reveal() for each in (both, second)] == ["one", "two"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(CANARY, ("on", [CANARY])), ("one, two,,three ", ("on", ["one", "two", "three"])), (" , ", ("off", []))],
)
def test_a_variable_may_hold_several_keys(value: str, expected: tuple[str, list[str]]) -> None:
    """One object is made with each key; commas alone are no key."""
    instances, problems = build(ACME, ACME_API_KEY=value)
    acme = instances["acme"]

    assert problems == []
    assert expected == (acme.state, [each.config.key.reveal() for each in acme.objects])


def test_everything_missing_is_reported() -> None:
    """What stands in a table only is named by its place."""
    instances, problems = build(Extension("lab", object, config=RequiredConfig))

    assert problems == []
    assert state(instances, "lab") == ("off", "set region in [providers.lab]; set LAB_ACCOUNT")
    assert instances["lab"].variables == ("LAB_ACCOUNT",)


def test_an_extension_without_config_is_on() -> None:
    """It is created with nothing, and takes no settings."""
    plain: Extension[object] = Extension("plain", dict)
    instances, problems = build(plain)
    refused, refusals = build(plain, tables={"plain": {"size": 1}})

    assert (instances["plain"].state, instances["plain"].object, problems) == ("on", {}, [])
    assert (refused["plain"].state, refusals) == (
        "off",
        ["providers.plain.size: unknown key; it takes no settings"],
    )


@pytest.mark.parametrize("key", ["", CANARY])
def test_an_extension_may_be_disabled(key: str) -> None:
    """Whether it could be on or not."""
    instances, problems = build(ACME, tables={"acme": {"enabled": False}}, ACME_API_KEY=key)

    assert (state(instances), problems) == (("off", "disabled in the configuration"), [])


def test_enabled_is_true_or_false() -> None:
    """Text that looks like an answer is a problem, not a silent off."""
    assert build(ACME, tables={"acme": {"enabled": "yes"}})[1] == [
        "providers.acme.enabled: must be true or false"
    ]


@pytest.mark.parametrize(
    ("extension", "reason"),
    [
        (Extension("bad", Acme.__init__, config=AcmeConfig), "TypeError: "),
        (Extension("bad", exit), "calls sys.exit()"),
        (Extension("bad", lambda: 1 / 0), "ZeroDivisionError: "),
        (Extension("bad", object, config=UnresolvableConfig), "NameError: "),
    ],
)
def test_what_a_plugin_raises_is_its_own_failure(extension: Extension[Any], reason: str) -> None:
    """Its neighbours are built all the same."""
    instances, problems = build(extension, ACME, ACME_API_KEY=CANARY)
    found = state(instances, "bad")

    assert problems == []
    assert (found[0], found[1][: len(reason)]) == ("broken", reason)
    assert state(instances) == ("on", "")


# -- tables and variables -----------------------------------------------------------------------------------


def test_a_table_configures_and_variables_win() -> None:
    """Unless the caller passed it: that wins over everything."""
    table = {"key": "table", "base_url": "https://table.example", "retries": 3, "tags": ["a"]}
    plain, _ = build(ACME, tables={"acme": table})
    mixed, _ = build(ACME, tables={"acme": table}, ACME_API_KEY="variable", ACME_RETRIES="5")
    passed, _ = build(ACME, passed={"acme": table}, ACME_API_KEY="variable", ACME_RETRIES="5")

    url, tags = "https://table.example", ("a",)
    assert [each["acme"].object.config for each in (plain, mixed, passed)] == [
        AcmeConfig(Secret("table"), url, 3, tags),
        AcmeConfig(Secret("variable"), url, 5, tags),
        AcmeConfig(Secret("table"), url, 3, tags),
    ]
    assert [each["acme"].key_variable for each in (plain, mixed, passed)] == ["", "ACME_API_KEY", ""]


def test_a_key_is_text_whatever_it_looks_like() -> None:
    """A key of digits is not a number."""
    instances, problems = build(ACME, ACME_API_KEY="0012345")

    assert (problems, instances["acme"].object.config.key.reveal()) == ([], "0012345")


@pytest.mark.parametrize("key", ["", CANARY])
def test_every_problem_of_a_table_is_reported(key: str) -> None:
    """A misspelt key is reported even while the extension is off."""
    instances, problems = build(
        ACME, tables={"acme": {"bas_url": "x", "retries": "3", "zzz": 1}}, ACME_API_KEY=key
    )

    assert instances["acme"].state == "off"
    assert problems == [
        "providers.acme.retries: must be a whole number, not text",
        "providers.acme.bas_url: unknown key (did you mean 'base_url'?)",
        "providers.acme.zzz: unknown key",
    ]


def test_problems_of_all_tables_come_together() -> None:
    """Variables that do not fit, validators, unknown names."""
    hint = "is its plugin installed? try: pip install pointsman-amce"
    sized = Extension("sized", object, config=SizedConfig)
    _, problems = build(
        ACME, sized, tables={"sized": {"size": 10}, "amce": {}}, ACME_API_KEY=CANARY, ACME_RETRIES="many"
    )

    assert problems == [
        "providers.acme.retries: must be a whole number, not text",
        "providers.sized: size must be a digit",
        f"providers.amce: unknown provider 'amce'; did you mean 'acme'? known: acme, sized; {hint}",
    ]
