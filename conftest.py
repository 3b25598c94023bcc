"""What every test may use, and what no test may do: show a key, or leave this machine."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.recordings.table import pytest_terminal_summary
from tests.shared import shared

__all__ = [
    "pytest_terminal_summary"
]  # here, not beside its tests, so that it also runs when they run in parallel

CANARY = re.compile(r"sk-[a-z-]*canary-[0-9a-f]{8,}")
"""Keys given to providers in tests look like this; whoever prints one has a leak."""
_SETTINGS = ("_API_KEY", "_BASE_URL", "_MODEL_NAME", "_TOKEN")
_TRANSPORT = "POINTSMAN_HTTP_LIBRARY"
"""The one variable that tests obey: everything can be run over each of the transports."""
_PREFIXES = ("POINTSMAN_", "AWS_", "AZURE_")
_LOCAL = ("127.", "::1", "localhost")

# Other work on the machine is no failure; in CI every run sees the same examples.
settings.register_profile(
    "pointsman",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("pointsman")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the library does."""
    return "asyncio"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recorded data beside the checkout.

    Its absence fails the run in CI (`CI` is set) and skips the test, visibly, anywhere else.
    """
    try:
        return shared("data")
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(autouse=True, scope="session")
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """No key, setting or file of the person who runs the tests reaches them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name == _TRANSPORT:
                continue
            if name.startswith(_PREFIXES) or name.endswith(
                ("_API_KEY", "_BASE_URL", "_MODEL_NAME", "_TOKEN")
            ):
                patch.delenv(name)
        patch.setenv("POINTSMAN_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _own_machine() -> Generator[None]:
    """A connection to anywhere but this machine is an error, not a slow test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOCAL):
            raise PermissionError(f"a test tried to connect to {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail every test in whose output (printed or logged) a key can be read."""
    report = yield
    shown = [
        name for name, text in report.sections if name.endswith(report.when or "") and CANARY.search(text)
    ]
    if shown:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a key can be read in {', '.join(shown)}"
    return report
