"""Exit codes, and how an error is shown: the one place."""

from __future__ import annotations

from enum import IntEnum

from pointsman.errors import (
    AttemptsFailedError,
    AuthenticationError,
    BudgetError,
    ConfigError,
    NoCandidateError,
    PointsmanError,
    RequestError,
)


class Exit(IntEnum):
    """What the program's exit code means."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    NO_CANDIDATE = 3
    AUTHENTICATION = 4
    BUDGET = 5
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "all went well",
    Exit.FAILURE: "something failed",
    Exit.USAGE: "wrong options, an unknown name, or a configuration that cannot be used",
    Exit.NO_CANDIDATE: "no model may be chosen",
    Exit.AUTHENTICATION: "a key is missing, wrong or not allowed",
    Exit.BUDGET: "the call would exceed a budget",
    Exit.INTERRUPTED: "interrupted",
}


_CODES: tuple[tuple[type[BaseException], Exit], ...] = (
    (KeyboardInterrupt, Exit.INTERRUPTED),
    (ConfigError, Exit.USAGE),
    (RequestError, Exit.USAGE),
    (NoCandidateError, Exit.NO_CANDIDATE),
    (AuthenticationError, Exit.AUTHENTICATION),
    (BudgetError, Exit.BUDGET),
)


def code_of(error: BaseException) -> Exit:
    """The exit code this error ends the program with; several attempts that failed alike count as one."""
    if isinstance(error, AttemptsFailedError):
        codes = {code_of(each) for each in error.attempts}
        return codes.pop() if len(codes) == 1 else Exit.FAILURE
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FAILURE)


def lines_of(error: BaseException) -> tuple[str, ...]:
    """What to tell of an error: one line, or one per problem or attempt, without its code."""
    if isinstance(error, AttemptsFailedError):
        head = f"all {len(error.attempts)} attempts failed"
        return (head, *(f"  {each.code} {_one_line(str(each))}" for each in error.attempts))
    if isinstance(error, ConfigError) and len(error.problems) > 1:
        return (f"the configuration has {len(error.problems)} problems", *(f"  {p}" for p in error.problems))
    if isinstance(error, ConfigError):
        return (_one_line(error.problems[0] if error.problems else str(error)),)
    if isinstance(error, PointsmanError):
        return (_one_line(str(error)),)
    text = _one_line(str(error))
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__,)


def _one_line(text: str) -> str:
    return " ".join(text.split())
