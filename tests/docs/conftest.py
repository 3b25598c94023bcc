"""Where the documentation's examples run: a temporary home, a loopback provider, no other plugin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pointsman.testing import FakeModel, OpenAIUpstream

from tests.plugins.distributions import site

__all__ = ["site"]

CHAT = {"type": "chat"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, and an environment that says nothing about models."""
    for name in os.environ:
        if name.startswith("POINTSMAN_") or name.endswith(("_API_KEY", "_MODEL_NAME", "_BASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("POINTSMAN_HOME", str(tmp_path))
    monkeypatch.setenv("POINTSMAN_ONLY", "openai-compatible,strategies")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def provider(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIUpstream]:
    """Two models that cost nothing, on loopback, as the ordinary provider sees them."""
    (home / "pointsman.toml").write_text("[providers.openai-compatible]\nlocal = true\n")
    with OpenAIUpstream.in_thread([FakeModel(name, listing=CHAT) for name in ("small", "large")]) as upstream:
        monkeypatch.setenv("OPENAI_COMPATIBLE_BASE_URL", upstream.base_url)
        yield upstream
