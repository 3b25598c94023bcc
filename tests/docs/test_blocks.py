"""Code in the documentation is code: it compiles, runs, and is accepted."""

from __future__ import annotations

import ast
import shlex
import tomllib
from pathlib import Path

import pytest
from pointsman import plugins
from pointsman.cli.app import app
from pointsman.config import Environment, Folders, build_all, read_settings
from pointsman.kinds import KINDS

from tests.docs.pages import ROOT, Block, blocks

PYTHON = blocks("python")
RUN = blocks("python", "run")
SETTINGS = blocks("toml", "pointsman.toml")
EXCERPTS = [each for each in (*PYTHON, *blocks("toml")) if "/" in each.role]
COMMANDS = [
    (block, line.removeprefix("$ "))
    for block in blocks("console")
    for line in block.text.splitlines()
    if line.startswith("$ ") and not block.page.startswith("docs/reference/")
]


def test_there_is_something_of_every_kind() -> None:
    """A convention that finds nothing would prove nothing."""
    assert all((PYTHON, RUN, SETTINGS, EXCERPTS, COMMANDS))


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_compiles(block: Block) -> None:
    """As a module, or as the body of a coroutine."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST

    assert isinstance(compile(block.text, str(block), "exec", flags), ast.Module)


@pytest.mark.parametrize("block", RUN, ids=str)
@pytest.mark.usefixtures("provider")
def test_python_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands, against a loopback provider, without a complaint."""
    exec(compile(block.text, str(block), "exec"), {"__name__": "__main__"})  # noqa: S102 (our own pages)

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("block", EXCERPTS, ids=str)
def test_an_excerpt_stands_in_its_file(block: Block) -> None:
    """Word for word, so that the finished code is what was taught."""
    assert block.text in (ROOT / block.role).read_text(encoding="utf-8")


def test_the_tutorials_blocks_make_the_whole_sample() -> None:
    """Whoever types them one after the other has the finished module, and nothing else."""
    shown = [each for each in PYTHON if each.page == "docs/tutorial/first-plugin.md"]
    (file,) = {each.role for each in shown}

    assert "\n\n".join(each.text for each in shown) == (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_toml_parses(block: Block) -> None:
    """Whatever file it is for."""
    assert tomllib.loads(block.text) or block.text.startswith("#")


@pytest.mark.parametrize("block", SETTINGS, ids=str)
def test_a_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    """No unknown key, no wrong value, in the tables of extensions neither."""
    file = tmp_path / "pointsman.toml"
    file.write_text(block.text)
    env = Environment.of({"POINTSMAN_CONFIG": str(file), "POINTSMAN_HOME": str(tmp_path)})
    settings, problems = read_settings(env, Folders.find(env))
    found = plugins.load(env=env)
    for kind in KINDS:
        problems += build_all(kind, found, settings, env)[1]

    assert ((str(file),), []) == (settings.origins, problems)


@pytest.mark.parametrize(("block", "line"), COMMANDS, ids=lambda value: str(value)[:60])
def test_commands_and_their_options_exist(block: Block, line: str) -> None:
    """Every ``pointsman …`` that is shown can be typed."""
    words = shlex.split(line, comments=True)
    programs = [
        place for place, word in enumerate(words) if word == "pointsman" and words[place - 1] != "install"
    ]
    unknown: list[str] = []
    for place in programs:
        command = app
        known = {option for each in app.params for option in each.opts}
        for word in words[place + 1 :]:
            inner = getattr(command, "get_command", lambda *_: None)(None, word)
            if word in {"&&", "|", "<"}:
                break
            if inner is not None:
                command = inner
                known |= {option for each in command.params for option in each.opts}
            elif (word.startswith("-") and word not in known) or hasattr(command, "get_command"):
                unknown += [] if word in known else [word]

    assert unknown == []
