"""Schemas that answers must fit exactly."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman.dialects.strict import strict_schema
from pointsman.errors import Advice, InvalidRequestError

DAY = {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]}
CLOSED = {**DAY, "additionalProperties": False}


def within(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as that of an object's only property."""
    return {"type": "object", "properties": {"in": schema}, "required": ["in"]}


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, as it should be written."""
    return {**within(schema), "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        (DAY, CLOSED),
        (within(DAY), closed(CLOSED)),
        (within({"type": "array", "items": DAY}), closed({"type": "array", "items": CLOSED})),
        (within({"anyOf": [DAY, {"type": "null"}]}), closed({"anyOf": [CLOSED, {"type": "null"}]})),
        (
            within({"oneOf": [DAY], "discriminator": {"propertyName": "day"}}),
            closed({"anyOf": [CLOSED]}),
        ),
        (within({"allOf": [DAY], "title": "Day"}), closed({**CLOSED, "title": "Day"})),
        (
            {**within({"$ref": "#/$defs/Day", "description": "when"}), "$defs": {"Day": DAY}},
            {
                **closed({"anyOf": [{"$ref": "#/$defs/Day"}], "description": "when"}),
                "$defs": {"Day": CLOSED},
            },
        ),
        (within({"$ref": "#"}), closed({"$ref": "#"})),
        ({**within({"type": "integer", "default": 3}), "$schema": "x"}, closed({"type": "integer"})),
        (within({"enum": [{"type": "object"}]}), closed({"enum": [{"type": "object"}]})),
        (
            {"type": "object", "properties": {"default": {"type": "string"}}, "required": ["default"]},
            {
                "type": "object",
                "properties": {"default": {"type": "string"}},
                "required": ["default"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_what_can_be_said_in_other_words(schema: dict[str, Any], written: dict[str, Any]) -> None:
    """Every object is closed, at every depth; words that are not known have others."""
    assert strict_schema(schema, "response_format") == written


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        (within({"type": "object", "properties": {"day": {}, "hour": {}}, "required": ["day"]}), "hour"),
        (within({"type": "object", "additionalProperties": {"type": "string"}}), "in"),
        (within({"type": "object", "additionalProperties": True}), "in"),
        (within({"type": "object"}), "in"),
        ({"type": "object"}, "it"),
        (within({"allOf": [DAY, DAY]}), "allOf"),
        (within({"not": {"type": "string"}}), "not"),
        (within({"patternProperties": {"^x": {}}}), "patternProperties"),
        ({"type": "array", "items": DAY}, "object"),
        ({"anyOf": [DAY]}, "object"),
    ],
)
def test_what_cannot_be_said_is_refused(schema: dict[str, Any], named: str) -> None:
    """A looser schema would be another one; the next candidate may take this one."""
    with pytest.raises(InvalidRequestError, match=named) as caught:
        strict_schema(schema, "response_format")

    assert (caught.value.parameter, caught.value.advice) == ("response_format", Advice.NEXT_CANDIDATE)


def test_the_schema_itself_is_not_changed() -> None:
    """It is the caller's."""
    schema = within(DAY)
    strict_schema(schema, "tools")

    assert schema == within(
        {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]}
    )
