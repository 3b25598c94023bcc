"""A host whose plugins are known from an earlier run says the same of them, and imports those it uses."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pointsman.config import Instance
from pointsman.errors import ConfigError, PluginError
from pointsman.host import Host
from pointsman.types.secrets import redact

from tests.plugins.distributions import Site

ACME = (
    "from attrs import frozen\n"
    "from pointsman.hookspecs import Extension, hookimpl, secret, setting\n"
    "from pointsman.types import Secret\n"
    "@frozen\nclass Config:\n"
    "    key: Secret = secret('ACME_API_KEY')\n"
    "    base_url: str = setting('ACME_BASE_URL', default='https://acme.example')\n"
    "    tries: int = setting('ACME_TRIES', default=1)\n"
    "@frozen\nclass Acme:\n"
    "    config: Config\n"
    "    def __attrs_post_init__(self):\n"
    "        if self.config.base_url == 'bad': raise OSError('no luck')\n"
    "@hookimpl\ndef pointsman_providers():\n    yield Extension('acme', Acme, config=Config)\n"
)

Load = Callable[..., Host]


@pytest.fixture
def load(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the fake distributions as a new process would; the first time was before."""
    home = tmp_path / "home"
    (home / "cache").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "home")
    site.install("acme", ACME)

    def loaded(text: str = "", **env: str) -> Host:
        (home / "pointsman.toml").write_text(text)
        site.forget()
        importlib.invalidate_caches()
        return Host.load({"POINTSMAN_HOME": str(home), "POINTSMAN_ONLY": "acme", **env})

    loaded()
    return loaded


def imported() -> bool:
    """Whether the plugin is in memory."""
    return "pointsman_acme" in sys.modules


def shown(instance: Instance) -> tuple[object, ...]:
    """All there is to see of an instance."""
    return (
        instance.name,
        instance.state,
        instance.reason,
        instance.variables,
        instance.key_variable,
        len(instance.fingerprints),
    )


@pytest.mark.parametrize(
    ("env", "text", "needed"),
    [
        ({}, "", False),
        ({"ACME_API_KEY": "sk-1"}, "", False),
        ({"ACME_API_KEY": "sk-1, sk-2,"}, "", False),
        ({"ACME_API_KEY": ", ,"}, "", False),
        ({"ACME_API_KEY": "sk-1", "ACME_BASE_URL": "http://x"}, "", False),
        ({"ACME_API_KEY": "sk-1"}, "[providers.acme]\nenabled = false", False),
        ({"LAB_API_KEY": "sk-1"}, '[providers.lab]\nuses = "acme"', False),
        ({"ACME_API_KEY": "sk-1", "ACME_TRIES": "3"}, "", True),
        ({"ACME_TRIES": "3"}, "", True),
        ({}, '[providers.acme]\nkey = "sk-1,sk-2"', False),
        ({"LAB_API_KEY": "sk-1"}, '[providers.lab]\nuses = "acme"\nbase_url = "http://lab"', False),
        ({"ACME_API_KEY": "sk-1"}, '[providers.acme]\nbase_url = "http://x"', False),
        ({"ACME_API_KEY": "sk-1"}, "[providers.acme]\ntries = 2", True),
    ],
)
def test_it_says_the_same(load: Load, env: dict[str, str], text: str, needed: bool) -> None:
    """Of what is on, off or disabled; the plugin is imported only where a value has to be checked."""
    believed = load(text, **env)
    was_imported = imported()
    full = load(text, POINTSMAN_STRICT="1", **env)

    assert list(map(shown, believed.instances["providers"])) == list(map(shown, full.instances["providers"]))
    assert was_imported is needed
    for one, other in zip(believed.instances["providers"], full.instances["providers"], strict=True):
        assert [repr(each) for each in one.objects] == [repr(each) for each in other.objects]
        assert len(one.objects) == (len(one.fingerprints) if one.state == "on" else 0)


def test_a_key_is_masked_before_it_is_used(load: Load) -> None:
    """Each of several, although nothing was built of them."""
    load(ACME_API_KEY="canary-one-0123, canary-two-0123")

    assert redact("canary-one-0123 canary-two-0123") == "[redacted] [redacted]"
    assert not imported()


def test_what_cannot_be_built_is_its_own_failure(load: Load) -> None:
    """Where it is used, naming plugin, instance and reason; all else lives."""
    host = load(ACME_API_KEY="sk-1", ACME_BASE_URL="bad")

    with pytest.raises(PluginError, match=r"acme .*: 'acme' cannot be built: OSError: no luck"):
        host.on("providers")["acme"].object  # noqa: B018 (the access is the point)


def test_a_wrong_value_is_still_a_problem(load: Load) -> None:
    """Of a setting that is no text."""
    with pytest.raises(Exception, match=r"acme\.tries: must be a whole number, not text"):
        load(ACME_API_KEY="sk-1", ACME_TRIES="many")


@pytest.mark.parametrize("table", ["bas_url = 'x'", "base_url = 3", "key = 3", "tries = '3'"])
def test_a_wrong_table_is_still_a_problem(load: Load, table: str) -> None:
    """Of a setting nobody knows, and of a value that is none."""
    with pytest.raises(ConfigError, match=r"providers\.acme\.(bas_url|base_url|key|tries): "):
        load(f"[providers.acme]\n{table}", ACME_API_KEY="sk-1" if "key" not in table else "")
