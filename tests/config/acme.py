"""Extensions to build instances of, and how the tests build them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, frozen
from pointsman.config import Environment, Instance, Settings, build_all
from pointsman.hookspecs import Extension, secret, setting
from pointsman.plugins import Contribution, Installed, Plugins, PluginStatus
from pointsman.types import Secret

CANARY = "canary-8d1f"


@frozen
class AcmeConfig:
    """A required key, an address, and things that stand in a table only."""

    key: Secret = secret("ACME_API_KEY", "ACME_TOKEN")
    base_url: str = setting("ACME_BASE_URL", default="https://acme.example")
    retries: int = setting("ACME_RETRIES", default=1)
    tags: tuple[str, ...] = ()


@define
class Acme:
    """What is created."""

    config: AcmeConfig


ACME = Extension("acme", Acme, config=AcmeConfig)


def plugin(name: str) -> Installed:
    """An installed plugin that was never imported."""
    return Installed(name, f"m_{name}", f"pointsman-{name}", "1.0")


def plugins(*extensions: Extension[Any], lost: Mapping[str, str] | None = None) -> Plugins:
    """Plugins that loaded, one extension each, and those that were left out, name → state."""
    found = {
        each.name: Contribution.of("providers", each, plugin(each.name.partition(":")[0]))
        for each in extensions
    }
    statuses = [
        PluginStatus(plugin(name), state, "OSError: no luck", OSError("no luck"))
        for name, state in (lost or {}).items()
    ]
    return Plugins(tuple(statuses), {"providers": found})


def build(
    *extensions: Extension[Any],
    tables: Mapping[str, Any] | None = None,
    passed: Mapping[str, Any] | None = None,
    lost: Mapping[str, str] | None = None,
    **env: str,
) -> tuple[dict[str, Instance], list[str]]:
    """Build all providers; the instances by name, and the problems."""
    merged = {**(tables or {}), **(passed or {})}
    settings = Settings(tables={"providers": merged}, passed={"providers": passed or {}})
    found, problems = build_all("providers", plugins(*extensions, lost=lost), settings, Environment(env))
    return {each.name: each for each in found}, problems


def state(instances: Mapping[str, Instance], name: str = "acme") -> tuple[str, str]:
    """State and reason of one instance."""
    return instances[name].state, instances[name].reason
