"""Exit codes: what each kind of error means to a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pointsman.cli.exits import MEANINGS, Exit, code_of, lines_of
from pointsman.errors import (
    AttemptsFailedError,
    AuthenticationError,
    BudgetError,
    ConfigError,
    LedgerError,
    NoCandidateError,
    PluginError,
    RequestError,
    ServerError,
    UnknownNameError,
)
from pointsman.testing import OpenAIUpstream, Reply

from tests.cli.conftest import Program


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError(["a: b"]), Exit.USAGE),
        (UnknownNameError("task", "codng"), Exit.USAGE),
        (RequestError("empty"), Exit.USAGE),
        (NoCandidateError("nobody"), Exit.NO_CANDIDATE),
        (AuthenticationError("no"), Exit.AUTHENTICATION),
        (BudgetError("too much"), Exit.BUDGET),
        (ServerError("broke"), Exit.FAILURE),
        (LedgerError("full"), Exit.FAILURE),
        (PluginError("p", "broken"), Exit.FAILURE),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (ValueError("bug"), Exit.FAILURE),
        (AttemptsFailedError([AuthenticationError("a"), AuthenticationError("b")]), Exit.AUTHENTICATION),
        (AttemptsFailedError([AuthenticationError("a"), ServerError("b")]), Exit.FAILURE),
    ],
)
def test_every_error_has_its_code(error: BaseException, code: Exit) -> None:
    """By kind; attempts that all failed alike count as one."""
    assert code is code_of(error)


def test_help_lists_every_code(program: Program) -> None:
    """The one table of codes is what --help shows."""
    shown = program("--help").stdout

    assert [code for code, meaning in MEANINGS.items() if f"{code.value:<4} {meaning}" not in shown] == []


def test_each_problem_is_a_line() -> None:
    """All problems of a configuration can be fixed at once."""
    assert lines_of(ConfigError(["a: x", "b: y"])) == ("the configuration has 2 problems", "  a: x", "  b: y")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (
            ["ask", "hi", "--task", "codng"],
            2,
            "error PM-UNKNOWN: unknown task 'codng'; did you mean 'coding'?",
        ),
        (["ask", "hi", "--model", "merry-3"], 2, "did you mean 'merry-2'"),
        (["ask", "hi", "--strategy", "cheapst"], 2, "did you mean 'cheapest'?"),
        (["ask", "hi", "--only", "nobody"], 2, "unknown provider 'nobody'"),
        (["ask", "hi", "--needs", "flying"], 2, "unknown capability 'flying'"),
        (["ask", "hi", "--max-price", "cheap"], 2, "max_price must be an amount"),
        (["ask", "hi", "--min-context", "lots"], 2, "is not a number of tokens"),
        (["ask", "hi", "--nonsense"], 2, "--nonsense"),
        (["ask", " "], 2, "error PM-REQUEST: the prompt is empty"),
        (["ask", "hi", "--exclude", "openai-compatible"], 3, "error PM-NO-CANDIDATE: no model is left of 3"),
        (["explain", "--exclude", "openai-compatible"], 3, ""),
        (["usage", "--by", "modle"], 2, "unknown usage column 'modle'"),
        (["usage", "--since", "yesterday"], 2, "is not an ISO date"),
        (["keys", "remove", "ACME_API_KEY"], 2, "unknown key"),
        (["modles"], 2, "no command 'modles' (did you mean 'models'?)"),
        ([], 2, "pointsman keys set NAME"),
    ],
)
def test_a_mistake_is_one_line_and_a_code(world: Program, arguments: list[str], code: int, says: str) -> None:
    """Never a traceback."""
    result = world(*arguments)

    assert code == result.exit_code
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("status", "code"), [(401, 4), (500, 1)])
def test_the_providers_refusal_decides(
    world: Program, provider: OpenAIUpstream, status: int, code: int
) -> None:
    """A wrong key has another exit code than a broken server."""
    for model in provider.models.values():
        model.fault = Reply.json({"error": {"message": "no"}}, status)

    assert code == world("ask", "hi").exit_code


def test_every_problem_of_the_configuration_is_reported(
    program: Program, written: Callable[[str], None]
) -> None:
    """All at once, each with its path."""
    written('strategy = "nobody"\n[calls]\nattempts = "many"\n[tasks.fast]\ntier = "gold"\n')
    result = program("models")

    assert result.exit_code == 2
    assert sorted(line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]) == [
        "calls.attempts",
        "strategy",
        "tasks.fast.tier",
    ]


def test_debug_shows_where(program: Program, written: Callable[[str], None]) -> None:
    """A traceback, but only when asked for."""
    written("strategy = 3")

    assert "Traceback" in program("--debug", "models").stderr
    assert "Traceback" not in program("models").stderr
