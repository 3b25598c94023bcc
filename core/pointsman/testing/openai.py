"""A loopback upstream that speaks the most common dialect: ``/models`` and ``/chat/completions``."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson
from attrs import define, evolve, field

from pointsman.testing.exchange import Received, Reply
from pointsman.testing.upstream import Upstream

_CREATED = 1_700_000_000  # epoch seconds; any day will do
_CHARACTERS_PER_TOKEN = 4
_PLAIN: Mapping[str, object] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}


@define
class FakeModel:
    """One model of a fake upstream; change its fields while the server runs.

    Attributes:
        id: As listed and asked for.
        answer: Text of every answer, or a function of the request's body; None echoes the question.
        latency: Seconds before an answer begins.
        pace: Seconds between two pieces of a stream.
        fault: Sent instead of every answer.
        listing: Further fields of its row in the list.
        asked: How many times it was asked, faults included.
    """

    id: str
    answer: str | Callable[[Mapping[str, Any]], str] | None = None
    latency: float = 0.0
    pace: float = 0.0
    fault: Reply | None = None
    listing: Mapping[str, Any] = field(factory=dict)
    asked: int = 0


class OpenAIUpstream(Upstream):
    """Lists its models without prices; answers with text and usage, streamed or whole.

    Given tools it asks for the first one; given a JSON schema it answers with a small value that fits.

    Attributes:
        models: By id.
        prefix: Path before ``/models``.
    """

    prefix = "/v1"

    def __init__(
        self,
        models: Iterable[FakeModel | str] = ("small", "large"),
        *,
        key: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Script nothing yet.

        Args:
            models: What to serve.
            key: The only key let in; None lets everybody in.
            tls: To serve https.
        """
        super().__init__(tls=tls)
        made = (FakeModel(model) if isinstance(model, str) else model for model in models)
        self.models = {model.id: model for model in made}
        self._key = key
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        """What a provider of this dialect takes as its base address."""
        return self.url + self.prefix

    def missing(self, request: Received) -> Reply:
        """The dialect's reply to whatever was not scripted otherwise."""
        if self._key is not None and request.headers.get("authorization") != f"Bearer {self._key}":
            given = request.headers.get("authorization", "none")
            return error(
                401, f"Incorrect API key provided: {given}", "invalid_request_error", "invalid_api_key"
            )
        route = (request.method, request.path.removeprefix(self.prefix))
        if route == ("GET", "/models"):
            return Reply.json({"object": "list", "data": [_row(model) for model in self.models.values()]})
        if route == ("POST", "/chat/completions"):
            return self._chat(request)
        return error(404, f"Unknown request URL: {request.method} {request.path}", "invalid_request_error")

    def _chat(self, request: Received) -> Reply:
        try:
            body = orjson.loads(request.body)
            model = self.models.get(str(body["model"]))
            messages = body["messages"]
        except (ValueError, KeyError, TypeError) as problem:
            return error(400, f"the body is not a chat request: {problem!r}", "invalid_request_error")
        if model is None:
            text = f"The model `{body['model']}` does not exist or you do not have access to it."
            return error(404, text, "invalid_request_error", "model_not_found")
        model.asked += 1
        if model.fault is not None:
            return evolve(model.fault, delay=model.fault.delay or model.latency)
        if not messages:
            return error(400, "[] is too short - 'messages'", "invalid_request_error")
        answer = self._answer(model, body)
        reply = (
            Reply.sse(_chunks(answer, body), pace=model.pace) if body.get("stream") else Reply.json(answer)
        )
        return evolve(reply, delay=model.latency)

    def _answer(self, model: FakeModel, body: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer, as the dialect writes it."""
        message: dict[str, Any] = {"role": "assistant", "content": _text(model, body)}
        reason = "stop"
        if _wants_tool(body):
            function = body["tools"][0]["function"]
            arguments = orjson.dumps(sample(function.get("parameters") or {})).decode()
            call = {"name": function["name"], "arguments": arguments}
            message["content"] = None
            message["tool_calls"] = [
                {"id": f"call_{next(self._numbers)}", "type": "function", "function": call}
            ]
            reason = "tool_calls"
        spent = _tokens(
            orjson.dumps(message.get("tool_calls")).decode() if reason == "tool_calls" else message["content"]
        )
        return {
            "id": f"chatcmpl-{next(self._numbers)}",
            "object": "chat.completion",
            "created": _CREATED,
            "model": model.id,
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": _usage(sum(_tokens(_plain(each.get("content"))) for each in body["messages"]), spent),
        }


def error(status: int, message: str, kind: str, code: str | None = None) -> Reply:
    """A refusal as the dialect writes it."""
    return Reply.json({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


def _row(model: FakeModel) -> dict[str, Any]:
    return {"id": model.id, "object": "model", "created": _CREATED, "owned_by": "fake", **model.listing}


def _wants_tool(body: Mapping[str, Any]) -> bool:
    """Whether to ask for a tool: there are some, they are not forbidden, and none was run yet."""
    if not body.get("tools") or body.get("tool_choice") == "none":
        return False
    return all(message.get("role") != "tool" for message in body["messages"])


def _text(model: FakeModel, body: Mapping[str, Any]) -> str:
    if callable(model.answer):
        return model.answer(body)
    if model.answer is not None:
        return model.answer
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        return orjson.dumps(sample(wanted["json_schema"]["schema"])).decode()
    if wanted.get("type") == "json_object":
        return "{}"
    return f"{model.id} heard: {_plain(body['messages'][-1].get('content'))}"


def _plain(content: object) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def _usage(prompt: int, completion: int) -> dict[str, Any]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _chunks(answer: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer in pieces: a role, words, perhaps a tool call, a finish reason, perhaps the usage."""
    choice = answer["choices"][0]
    message = choice["message"]
    head = {**{name: answer[name] for name in ("id", "created", "model")}, "object": "chat.completion.chunk"}
    asked = bool((body.get("stream_options") or {}).get("include_usage"))
    extra: dict[str, Any] = {"usage": None} if asked else {}

    def chunk(delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**head, **extra, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    yield chunk({"role": "assistant", "content": ""})
    for word in _words(message["content"] or ""):
        yield chunk({"content": word})
    for index, call in enumerate(message.get("tool_calls") or ()):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        begun = {
            "index": index,
            "id": call["id"],
            "type": "function",
            "function": {"name": name, "arguments": ""},
        }
        yield chunk({"tool_calls": [begun]})
        for part in (arguments[: len(arguments) // 2], arguments[len(arguments) // 2 :]):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    yield chunk({}, choice["finish_reason"])
    if asked:
        yield {**head, "choices": [], "usage": answer["usage"]}


def _words(text: str) -> Iterator[str]:
    """The text in pieces that add up to it."""
    words = text.split(" ")
    for position, word in enumerate(words):
        yield word if position == len(words) - 1 else word + " "


def sample(schema: Mapping[str, Any]) -> Any:
    """The smallest value that fits a JSON schema, as far as types, enums, properties and items go."""
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return sample(schema[key][0])
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: sample(each) for name, each in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [sample(schema.get("items") or {})]
    return _PLAIN.get(kind)
