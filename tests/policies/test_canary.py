"""The suite itself notices a key in any test's output."""

from __future__ import annotations

from pathlib import Path

import pytest
from pointsman.testing import ProviderTests

import conftest
from conftest import CANARY

pytest_plugins = ("pytester",)

LEAKY = """
import logging

def test_prints():
    print("the key is sk-kit-canary-4f1d0a5b9c3e7782")

def test_logs():
    logging.getLogger("pointsman").warning("the key is sk-canary-0123456789abcdef")

def test_keeps_quiet():
    print("the key is [redacted]")
"""


def test_a_key_in_any_output_fails_the_test(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Printed or logged, by a test that passes or not: it is found."""
    pytester.makeconftest(Path(conftest.__file__).read_text(encoding="utf-8"))
    pytester.makepyfile(LEAKY)
    monkeypatch.setenv("PYTHONPATH", str(Path(conftest.__file__).parent))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    capsys.readouterr()  # this test shows the key on purpose

    assert result.parseoutcomes() == {"passed": 1, "failed": 2}


def test_the_kits_key_is_a_canary() -> None:
    """Every provider is tested with a key that would be noticed."""
    assert CANARY.fullmatch(str(ProviderTests.key))
