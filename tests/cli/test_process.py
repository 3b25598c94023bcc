"""The program as a process: a terminal, a closed pipe, Ctrl-C, a shell that completes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest
from pointsman.testing import OpenAIUpstream

from tests.cli.conftest import Program, tsv


def on_a_terminal(program: Program, *args: str, **env: str) -> str:
    """What a person would see, 100 columns wide."""
    outer, inner = pty.openpty()
    more = {"COLUMNS": "100", "TERM": "xterm", **env}
    process = program.spawn(*args, stdout=inner, stderr=inner, stdin=subprocess.DEVNULL, env=more)
    os.close(inner)
    seen = b""
    while True:
        try:
            part = os.read(outer, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(outer)
    assert process.wait() == 0, seen.decode()
    return seen.decode()


def complete(program: Program, line: str) -> list[str]:
    """What bash would be offered at the end of this line."""
    env = {"_POINTSMAN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    process = program.spawn(stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    out, err = process.communicate()
    assert err == ""
    return [each.partition(",")[2] for each in out.splitlines() if each]


def test_a_terminal_gets_a_table(world: Program) -> None:
    """With a rule under its head and no tabs; a pipe gets the opposite."""
    seen, piped = on_a_terminal(world, "models"), world("models").stdout

    assert ("───" in seen, "\t" in seen) == (True, False)
    assert ("───" in piped, "\t" in piped) == (False, True)


def test_no_color_means_none(world: Program) -> None:
    """https://no-color.org: whatever is shown, nothing is coloured."""
    coloured = on_a_terminal(world, "ask", "hi", "--task", "coding")
    plain = on_a_terminal(world, "ask", "hi", "--task", "coding", NO_COLOR="1")

    assert ("\x1b[" in coloured, "\x1b[" in plain) == (True, False)


def test_a_model_cannot_write_to_the_terminal(world: Program, provider: OpenAIUpstream) -> None:
    """Its control characters are left out there, and passed on in a pipe."""
    for model in provider.models.values():
        model.answer = "a\x1b]0;owned\x07b"
    seen, piped = on_a_terminal(world, "ask", "-q", "hi"), world("ask", "hi").stdout

    assert (seen.strip(), piped.strip()) == ("a]0;ownedb", "a\x1b]0;owned\x07b")


def test_whoever_stops_reading_hears_nothing(world: Program) -> None:
    """A closed pipe is no error."""
    reader, writer = os.pipe()
    os.close(reader)
    process = world.spawn("plugins", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    _, err = process.communicate()

    assert (process.returncode, err) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_settles_the_call(world: Program, provider: OpenAIUpstream) -> None:
    """What was streamed stays, the ledger says cancelled, the exit code is 130."""
    for model in provider.models.values():
        model.answer, model.pace = "word " * 20_000, 0.05  # a quarter of an hour
    process = world.spawn("ask", "hi", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    first = process.stdout.read(5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    (row,) = world.json("usage")["rows"]

    assert (first, process.returncode, err.strip()) == ("word ", 130, "interrupted")
    assert (row["calls"], row["cancelled"], row["unsettled"]) == (1, 1, 0)
    assert float(row["usd"]) > 0


def test_models_are_completed_without_a_network(world: Program, provider: OpenAIUpstream) -> None:
    """From the last catalog, by key and by id."""
    nothing = complete(world, "pointsman ask -m mer")
    world("refresh")
    asked = len(provider.requests)

    assert (nothing, complete(world, "pointsman ask -m mer")) == ([], ["merry-2"])
    assert complete(world, "pointsman prices openai-compatible/m") == ["openai-compatible/merry-2"]
    assert asked == len(provider.requests)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pointsman mo", ["models"]),
        ("pointsman ask -t co", ["coding"]),
        ("pointsman ask --only open", ["openai-compatible"]),
        ("pointsman models --needs tools,vi", ["tools,vision"]),
        ("pointsman keys set OPENAI_COMPATIBLE_A", ["OPENAI_COMPATIBLE_API_KEY"]),
        ("pointsman ask --tier b", ["budget"]),
    ],
)
def test_names_are_completed(world: Program, line: str, found: list[str]) -> None:
    """Commands, tasks, providers, capabilities, variables."""
    assert found == complete(world, line)


def test_completion_is_quiet_about_trouble(world: Program) -> None:
    """A shell has no place for errors."""
    world.home.mkdir(mode=0o700, exist_ok=True)
    (world.home / "pointsman.toml").write_text("not toml at all [")

    assert complete(world, "pointsman ask --model x") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_for_this_program(program: Program, shell: str) -> None:
    """Each shell's own."""
    assert "_POINTSMAN_COMPLETE" in program("completion", shell).stdout
    assert shell == program.json("completion", shell)["shell"]


def test_a_refresh_on_a_terminal_ends_as_a_table(world: Program) -> None:
    """The bars are gone when it is over."""
    last = on_a_terminal(world, "refresh").rpartition("\x1b[2K")[2]

    assert "3 models may be asked" in last
    assert "asking" not in last


def test_documents_are_json_also_on_a_terminal(world: Program) -> None:
    """--json is the same everywhere."""
    assert json.loads(on_a_terminal(world, "models", "--json"))["schema"] == "pointsman/models/1"
    assert len(tsv(world("models").stdout)) == 3
