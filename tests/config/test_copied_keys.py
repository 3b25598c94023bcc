"""Keys as they are copied: what came along is trimmed, what no header can carry is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from pointsman.config import Environment, Folders, KeysFile, read_settings
from pointsman.types import Secret
from pointsman.types.secrets import bare, redact, unusable

from tests.config.acme import ACME, build, state

KEY = "qx-4471-zw-0093-hk"
COPIED = [
    KEY + "\n",
    KEY + "\r\n",
    f"  \t{KEY} ",
    f"\u00a0{KEY}\u200b",
    f"\ufeff{KEY}",
    f'"{KEY}"',
    f"'{KEY}'\n",
    f"\u201c{KEY}\u201d",
    f" \u201e{KEY}\u201c ",
    f"\u00ab{KEY}\u00bb",
]
REFUSED = [
    f"{KEY}\n{KEY}",
    f"{KEY}\x00",
    f"{KEY}\u2026",
    f"{KEY[:5]}\u00a0{KEY[5:]}",
    "\u201c" + KEY,
    f"{KEY}\x1b[0m",
]


@pytest.mark.parametrize("text", COPIED)
def test_what_came_along_is_trimmed(text: str) -> None:
    """In the environment, in a table, and wherever a `Secret` is made; one fingerprint for all."""
    by_variable, _ = build(ACME, ACME_API_KEY=text)
    by_table, _ = build(ACME, tables={"acme": {"key": text}})

    assert [each["acme"].object.config.key.reveal() for each in (by_variable, by_table)] == [KEY, KEY]
    assert {each["acme"].fingerprints for each in (by_variable, by_table)} == {(Secret(KEY).fingerprint,)}
    assert Secret(text) == Secret(KEY)
    assert KEY not in redact(f"<{text}>")


@pytest.mark.parametrize("text", [f'"{KEY}1, {KEY}2"\n', f'"{KEY}1","{KEY}2"', f"{KEY}1\n,\u00a0{KEY}2,"])
def test_each_of_several_is_trimmed(text: str) -> None:
    """Quoted together or one by one."""
    instances, _ = build(ACME, ACME_API_KEY=text)

    assert [each.config.key.reveal() for each in instances["acme"].objects] == [KEY + "1", KEY + "2"]


@pytest.mark.parametrize("text", ["\n", '""', " \u00a0 ", "\u201c\u201d"])
def test_nothing_but_what_came_along_is_no_key(text: str) -> None:
    """As if it were not there: off, and no problem."""
    instances, problems = build(ACME, ACME_API_KEY=text)

    assert (instances["acme"].state, problems) == ("off", [])


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_header_can_carry_is_refused_by_its_variable(text: str) -> None:
    """Others go on: the provider is off, with the reason; the value is not in it."""
    instances, problems = build(ACME, ACME_API_KEY=text)
    acme = instances["acme"]

    assert problems == []
    assert state(instances) == ("off", acme.refused)
    assert acme.refused.startswith("ACME_API_KEY: a key is one line of printable ASCII")
    assert KEY[:5] not in acme.refused


@pytest.mark.parametrize("text", REFUSED)
def test_in_a_table_it_is_a_problem_with_its_path(text: str) -> None:
    """The file is the user's own, and can be put right."""
    _, (problem,) = build(ACME, tables={"acme": {"key": text}})

    assert problem.startswith("providers.acme.key: a key is one line of printable ASCII")
    assert KEY[:5] not in problem


@pytest.mark.parametrize("text", ["sk-a b", "x\"y'z", '"', "'''", "a", ""])
def test_what_is_left_alone(text: str) -> None:
    """Blanks and marks inside, and a lone mark."""
    assert (bare(text), unusable(text)) == (text, "")


def test_files_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """Some editors leave one behind; a key with a line end in the file is a key."""
    keys = KeysFile(tmp_path / "keys.toml")
    keys.path.write_bytes(b'\xef\xbb\xbfACME_API_KEY = "%s\\n"\n' % KEY.encode())
    keys.path.chmod(0o600)
    config = tmp_path / "own.toml"
    config.write_bytes(b'\xef\xbb\xbfstrategy = "plain"\n')
    env = Environment({"POINTSMAN_CONFIG": str(config)}, keys.read())
    settings, problems = read_settings(env, Folders.find(env))

    assert (Secret(env["ACME_API_KEY"]).reveal(), settings.strategy, problems) == (KEY, "plain", [])
