"""The default shared state, and the toy beside it, pass the kit for shared states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pointsman.protocols import SharedState
from pointsman.state.local import LocalConfig, LocalState
from pointsman.testing import SharedStateTests

from tests.state.processes import toy
from tests.state.toy_client import ToyState

PATIENT = 60.0
"""Seconds to wait for the file: on a busy machine nothing is to be decided without it."""


class TestLocalState(SharedStateTests):
    """Memory, and a file for what lasts."""

    @pytest.fixture
    def make_state(self, tmp_path: Path) -> Callable[[], SharedState]:
        """Every call makes a state over the same file."""
        return lambda: LocalState(LocalConfig(str(tmp_path / "state.sqlite3"), patience=PATIENT))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a toy server for all tests; each has data of its own there."""
    with toy() as port:
        yield port


class TestToyState(SharedStateTests):
    """A server over TCP, shared by all."""

    @pytest.fixture
    def make_state(self, port: int, request: pytest.FixtureRequest) -> Callable[[], SharedState]:
        """Every call makes a client of the same server and the same data."""
        return lambda: ToyState(port, request.node.nodeid)
