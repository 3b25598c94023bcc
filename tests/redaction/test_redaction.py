"""No key reaches a log, whichever way it is logged."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pointsman.redaction import install
from pointsman.types.secrets import _LOOKS, Secret, redact

CANARY = "c4nary+value/1234567"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What an application's root handler writes of everything below a masked tree."""
    Secret(CANARY)
    root, tree = logging.getLogger(), logging.getLogger("masked")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s%(header)s", defaults={"header": ""}))
    root.addHandler(handler)
    tree.setLevel(logging.DEBUG)
    install(tree)
    yield written
    root.removeHandler(handler)
    tree.handlers.clear()


@pytest.mark.parametrize("name", ["masked", "masked.child", "masked.child.grandchild"])
def test_messages(log: io.StringIO, name: str) -> None:
    """Messages and their arguments, of every logger in the tree."""
    logging.getLogger(name).warning("key %s and %r", CANARY, {"a": CANARY})

    assert log.getvalue() == f"{name} key [redacted] and {{'a': '[redacted]'}}\n"


def test_tracebacks(log: io.StringIO) -> None:
    """An exception that holds a key is shown without it, its cause included."""
    error = RuntimeError(f"because {CANARY}")
    error.__cause__ = ValueError(CANARY)
    logging.getLogger("masked.x").error("oops", exc_info=error)

    assert CANARY not in log.getvalue()
    assert [line for line in log.getvalue().splitlines() if "Error: " in line] == [
        "ValueError: [redacted]",
        "RuntimeError: because [redacted]",
    ]


def test_stacks_and_extra_fields(log: io.StringIO) -> None:
    """What a formatter may add is masked too."""
    logging.getLogger("masked").info("hi ", extra={"header": f"Bearer {CANARY}"}, stack_info=True)
    first, *stack = log.getvalue().splitlines()

    assert first == "masked hi Bearer [redacted]"
    assert [line for line in stack if CANARY in line] == []


def test_a_wrong_format_string(log: io.StringIO) -> None:
    """Logging would print the arguments of a message it cannot format."""
    logging.getLogger("masked").warning("%d", CANARY)

    assert log.getvalue() == "masked %d ('[redacted]',)\n"


def test_installing_twice(log: io.StringIO) -> None:
    """Changes nothing."""
    install(logging.getLogger("masked"))
    logging.getLogger("masked").warning("once")

    assert log.getvalue() == "masked once\n"


def test_without_any_handler(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning in a script that configured nothing still reaches the terminal, masked."""
    Secret(CANARY)
    tree = logging.getLogger("alone")
    tree.propagate = False
    written = io.StringIO()
    monkeypatch.setattr(logging, "lastResort", logging.StreamHandler(written))
    install(tree)
    logging.getLogger("alone.child").warning("key %s", CANARY)
    tree.handlers.clear()

    assert (written.getvalue(), capsys.readouterr().err) == ("key [redacted]\n", "")


def test_the_default_is_our_own_tree() -> None:
    """Without an argument it is Pointsman's own logger."""
    install()
    (first, *_) = logging.getLogger("pointsman").handlers

    assert type(first).__name__ == "_Mask"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcdefgh12345", "Authorization: [redacted]"),
        ("Basic dXNlcjpwYXNzd29yZA==", "[redacted]"),
        ("sk-proj-abcdefghijklmnop", "[redacted]"),
        ("gsk_abcdefghijklmnop", "[redacted]"),
        ("AIzaSyA1234567890abcdefghijklmn", "[redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "[redacted]"),
        ("x-api-key: hunter22", "x-api-key[redacted]"),
        ("{'x-api-key': 'hunter22'}", "{'x-api-key[redacted]'}"),
        ("http://a/b?key=hunter22&c=1", "http://a/b?key=[redacted]&c=1"),
        ("http://a/b?c=1&access_token=hunter22", "http://a/b?c=1&access_token=[redacted]"),
        (
            "a sentence about a key and a task-list",
            "a sentence about a key and a task-list",
        ),
        ("model gpt-4o-mini-2024-07-18 is fine", "model gpt-4o-mini-2024-07-18 is fine"),
    ],
)
def test_what_looks_like_a_key(text: str, expected: str) -> None:
    """Values nobody registered are known by their look; words are left alone."""
    assert redact(text) == expected


def test_forms_of_a_known_value() -> None:
    """A key is masked as it is, as a query writes it, and where it is part of a longer one."""
    long, short = Secret("part-of-it/and-more").reveal(), Secret("part-of-it").reveal()

    assert redact(f"{long} {short} part-of-it%2Fand-more") == "[redacted] [redacted] [redacted]"


@settings(deadline=None, suppress_health_check=list(HealthCheck))  # other work on the machine is no failure
@given(st.data())
@pytest.mark.parametrize(("hints", "pattern"), _LOOKS, ids=[hints[0] for hints, _ in _LOOKS])
def test_whatever_looks_like_a_key_holds_a_hint(
    hints: tuple[str, ...], pattern: str, data: st.DataObject
) -> None:
    """Text is searched for what keys look like only where it holds one of these; none slips through."""
    looks = re.compile(pattern, re.IGNORECASE)
    text = data.draw(st.from_regex(looks, alphabet=st.characters(codec="ascii")))

    assert any(hint in text.lower() for hint in hints)
    assert looks.sub("[redacted]", text) != text
    assert not looks.search(redact(text).replace("[redacted]", "#"))
