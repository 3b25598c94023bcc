"""What callers may hand in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pointsman import (
    Capability,
    ChatRequest,
    Criteria,
    Image,
    Message,
    PointsmanError,
    Preference,
    RequestError,
    Role,
    Text,
    Tier,
    Tool,
    ToolCall,
    ToolResult,
    UnknownNameError,
)
from pointsman.routing.request import build_criteria, build_request, read_conversation, without

from tests.builders import request

USER = Message(Role.USER, (Text("hi"),))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("hi", (USER,)),
        (USER, (USER,)),
        ([USER], (USER,)),
        ([{"role": "user", "content": "hi"}], (USER,)),
        ([{"role": "user", "content": [{"type": "text", "text": "hi"}]}], (USER,)),
        ([{"role": "developer", "content": "hi"}], (Message(Role.SYSTEM, (Text("hi"),)),)),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]}],
            (Message(Role.USER, (Image(url="https://x/y.png"),)),),
        ),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": "data:image/png;base64,QUJD"}]}],
            (Message(Role.USER, (Image(data="QUJD", media_type="image/png"),)),),
        ),
        (
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "1", "function": {"name": "add", "arguments": "{}"}}],
                },
                {"role": "tool", "tool_call_id": "1", "content": "3"},
            ],
            (
                Message(Role.ASSISTANT, ToolCall("1", "add", "{}")),
                Message(Role.TOOL, ToolResult("1", "3", "add")),
            ),
        ),
    ],
)
def test_messages_of_every_accepted_form(given: Any, expected: tuple[Message, ...]) -> None:
    """A text, a message, OpenAI-style dicts: all become the same values."""
    assert expected == read_conversation(given)


@pytest.mark.parametrize(
    ("given", "options", "parameter"),
    [
        ("", {}, "messages"),
        ("  \n", {}, "messages"),
        ([], {}, "messages"),
        ([{"role": "user", "content": ""}], {}, "messages"),
        ([{"role": "robot", "content": "hi"}], {}, "messages[0]"),
        ([{"role": "user", "content": [{"type": "hologram"}]}], {}, "messages[0].content"),
        ([{"role": "user", "content": 5}], {}, "messages[0].content"),
        (["hi"], {}, "messages[0]"),
        ("hi", {"temprature": 1.0}, "temprature"),
        ("hi", {"tools": [{"type": "function"}]}, "tools"),
    ],
)
def test_a_wrong_request_names_what_is_wrong(given: Any, options: dict[str, Any], parameter: str) -> None:
    """The error carries the parameter, so a face can point at it."""
    with pytest.raises(RequestError) as caught:
        build_request(given, options)

    assert parameter == caught.value.parameter


def test_an_unknown_option_names_the_nearest() -> None:
    """A typing error is answered with the right spelling."""
    with pytest.raises(RequestError, match="did you mean 'temperature'"):
        build_request("hi", {"temprature": 1.0})


def test_options_go_where_they_belong() -> None:
    """One flat set of options fills request and criteria alike; the task's criteria are the base."""
    options: dict[str, Any] = {
        "temperature": 0.5,
        "tools": [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}],
        "max_cost": "0.01",
        "tier": "budget",
        "prefer": "speed",
        "needs": ["vision"],
        "only_models": "x",
        "task": "fast",
    }
    request = build_request("hi", options)
    base = Criteria(task="fast", category="math", needs=[Capability.TOOLS])

    assert (
        0.5,
        (Tool("add", "", {"type": "object"}),),
        Criteria(
            task="fast",
            category="math",
            max_cost=Decimal("0.01"),
            tier=Tier.BUDGET,
            prefer=Preference.SPEED,
            needs=[Capability.TOOLS, Capability.VISION],
            only_models=["x"],
        ),
    ) == (request.temperature, request.tools, build_criteria(base, options))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"max_cost": "cheap"}, RequestError),
        ({"max_cost": -1}, RequestError),
        ({"max_price": "nan"}, RequestError),
        ({"tier": "bugdet"}, UnknownNameError),
        ({"needs": ["visoin"]}, UnknownNameError),
        ({"prefer": "fame"}, UnknownNameError),
    ],
)
def test_wrong_criteria_are_refused(options: dict[str, Any], error: type[PointsmanError]) -> None:
    """A limit that cannot be understood is never ignored."""
    with pytest.raises(error) as caught:
        build_criteria(Criteria(), options)

    assert error is type(caught.value)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("seed", request(temperature=0.5, max_output_tokens=9, extra={"logit_bias": {}})),
        ("max_tokens", request(temperature=0.5, seed=7, extra={"logit_bias": {}})),
        ("logit_bias", request(temperature=0.5, seed=7, max_output_tokens=9)),
        ("messages", None),
        ("top_p", None),
        ("", None),
    ],
)
def test_a_request_can_do_without_what_is_optional(parameter: str, expected: ChatRequest | None) -> None:
    """Only what is set and not essential can be left out, under whatever name the dialect has for it."""
    full = request(temperature=0.5, seed=7, max_output_tokens=9, extra={"logit_bias": {}})

    assert expected == without(full, parameter)
