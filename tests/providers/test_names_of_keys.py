"""Keys are read from the names people already use, in the order the readmes tell."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from attrs import fields
from pointsman.config.environment import Environment
from pointsman.hookspecs import ENV

PLUGINS = Path(__file__).parents[2] / "plugins"
KEYS = {
    "azure": ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY"),
    "cerebras": ("CEREBRAS_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY"),
    "github-models": ("GITHUB_MODELS_TOKEN", "GITHUB_TOKEN"),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY", "HUGGING_FACE_HUB_TOKEN"),
    "moonshot": ("MOONSHOT_API_KEY", "KIMI_API_KEY"),
    "perplexity": ("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY"),
    "together": ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY"),
    "xai": ("XAI_API_KEY", "GROK_API_KEY"),
}


def names(plugin: str, field: str) -> tuple[str, ...]:
    """The variables a field of the plugin's provider is read from."""
    module = import_module("pointsman_" + plugin.replace("-", "_"))
    (extension,) = module.pointsman_providers()
    read: tuple[str, ...] = getattr(fields(extension.config), field).metadata[ENV]
    return read


@pytest.mark.parametrize("plugin", KEYS)
def test_keys(plugin: str) -> None:
    """The first name that is set wins."""
    assert KEYS[plugin] == names(plugin, "key")
    assert Environment.of({KEYS[plugin][-1]: "a"}).first(names(plugin, "key")) == (KEYS[plugin][-1], "a")


@pytest.mark.parametrize("plugin", KEYS)
def test_readmes_tell_every_name(plugin: str) -> None:
    """Also those of the address."""
    text = (PLUGINS / f"pointsman-{plugin}" / "README.md").read_text(encoding="utf-8")

    assert [name for field in ("key", "base_url") for name in names(plugin, field) if name not in text] == []


def test_a_region_is_not_a_deployment() -> None:
    """Without the names of deployments the provider for Azure is off, not on with nothing to offer."""
    assert names("azure", "deployments") == ("AZURE_OPENAI_DEPLOYMENTS",)
