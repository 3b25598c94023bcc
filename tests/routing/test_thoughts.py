"""Thoughts go back to their maker and to nobody else."""

from __future__ import annotations

import pytest
from pointsman.routing.thoughts import for_provider, signed
from pointsman.types import (
    ChatRequest,
    ChatResponse,
    FinishReason,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Usage,
)

OWN = Reasoning("hm", "c2ln", format="anthropic-messages", provider="acme")
OTHER = Reasoning("so", "b3Ro", format="anthropic-messages", provider="other")
HIDDEN = Reasoning(redacted="b3BhcXVl", format="anthropic-messages", provider="other")
OPEN = Reasoning("aloud", provider="other")
UNKNOWN = Reasoning("who?", "c2ln", format="anthropic-messages")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([OWN, Text("a")], [OWN, Text("a")]),
        ([OWN, OTHER, HIDDEN, Text("a")], [OWN, Text("a")]),
        ([OPEN, UNKNOWN, Text("a")], [OPEN, UNKNOWN, Text("a")]),
    ],
)
def test_what_only_its_maker_can_read_stays_behind(parts: list[Part], expected: list[Part]) -> None:
    """Text that is no secret, and thoughts whose maker is not known, are the dialect's business."""
    request = ChatRequest([Message(Role.USER, "hi"), Message(Role.ASSISTANT, parts)])

    assert list(for_provider(request, "acme").messages[1].content) == expected


def test_a_request_without_foreign_thoughts_is_itself() -> None:
    """Nothing is copied for nothing."""
    request = ChatRequest([Message(Role.USER, "hi"), Message(Role.ASSISTANT, [OWN, Text("a")])])

    assert for_provider(request, "acme") is request


def test_an_answer_says_who_had_its_thoughts() -> None:
    """So the next turn knows where they may go."""
    answer = ChatResponse([Reasoning("hm", "c2ln"), Text("a")], "m", FinishReason.STOP, Usage())

    assert list(signed(answer, "acme")) == [Reasoning("hm", "c2ln", provider="acme"), Text("a")]
    assert answer.message == Message(Role.ASSISTANT, [Reasoning("hm", "c2ln"), Text("a")])
