"""Keys are kept privately, listed by fingerprint, and never shown."""

from __future__ import annotations

import stat

import pytest
from pointsman.types import Secret

from tests.cli.conftest import KEY, Program, tsv


def listed(program: Program) -> dict[str, dict[str, str]]:
    """The rows of ``keys list`` by variable."""
    result = program("keys", "list")
    assert (result.exit_code, result.stdout.partition("\t")[0]) == (0, "variable"), result.output
    return {row["variable"]: row for row in tsv(result.stdout)}


def test_a_key_is_kept_privately(program: Program) -> None:
    """In a file that only its owner may read."""
    printed = program.json("keys", "set", "ACME_API_KEY", stdin=KEY + "\n")
    path = program.home / "keys.toml"

    assert (str(path), Secret(KEY).fingerprint) == (printed["path"], printed["fingerprint"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f'ACME_API_KEY = "{KEY}"\n' == path.read_text()


def test_a_providers_name_means_its_variable(program: Program) -> None:
    """Nobody has to remember it."""
    assert (
        program.json("keys", "set", "openai-compatible", stdin=KEY)["variable"] == "OPENAI_COMPATIBLE_API_KEY"
    )


def test_an_unknown_name_is_an_error(program: Program) -> None:
    """With the nearest one."""
    result = program("keys", "set", "openai-compatibel", stdin=KEY)

    assert (result.exit_code, "did you mean 'openai-compatible'" in result.stderr) == (2, True)


def test_nothing_is_not_a_key(program: Program) -> None:
    """An empty line keeps nothing."""
    assert program("keys", "set", "ACME_API_KEY", stdin="\n").exit_code == 2
    assert False is (program.home / "keys.toml").exists()


def test_the_list_says_what_is_read_and_from_where(program: Program, provider: object) -> None:
    """Of each variable: who reads it, where it is set, and a fingerprint of keys only."""
    program("keys", "set", "ARTIFICIAL_ANALYSIS_API_KEY", stdin=KEY)
    program("keys", "set", "UNREAD_API_KEY", stdin=KEY)
    rows = listed(program)

    assert {
        "OPENAI_COMPATIBLE_API_KEY": ("environment", Secret(KEY).fingerprint),
        "OPENAI_COMPATIBLE_BASE_URL": ("environment", ""),
        "ARTIFICIAL_ANALYSIS_API_KEY": ("keys file", Secret(KEY).fingerprint),
        "AA_API_KEY": ("", ""),
        "UNREAD_API_KEY": ("keys file", Secret(KEY).fingerprint),
    } == {
        name: (rows[name]["from"], rows[name]["fingerprint"])
        for name in (
            "OPENAI_COMPATIBLE_API_KEY", "OPENAI_COMPATIBLE_BASE_URL", "ARTIFICIAL_ANALYSIS_API_KEY",
            "AA_API_KEY", "UNREAD_API_KEY",
        )
    }  # fmt: skip


def test_several_keys_of_one_provider_are_distinguished(
    program: Program, provider: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand between commas; each has its own fingerprint."""
    second = "sk-second-canary-0123456789abcdef"
    monkeypatch.setenv("OPENAI_COMPATIBLE_API_KEY", f"{KEY}, {second}")
    rows = listed(program)
    doctor = {(row["area"], row["check"]): row["detail"] for row in tsv(program("doctor").stdout)}

    assert rows["OPENAI_COMPATIBLE_API_KEY"]["fingerprint"].split(",") == [
        Secret(KEY).fingerprint,
        Secret(second).fingerprint,
    ]
    assert doctor["providers", "openai-compatible"] == "on, 2 keys from OPENAI_COMPATIBLE_API_KEY"


def test_a_kept_key_turns_its_provider_on(program: Program) -> None:
    """And a removed one off again."""

    def state() -> str:
        rows = tsv(program("plugins").stdout)
        return next(row["state"] for row in rows if row["kind"] == "pricing_sources")

    states = [state()]
    program("keys", "set", "artificial-analysis", stdin=KEY)
    states.append(state())
    removed = program.json("keys", "remove", "artificial-analysis")

    assert [*states, state(), removed["removed"]] == ["off", "on", "off", True]


def test_the_environment_wins_and_says_so(program: Program, provider: object) -> None:
    """A key that is kept without effect is reported."""
    assert "environment, which wins" in program("keys", "set", "openai-compatible", stdin=KEY).stderr


def test_the_path_can_be_asked(program: Program) -> None:
    """Also before there is a file."""
    path = program.home / "keys.toml"

    assert f"{path}\n" == program("keys", "path").stdout
    assert {"schema": "pointsman/keys-path/1", "path": str(path), "exists": False} == program.json(
        "keys", "path"
    )
