"""What is sent to Anthropic depends on what its list says of the model."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman import Advice, ChatRequest, InvalidRequestError, JsonSchema, Message, Role, Text
from pointsman_anthropic.listing import Limits
from pointsman_anthropic.request import body

USER = Message(Role.USER, (Text("hi"),))
KNOWN = Limits(64_000, structured=True, efforts=frozenset({"low", "high"}))


@pytest.mark.parametrize(
    ("asked", "listed", "sent"),
    [
        (5, 64_000, 5),
        (None, 64_000, 20_000),
        (None, 8_192, 8_192),
        (None, None, 4_096),
        (100_000, None, 100_000),
    ],
)
def test_the_bound(asked: int | None, listed: int | None, sent: int) -> None:
    """The caller's, else what the model is listed with, within reason, else what every model takes."""
    request = ChatRequest([USER], max_output_tokens=asked)

    assert sent == body("m", request, Limits(listed), stream=False)["max_tokens"]


def test_an_effort_nobody_knows_of_is_sent() -> None:
    """When the list does not tell efforts, the API decides."""
    request = ChatRequest([USER], reasoning_effort="max")

    assert body("m", request, Limits(), stream=False)["output_config"] == {"effort": "max"}


@pytest.mark.parametrize(
    ("fields", "known", "name"),
    [
        ({"seed": 1}, KNOWN, "seed"),
        ({"response_format": "json"}, KNOWN, "response_format"),
        ({"response_format": JsonSchema({})}, Limits(), "response_format"),
        ({"response_format": JsonSchema({})}, Limits(structured=False), "response_format"),
        ({"reasoning_effort": "max"}, KNOWN, "reasoning_effort"),
        ({"reasoning_effort": "low"}, Limits(efforts=frozenset()), "reasoning_effort"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], known: Limits, name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        body("m", ChatRequest([USER], **fields), known, stream=False)

    assert caught.value.advice is Advice.NEXT_CANDIDATE


def test_extra_says_it_the_callers_way() -> None:
    """What `extra` holds is not judged by the list."""
    request = ChatRequest([USER], reasoning_effort="max", extra={"output_config": {"effort": "max"}})

    assert body("m", request, KNOWN, stream=False)["output_config"] == {"effort": "max"}
