"""What callers hand in, turned into a `ChatRequest` and `Criteria`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypedDict

from attrs import evolve, fields_dict

from pointsman.config import nearest
from pointsman.dialects.openai_chat import read_messages, read_response_format, read_tool, read_tool_choice
from pointsman.errors import RequestError, UnknownNameError
from pointsman.types import (
    Capability,
    ChatRequest,
    Criteria,
    JsonSchema,
    Message,
    Preference,
    Role,
    Text,
    Tier,
    Tool,
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
    tool_choice: str | Mapping[str, Any] | None
    response_format: JsonSchema | Literal["json"] | Mapping[str, Any] | None
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
_ANY = Criteria()
_KNOWN = _REQUEST | _CRITERIA | _CALL
_TUPLES = ("only_providers", "exclude_providers", "only_models", "exclude_models", "models")


def build_request(messages: Messages, options: Mapping[str, Any]) -> ChatRequest:
    """The request these messages and options make.

    Raises:
        RequestError: There is nothing to answer, a message is malformed, or an option is unknown.
    """
    unknown = [name for name in options if name not in _KNOWN]
    if unknown:
        close = nearest(unknown[0], _KNOWN)
        hint = f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise RequestError(f"unknown option {unknown[0]!r}{hint}", unknown[0])
    turns = read_conversation(messages)
    if not any(map(_says_something, turns)):
        raise RequestError("the prompt is empty", "messages")
    own = {name: value for name, value in options.items() if name in _REQUEST}
    if "tools" in own:
        own["tools"] = [each if isinstance(each, Tool) else read_tool(each) for each in own["tools"]]
    if "tool_choice" in own:
        own["tool_choice"] = read_tool_choice(own["tool_choice"])
    if "response_format" in own:
        own["response_format"] = read_response_format(own["response_format"])
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
    base: Criteria = task_of(task) if task else options.get("criteria") or _ANY
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


def read_conversation(messages: Messages) -> tuple[Message, ...]:
    """Messages of any accepted form, as a conversation whose tool calls all have ids.

    Raises:
        RequestError: A message is malformed; says which and why.
    """
    if isinstance(messages, str):
        return (Message(Role.USER, messages),)
    return read_messages([messages] if isinstance(messages, Message) else messages)


def _says_something(turn: Message) -> bool:
    return any(not isinstance(part, Text) or part.text.strip() for part in turn.content)


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
