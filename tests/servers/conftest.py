"""The servers, each started once per process of the tests, when the first test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import running
from tests.servers.running import Running

Start = Callable[[], Running]


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """llama.cpp's server, for everybody."""
    with running.llama(tmp_path_factory.mktemp("llama")) as server:
        yield server


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """aimock, for everybody."""
    with running.aimock(tmp_path_factory.mktemp("aimock")) as server:
        yield server


@pytest.fixture(scope="session")
def litellm(tmp_path_factory: pytest.TempPathFactory, aimock: Running) -> Iterator[Running]:
    """LiteLLM's proxy in front of aimock, for everybody."""
    with running.litellm(tmp_path_factory.mktemp("litellm"), f"{aimock.url}/v1") as server:
        yield server


@pytest.fixture
def mortal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Running]]:
    """Start one of them by name, for this test alone: it may be killed."""
    with ExitStack() as stack:

        def start(name: str) -> Running:
            if name == "litellm":
                upstream = request.getfixturevalue("aimock")
                return stack.enter_context(running.litellm(tmp_path, f"{upstream.url}/v1"))
            return stack.enter_context({"llama": running.llama, "aimock": running.aimock}[name](tmp_path))

        yield start
