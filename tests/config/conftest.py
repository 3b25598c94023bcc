"""What these tests share."""

from __future__ import annotations

import pytest
from pointsman.types import secrets

from tests.plugins.distributions import site

__all__ = ["site"]


@pytest.fixture(autouse=True)
def _forgotten_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys made of any text are masked only here: another test's output may hold such a word."""
    monkeypatch.setattr(secrets, "_known", secrets._known)
