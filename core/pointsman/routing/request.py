"""What callers hand in, turned into a `ChatRequest` and `Criteria`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypedDict

from attrs import evolve, fields_dict

from pointsman.config import nearest
from pointsman.errors import RequestError, UnknownNameError
from pointsman.types import (
    Capability,
    ChatRequest,
    Criteria,
    Image,
    JsonSchema,
    Message,
    Part,
    Preference,
    Role,
    Text,
    Tier,
    Tool,
    ToolCall,
)

Messages = str | Message | Sequence[Message | Mapping[str, Any]]
"""A prompt, a message, or a conversation; messages may be OpenAI-style dicts."""


AUTO = "auto"
TASK = "task:"


class ChatOptions(TypedDict, total=False):
    """Everything a call may say beside its messages.

    The first six say where the criteria come from, and how the call is made and labelled; the others are
    fields of `ChatRequest` and of `Criteria`, which win over the task's.

    Attributes:
        task: A task of the configuration; its criteria are the base of this call's.
        model: ``auto``, ``task:NAME``, or a model (``provider/model``, an id, an alias).
        criteria: Instead of a task.
        tag: The caller's own label in the ledger.
        timeout: Seconds for the whole call, fallbacks included, instead of the configured deadline.
        drop_unsupported: Leave out parameters the chosen provider does not take, instead of an error; the
            answer's ``dropped`` names them.
    """

    task: str
    model: str
    criteria: Criteria
    tag: str
    timeout: float | None
    drop_unsupported: bool
    tools: Sequence[Tool | Mapping[str, Any]]
    tool_choice: str | None
    response_format: JsonSchema | Literal["json"] | None
    max_output_tokens: int | None
    temperature: float | None
    top_p: float | None
    seed: int | None
    stop: Sequence[str]
    reasoning_effort: str | None
    user: str
    extra: Mapping[str, Any]
    category: str
    max_cost: Decimal | float | str | None
    max_price: Decimal | float | str | None
    min_quality: float | None
    max_latency: float | None
    min_speed: float | None
    min_context: int | None
    needs: Iterable[Capability | str]
    tier: Tier | str | None
    prefer: Preference | str | None
    only_providers: Sequence[str]
    exclude_providers: Sequence[str]
    only_models: Sequence[str]
    exclude_models: Sequence[str]
    models: Sequence[str]
    free_first: bool
    known_prices: bool
    strategy: str


_REQUEST = frozenset(fields_dict(ChatRequest)) - {"messages", "expected"}
_CRITERIA = frozenset(fields_dict(Criteria)) - {"task", "model"}
_CALL = frozenset({"task", "model", "criteria", "tag", "timeout", "drop_unsupported"})
_SPELLINGS = {
    "max_tokens": "max_output_tokens",
    "maxtokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "stop_sequences": "stop",
    "stopsequences": "stop",
    "topp": "top_p",
    "random_seed": "seed",
    "reasoningeffort": "reasoning_effort",
    "reasoning.effort": "reasoning_effort",
    "output_config.effort": "reasoning_effort",
}
"""How dialects spell what `ChatRequest` calls otherwise, in the parameter an error names (lower case)."""
_TUPLES = ("only_providers", "exclude_providers", "only_models", "exclude_models", "models")


def build_request(messages: Messages, options: Mapping[str, Any]) -> ChatRequest:
    """The request these messages and options make.

    Raises:
        RequestError: There is nothing to answer, a message is malformed, or an option is unknown.
    """
    known = _REQUEST | _CRITERIA | _CALL
    unknown = [name for name in options if name not in known]
    if unknown:
        close = nearest(unknown[0], known)
        hint = f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise RequestError(f"unknown option {unknown[0]!r}{hint}", unknown[0])
    turns = read_messages(messages)
    if not any(turn.content or turn.tool_calls for turn in turns) or not any(map(_says_something, turns)):
        raise RequestError("the prompt is empty", "messages")
    own = {name: value for name, value in options.items() if name in _REQUEST}
    if "tools" in own:
        own["tools"] = [each if isinstance(each, Tool) else _tool(each) for each in own["tools"]]
    return ChatRequest(turns, **own)


def base_criteria(options: Mapping[str, Any], task_of: Callable[[str], Criteria]) -> Criteria:
    """The criteria a call starts from: its task's, or its own; with the model the caller named.

    Args:
        options: Of the call.
        task_of: The criteria of a task.

    Raises:
        UnknownNameError: There is no such task.
    """
    task, model = options.get("task", ""), options.get("model", "") or AUTO
    if model.startswith(TASK):
        task, model = model.removeprefix(TASK), AUTO
    base: Criteria = task_of(task) if task else options.get("criteria") or Criteria()
    return base if model == AUTO else evolve(base, model=model)


def build_criteria(base: Criteria, options: Mapping[str, Any]) -> Criteria:
    """`base` with the criteria among the options over it.

    Raises:
        RequestError: A value does not fit.
        UnknownNameError: A tier, capability or preference nobody knows.
    """
    own: dict[str, Any] = {name: value for name, value in options.items() if name in _CRITERIA}
    if not own:
        return base
    for name in ("max_cost", "max_price"):
        if own.get(name) is not None:
            own[name] = _money(own[name], name)
    if own.get("tier") is not None:
        own["tier"] = _member(Tier, own["tier"], "tier")
    if own.get("prefer") is not None:
        own["prefer"] = _member(Preference, own["prefer"], "preference")
    if "needs" in own:
        own["needs"] = base.needs | {_member(Capability, each, "capability") for each in own["needs"]}
    for name in _TUPLES:
        if isinstance(own.get(name), str):
            own[name] = (own[name],)
    return evolve(base, **own)


def read_messages(messages: Messages) -> tuple[Message, ...]:
    """Messages of any accepted form.

    Raises:
        RequestError: A message is malformed; says which and why.
    """
    if isinstance(messages, str):
        return (Message(Role.USER, (Text(messages),)),)
    if isinstance(messages, Message):
        return (messages,)
    return tuple(
        each if isinstance(each, Message) else _message(each, f"messages[{number}]")
        for number, each in enumerate(messages)
    )


def _message(turn: Mapping[str, Any], path: str) -> Message:
    """One OpenAI-style message (the shape of its chat completions API)."""
    if not isinstance(turn, Mapping):
        raise RequestError(f"{path} must be a Message or a dict, not {type(turn).__name__}", path)
    role = turn.get("role")
    if role == "developer":
        role = Role.SYSTEM
    if role not in set(Role):
        raise RequestError(f"{path}.role must be one of {', '.join(Role)}, not {role!r}", path)
    calls = tuple(_tool_call(each, path) for each in turn.get("tool_calls") or ())
    return Message(
        Role(role),
        tuple(_parts(turn.get("content"), path)),
        calls,
        str(turn.get("tool_call_id") or ""),
        str(turn.get("name") or ""),
    )


def _parts(content: Any, path: str) -> Iterable[Part]:
    if content is None:
        return
    if isinstance(content, str):
        yield Text(content)
        return
    if not isinstance(content, Sequence):
        raise RequestError(f"{path}.content must be text or a list of parts", path)
    for part in content:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if kind == "text":
            yield Text(str(part.get("text", "")))
        elif kind == "image_url":
            image = part.get("image_url")
            yield _image(str(image.get("url", "") if isinstance(image, Mapping) else image), path)
        else:
            raise RequestError(f"{path}.content: a part of type {kind!r} is not understood", path)


def _image(url: str, path: str) -> Image:
    if not url.startswith("data:"):
        return Image(url=url)
    head, found, data = url[len("data:") :].partition(";base64,")
    if not found:
        raise RequestError(f"{path}.content: a data URL of an image must be base64", path)
    return Image(data=data, media_type=head)


def _tool_call(call: Mapping[str, Any], path: str) -> ToolCall:
    function = call.get("function")
    if not isinstance(function, Mapping):
        raise RequestError(f"{path}.tool_calls: each needs a function", path)
    return ToolCall(
        str(call.get("id", "")), str(function.get("name", "")), str(function.get("arguments", ""))
    )


def _tool(tool: Mapping[str, Any]) -> Tool:
    function = tool.get("function", tool)
    if not isinstance(function, Mapping) or not function.get("name"):
        raise RequestError("tools: each needs a function with a name", "tools")
    return Tool(
        str(function["name"]),
        str(function.get("description") or ""),
        function.get("parameters") or {},
        function.get("strict"),
    )


def _says_something(turn: Message) -> bool:
    return bool(turn.tool_calls) or any(
        not isinstance(part, Text) or part.text.strip() for part in turn.content
    )


def _money(value: Any, name: str) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise RequestError(f"{name} must be an amount in US dollars, not {value!r}", name) from None
    if not amount.is_finite() or amount < 0:
        raise RequestError(f"{name} must be zero or more US dollars, not {value!r}", name)
    return amount


def _member(cls: Any, value: Any, kind: str) -> Any:
    try:
        return cls(value)
    except ValueError:
        raise UnknownNameError(
            kind, str(value), nearest(str(value), cls), f"known: {', '.join(cls)}"
        ) from None


def without(request: ChatRequest, parameter: str) -> ChatRequest | None:
    """The request without a parameter its provider refused; None when leaving it out changes nothing.

    Only what a request may do without: never its messages, never a field that is not set.
    """
    if parameter in request.extra:
        extra = {name: value for name, value in request.extra.items() if name != parameter}
        return evolve(request, extra=extra)
    name = _SPELLINGS.get(parameter.lower(), parameter)
    defaults = ChatRequest(request.messages)
    if name not in _REQUEST or getattr(request, name) == getattr(defaults, name):
        return None
    left_out: dict[str, Any] = {name: getattr(defaults, name)}
    return evolve(request, **left_out)
