"""No command ever shows a key, wherever the key came from and whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pointsman.testing import OpenAIUpstream

from tests.cli.conftest import FEED_KEY, KEY, Program

KEPT = "sk-kept-canary-0123456789abcdef"
WRITTEN = "sk-written-canary-0123456789abcdef"

COMMANDS = (
    ["ask", "hi"],
    ["ask", "hi", "--no-stream"],
    ["chat"],
    ["models", "--all"],
    ["prices"],
    ["prices", "--quarantined"],
    ["explain"],
    ["refresh"],
    ["usage", "--by", "model"],
    ["plugins"],
    ["keys", "list"],
    ["keys", "path"],
    ["keys", "set", "ACME_API_KEY"],
    ["config", "show"],
    ["doctor"],
    ["--help"],
)


@pytest.fixture
def keyed(world: Program, written: Callable[[str], None]) -> Program:
    """Keys in the environment, in the keys file and in the configuration."""
    world("keys", "set", "SECOND_API_KEY", stdin=KEPT)
    written(
        f'[providers.lab]\nuses = "openai-compatible"\nbase_url = "http://127.0.0.1:9"\nkey = "{WRITTEN}"\n'
        f'[providers.off]\nuses = "openai-compatible"\nenabled = false\nkey = "{WRITTEN}"\n'
    )
    return world


@pytest.mark.parametrize("flags", [[], ["--json"], ["-vv"], ["--debug"]], ids=str)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "refused"])
def test_no_key_is_shown(
    keyed: Program, provider: OpenAIUpstream, arguments: list[str], flags: list[str], *, accepted: bool
) -> None:
    """Neither when all is well nor when the provider quotes the key in its refusal."""
    if not accepted:
        provider._key = "another"  # every caller reads the key they came with
    result = keyed(*arguments, *(flags if arguments != ["--help"] else []), stdin=KEPT)
    shown = result.stdout + result.stderr

    assert [key for key in (KEY, FEED_KEY, KEPT, WRITTEN) if key in shown] == []
    assert shown != ""
