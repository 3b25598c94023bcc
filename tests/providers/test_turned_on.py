"""The providers that come along are found by their entry points and turned on by their settings."""

from __future__ import annotations

import pytest
from pointsman import plugins
from pointsman.config.environment import Environment
from pointsman.config.instances import Instance, build_all
from pointsman.config.settings import Settings

KEYS = {
    "anthropic": "ANTHROPIC_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistral": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openai-compatible": "OPENAI_COMPATIBLE_BASE_URL",
    "openrouter": "OPENROUTER_API_KEY",
}
ONLY = {"POINTSMAN_ONLY": ",".join([*KEYS, "ollama"])}


def built(
    kind: str, env: dict[str, str], tables: dict[str, dict[str, object]] | None = None
) -> dict[str, Instance]:
    """The instances of one kind, by name."""
    loaded = plugins.load(env=ONLY)
    settings = Settings(tables={kind: tables or {}})
    instances, problems = build_all(kind, loaded, settings, Environment.of(env))

    assert problems == []
    return {instance.name: instance for instance in instances}


def test_nothing_set() -> None:
    """Only the provider that needs nothing is on; every other says which variable would turn it on."""
    instances = built("providers", {})

    assert [name for name, each in instances.items() if each.state == "on"] == ["ollama"]
    assert {name: each.variables[0] for name, each in instances.items() if each.state == "off"} == KEYS


@pytest.mark.parametrize("name", KEYS)
def test_one_setting_turns_a_provider_on(name: str) -> None:
    """And shows its address, never its key."""
    value = "http://localhost:8000/v1" if name == "openai-compatible" else "key-0123456789"
    provider = built("providers", {KEYS[name]: value})[name]

    assert provider.state == "on"
    assert provider.object.base_url in repr(provider.object)
    assert "key-0123456789" not in repr(provider.object)


def test_endpoints_of_one_dialect() -> None:
    """A table is another instance with an address and a key of its own."""
    table: dict[str, object] = {"uses": "openai-compatible", "base_url": "http://lab:8000/v1/", "local": True}
    lab = built("providers", {"LAB_API_KEY": "lab-0123456789"}, {"lab": table})["lab"]

    assert (lab.state, lab.object.base_url) == ("on", "http://lab:8000/v1")
    assert lab.object.headers() == {"authorization": "Bearer lab-0123456789"}


def test_prices_come_with_the_provider() -> None:
    """OpenRouter's key turns both of its parts on; its hosts' prices wait for the models that are wanted."""
    instances = built("pricing_sources", {"OPENROUTER_API_KEY": "key-0123456789"})

    assert [(name, each.state) for name, each in instances.items()] == [
        ("openrouter", "on"),
        ("openrouter-hosts", "off"),
    ]
