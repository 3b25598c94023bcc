"""How one speaker of the dialect writes conversations, where speakers differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from pointsman.types import Part, Reasoning

LONGEST_ID = 40
"""Characters an id of a tool call may have at OpenAI."""


def short(identity: str) -> bool:
    """Whether OpenAI takes this id of a tool call."""
    return 0 < len(identity) <= LONGEST_ID


@frozen
class Form:
    """What differs; the defaults are OpenAI's own.

    Attributes:
        reasoning_field: Field of an assistant's message that takes the text of earlier thoughts back, if any.
        details_field: Field that takes the provider's own objects of earlier thoughts back, if any.
        thought: Writes earlier thoughts as a part of the content; None where they are none.
        accepts_id: Whether an id of a tool call is taken as it is.
        id_prefix, id_length: How the ids begin that are made for those that are not, and how long they go on.
        cache: Whether texts may carry ``cache_control``, as at gateways in front of Anthropic's models.
        refused: Kinds of parts that are not taken.
    """

    reasoning_field: str = ""
    details_field: str = ""
    thought: Callable[[Reasoning], Mapping[str, Any]] | None = None
    accepts_id: Callable[[str], bool] = short
    id_prefix: str = "call_"
    id_length: int = 24
    cache: bool = False
    refused: tuple[type[Part], ...] = field(default=(), converter=tuple[type[Part], ...])


OPENAI = Form()
