"""A request, written (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pointsman.dialects.anthropic_messages.blocks import BY, Block, marked, request_block, turn_blocks
from pointsman.dialects.anthropic_messages.tools import written_choice, written_tool
from pointsman.dialects.blocks import beside, conversation, history_tools, turns
from pointsman.dialects.cache_marks import fewer_marks
from pointsman.dialects.refusals import not_taken, refuse, refuse_parts
from pointsman.dialects.schemas import closed, is_open
from pointsman.dialects.tool_ids import accepted, rewritten
from pointsman.types import Audio, ChatRequest, JsonSchema, Message
from pointsman.wire.fields import table

SHORTEST = 4_096
"""Tokens asked for when nobody says how many: the API wants a bound, and no model takes less."""

MOST_MARKS = 4
"""Cache marks a request may have."""

write_id = accepted(lambda identity: re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", identity) is not None)
"""Ids of tool calls as the API takes them."""


def write_request(model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
    """The body that asks `model`. `extra` adds to it and wins, but never over model, messages and stream.

    Raises:
        InvalidRequestError: The request holds something the dialect has no form for; names it.
    """
    refuse(request, ["seed"], f"{BY} has no seed")
    refuse_parts(request.messages, Audio, by=BY)
    request = fewer_marks(request, MOST_MARKS - ("cache_control" in request.extra))
    system, spoken = conversation(request.messages, BY)
    tools, choice = request.tools, request.tool_choice
    if not tools:
        choice = None if choice in {"auto", "none"} else choice
        tools = tuple(history_tools(spoken))
        choice = choice or ("none" if tools else None)  # nobody offers them: they were called before
    prompts, last = marked(block for part in system if (block := request_block(part)) is not None)
    written: dict[str, Any] = {
        "max_tokens": request.max_output_tokens or SHORTEST,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop_sequences": list(request.stop) or None,
        "system": prompts or None,
        "tools": [written_tool(tool) for tool in tools] or None,
        "tool_choice": written_choice(choice) if choice else None,
        "metadata": {"user_id": request.user} if request.user else None,
        "thinking": {"type": "disabled"} if request.reasoning_effort == "none" else None,
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    config = {**_output_config(request), **table(request.extra.get("output_config"))}
    written.pop("output_config", None)
    if config:
        written["output_config"] = config
    written.update(model=model, messages=_messages(spoken, last), stream=stream)
    return written


def _output_config(request: ChatRequest) -> dict[str, Any]:
    """Effort and format; `extra` says how to send them where it holds them."""
    config: dict[str, Any] = {}
    if "output_config" not in request.extra and request.reasoning_effort not in {None, "none"}:
        config["effort"] = request.reasoning_effort
    wanted = request.response_format
    if wanted is None or "format" in table(request.extra.get("output_config")):
        return config
    if not isinstance(wanted, JsonSchema):
        raise not_taken("response_format", f"{BY} takes a JSON schema, not a bare JSON mode")
    if is_open(wanted.schema):
        raise not_taken("response_format", f"{BY} takes schemas of named properties alone")
    return {**config, "format": {"type": "json_schema", "schema": closed(wanted.schema)}}


def _messages(spoken: Sequence[Message], last: Block | None) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for role, blocks in turns(beside(rewritten(spoken, write_id)), turn_blocks):
        content, last = marked(blocks, last)
        if content:
            written.append({"role": role.value, "content": content})
    return written
