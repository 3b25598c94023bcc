"""A request in the OpenAI dialect: canonical messages, tools and formats as its chat endpoint reads them.

The format is that of ``POST /chat/completions``
(https://platform.openai.com/docs/api-reference/chat/create).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pointsman.errors import Advice, InvalidRequestError
from pointsman.types import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
)

_UNUSED: tuple[object, ...] = (None, (), "")


def openai_messages(messages: Sequence[Message], *, reasoning_field: str = "") -> list[dict[str, Any]]:
    """`messages` as the dialect writes them.

    Args:
        messages: The conversation.
        reasoning_field: Field of an assistant message that takes earlier thoughts back; where there is none,
            thoughts stay behind: they are not part of what was said.

    Raises:
        InvalidRequestError: A picture has neither an address nor data with a media type.
    """
    return [_message(message, reasoning_field) for message in messages]


def _message(message: Message, reasoning_field: str) -> dict[str, Any]:
    said = [part for part in message.content if not isinstance(part, Reasoning)]
    written: dict[str, Any] = {"role": message.role.value, "content": _content(message.role, said)}
    if message.name:
        written["name"] = message.name
    if message.role is Role.TOOL:
        written["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
        written["content"] = written["content"] or None
    if reasoning_field and len(said) < len(message.content):
        thoughts = (part.text for part in message.content if isinstance(part, Reasoning))
        written[reasoning_field] = "".join(thoughts)
    return written


def _content(role: Role, parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    # Many servers take plain text only as a string, and lists from users alone.
    texts = [part.text for part in parts if isinstance(part, Text)]
    if len(texts) == len(parts) and (role is not Role.USER or not texts[1:]):
        return "".join(texts)
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Image):
        return {"type": "image_url", "image_url": {"url": image_url(part)}}
    return {"type": "text", "text": part.text}


def image_url(image: Image) -> str:
    """The picture's address, or its data as a ``data:`` URL (RFC 2397).

    Raises:
        InvalidRequestError: It has neither an address nor data with a media type.
    """
    if image.url:
        return image.url
    media_type, data = image_data(image) or ("", "")
    return f"data:{media_type};base64,{data}"


def image_data(image: Image) -> tuple[str, str] | None:
    """Media type and base64 data of a picture, also when it comes as a ``data:`` URL; None for an address.

    Raises:
        InvalidRequestError: It has neither an address nor data with a media type.
    """
    if image.url.startswith("data:"):
        media_type, _, data = image.url.removeprefix("data:").partition(";base64,")
    elif image.url:
        return None
    else:
        media_type, data = image.media_type, image.data
    if not media_type or not data:
        raise InvalidRequestError("messages: an image needs a url, or base64 data with a media_type")
    return media_type, data


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def openai_tool(tool: Tool) -> dict[str, Any]:
    """One tool as the dialect declares it."""
    function: dict[str, Any] = {"name": tool.name, "parameters": dict(tool.parameters)}
    if tool.description:
        function["description"] = tool.description
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def openai_tool_choice(choice: str) -> str | Mapping[str, Any]:
    """``auto``, ``none`` and ``required`` as they are; any other word is the name of one tool."""
    if choice in {"auto", "none", "required"}:
        return choice
    return {"type": "function", "function": {"name": choice}}


def openai_response_format(wanted: JsonSchema | str) -> Mapping[str, Any]:
    """The shape of the answer: any JSON object, or one that fits a schema."""
    if isinstance(wanted, JsonSchema):
        schema = {"name": wanted.name, "schema": dict(wanted.schema), "strict": wanted.strict}
        return {"type": "json_schema", "json_schema": schema}
    return {"type": "json_object"}


def openai_parameters(request: ChatRequest) -> dict[str, Any]:
    """Everything in a request but its model, its messages and its length, under the dialect's own names.

    What the request leaves open is left out.
    """
    written: dict[str, Any] = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "reasoning_effort": request.reasoning_effort,
        "user": request.user or None,
        "tools": [openai_tool(tool) for tool in request.tools] or None,
    }
    if request.tool_choice is not None:
        written["tool_choice"] = openai_tool_choice(request.tool_choice)
    if request.response_format is not None:
        written["response_format"] = openai_response_format(request.response_format)
    return {name: value for name, value in written.items() if value is not None}


def refuse(request: ChatRequest, parameters: Iterable[str], why: str = "not taken by this provider") -> None:
    """Raise for the first of these parameters that the request uses.

    A parameter that `extra` holds too is let through: there the caller has said how to send it.

    Args:
        request: What is asked.
        parameters: Fields of `ChatRequest` the provider cannot take.
        why: Ends the message.

    Raises:
        InvalidRequestError: The request uses one; see `not_taken`.
    """
    for name in parameters:
        if getattr(request, name) not in _UNUSED and name not in request.extra:
            raise not_taken(name, why)


def not_taken(parameter: str, why: str) -> InvalidRequestError:
    """The error for a parameter this provider cannot take but another one may: try the next candidate."""
    error = InvalidRequestError(f"{parameter}: {why}", advice=Advice.NEXT_CANDIDATE)
    error.parameter = parameter
    return error
