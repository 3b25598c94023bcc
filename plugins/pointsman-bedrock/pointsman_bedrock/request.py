"""A request as Converse reads it.

The format is https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pointsman import Audio, ChatRequest, Message, Tool
from pointsman.dialects.anthropic_messages import MOST_MARKS, write_id
from pointsman.dialects.blocks import beside, conversation, history_tools, turns
from pointsman.dialects.cache_marks import fewer_marks
from pointsman.dialects.refusals import not_taken, refuse, refuse_parts
from pointsman.dialects.schemas import closed, is_open, parameters
from pointsman.dialects.tool_ids import rewritten

from pointsman_bedrock.blocks import Block, Blocks, cache_point, marked


def body(request: ChatRequest) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over the messages.

    Raises:
        InvalidRequestError: The request holds something Converse cannot take for every model.
    """
    why = "Converse has no common field for it; extra's additionalModelRequestFields takes a model's own"
    if "additionalModelRequestFields" not in request.extra:
        refuse(request, ["seed", "reasoning_effort", "response_format"], why)
    refuse(request, ["user"], "Converse has no field for it")
    refuse_parts(request.messages, Audio, by="Converse")
    request = fewer_marks(request, MOST_MARKS)
    system, spoken = conversation(request.messages, "Converse")
    config = {
        "maxTokens": request.max_output_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "stopSequences": list(request.stop) or None,
    }
    config = {name: value for name, value in config.items() if value is not None}
    blocks = Blocks()
    prompts = marked(block for part in system if (block := blocks.block(part)) is not None)
    written: dict[str, Any] = {
        "system": prompts or None,
        "inferenceConfig": config or None,
        "toolConfig": _tools(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    written["messages"] = _messages(spoken, blocks)
    return written


def _tools(request: ChatRequest) -> dict[str, Any] | None:
    """The tools on offer; those called before, where none are: Converse refuses calls without them."""
    choice, called = request.tool_choice, history_tools(request.messages)
    if choice == "none" and called and request.tools:
        raise not_taken("tool_choice", "Converse cannot keep a model from tools it has called before")
    offered = () if choice == "none" else request.tools
    tools = offered or called
    if not tools:
        return None
    config: dict[str, Any] = {"tools": [block for tool in tools for block in _tool(tool)]}
    if choice is not None and offered:
        named: dict[str, Any] = {"auto": {"auto": {}}, "required": {"any": {}}}
        config["toolChoice"] = named.get(choice, {"tool": {"name": choice}})
    return config


def _tool(tool: Tool) -> list[Block]:
    schema = parameters(tool.parameters)
    if tool.strict:
        if is_open(schema):
            raise not_taken("tools", f"a strict tool has named properties alone: {tool.name!r}")
        schema = closed(schema)
    spec: dict[str, Any] = {"name": tool.name, "inputSchema": {"json": schema}}
    if tool.description:
        spec["description"] = tool.description
    if tool.strict is not None:
        spec["strict"] = tool.strict
    return [{"toolSpec": spec}, *([cache_point(tool.cache)] if tool.cache else [])]


def _messages(spoken: Sequence[Message], blocks: Blocks) -> list[dict[str, Any]]:
    written = []
    for role, run in turns(beside(rewritten(spoken, write_id)), blocks.turn):
        content = marked(run)
        if content:
            written.append({"role": role.value, "content": _introduced(content)})
    return written


def _introduced(content: list[Block]) -> list[Block]:
    """Documents want a text beside them; where the user said nothing, it is their names."""
    documents = [block["document"]["name"] for block in content if "document" in block]
    if not documents or any("text" in block for block in content):
        return content
    return [*content, {"text": ", ".join(documents)}]
