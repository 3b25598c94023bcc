"""Fixtures that come with the plugin ``-p pointsman.testing``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pointsman.testing.fakes import FakeHttp
from pointsman.testing.openai import OpenAIUpstream
from pointsman.testing.upstream import Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A scripted loopback server in a thread of its own."""
    with Upstream.in_thread() as server:
        yield server


@pytest.fixture
def openai_upstream() -> Iterator[OpenAIUpstream]:
    """A loopback server that speaks the most common dialect, with two models."""
    with OpenAIUpstream.in_thread() as server:
        yield server


@pytest.fixture
def fake_http() -> FakeHttp:
    """A client with nothing scripted."""
    return FakeHttp()
