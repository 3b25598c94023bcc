"""What becomes of a test whose server is not there."""

from __future__ import annotations

import pytest

from tests.servers.running import needed
from tools.servers import Server

ABSENT = Server("absent", ("absent==1",))


@pytest.mark.parametrize(("value", "kind"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_it_fails_in_ci_and_is_skipped_elsewhere(
    monkeypatch: pytest.MonkeyPatch, value: str, kind: type[BaseException]
) -> None:
    """Either way it says how to install it."""
    monkeypatch.setenv("CI", value)

    with pytest.raises(kind, match=r"absent is not installed.*tools\.servers"):
        needed(ABSENT)
