"""Every recorded refusal means what a person would say it means."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from pointsman.errors import (
    Advice,
    AuthenticationError,
    ContextWindowError,
    InvalidRequestError,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    ResponseError,
    Scope,
    ServerError,
)
from pointsman.failures import classify, from_error_object

pytestmark = pytest.mark.shared

Meaning = tuple[type[ProviderError], Scope, Advice, float | None]

BAD_KEY: Meaning = (AuthenticationError, Scope.KEY, Advice.OTHER_KEY, None)
NO_MODEL: Meaning = (ModelNotFoundError, Scope.DEPLOYMENT, Advice.NEXT_CANDIDATE, None)
TOO_LONG: Meaning = (ContextWindowError, Scope.CALLER, Advice.NEXT_CANDIDATE, None)
NOT_TAKEN: Meaning = (InvalidRequestError, Scope.CALLER, Advice.NEXT_CANDIDATE, None)
OVER_BUDGET: Meaning = (RateLimitError, Scope.CALLER, Advice.NEXT_CANDIDATE, None)
NO_MONEY: Meaning = (QuotaError, Scope.KEY, Advice.OTHER_KEY, None)
NO_ROOM: Meaning = (OverloadedError, Scope.DEPLOYMENT, Advice.NEXT_CANDIDATE, None)


def later(seconds: float | None) -> Meaning:
    """A plain rate limit."""
    return (RateLimitError, Scope.KEY, Advice.OTHER_KEY, seconds)


RECORDED: dict[str, Meaning] = {
    "anthropic/error_400_bad_effort.json": NOT_TAKEN,
    "anthropic/error_400_context_length.json": TOO_LONG,
    "anthropic/error_401.json": BAD_KEY,
    "anthropic/error_404_model.json": NO_MODEL,
    "anthropic/error_429.json": OVER_BUDGET,
    "azure/error_401.json": BAD_KEY,
    "azure/error_404_deployment.json": NO_MODEL,
    "azure/error_429.json": later(1.0),
    "bedrock/error_400_context_length.json": TOO_LONG,
    "bedrock/error_400_model.json": NO_MODEL,
    "bedrock/error_403_auth.json": BAD_KEY,
    "cohere/error_400_context_length.json": TOO_LONG,
    "cohere/error_401.json": BAD_KEY,
    "cohere/error_404_model_embed.json": NO_MODEL,
    "deepseek/error_400_context_length.json": TOO_LONG,
    "deepseek/error_401.json": BAD_KEY,
    "gemini/error_400_bad_key.json": BAD_KEY,
    "gemini/error_404_model.json": NO_MODEL,
    "gemini/error_404_model_stream.json": NO_MODEL,
    "gemini/error_429.json": later(48.939935699),
    "gemini/vercel_google-429-retry-info.json": later(34.4),
    "gpustack_vllm/models_list_401.json": BAD_KEY,
    "groq/error_400_tool_use_failed.json": (ResponseError, Scope.DEPLOYMENT, Advice.NEXT_CANDIDATE, None),
    "groq/error_404_model.json": NO_MODEL,
    "mistral/error_401.json": BAD_KEY,
    "ollama/cloud_error_400_context_length.json": TOO_LONG,
    "ollama/cloud_error_401.json": BAD_KEY,
    "ollama/error_404_model.json": NO_MODEL,
    "openai/error_400_context_length_responses.json": TOO_LONG,
    "openai/error_400_model_responses.json": NO_MODEL,
    "openai/error_400_unsupported_parameter.json": NOT_TAKEN,
    "openai/error_401.json": BAD_KEY,
    "openai/error_404_model.json": NO_MODEL,
    "openai/error_429.json": OVER_BUDGET,
    "openrouter/error_400_context_length.json": TOO_LONG,
    "openrouter/error_401.json": BAD_KEY,
    "openrouter/error_429.json": NO_ROOM,
    "perplexity/error_400_context_length.json": TOO_LONG,
    "perplexity/error_401.json": BAD_KEY,
    "vertex/error_400_context_length.json": TOO_LONG,
    "xai/error_400_bad_key.json": BAD_KEY,
}

# In the order of the file; the first words of a quoted text beside its meaning.
QUOTED: list[tuple[str, str, Meaning]] = [
    ("groq", "Rate limit reached for model", later(50.597142857)),
    ("groq", "Please try again in 9m38.016s", later(578.016)),
    ("mistral", "Rate limit exceeded", later(None)),
    ("mistral", "Requests rate limit exceeded", later(None)),
    ("mistral", "Service tier capacity exceeded", NO_ROOM),
    ("anthropic", "Overloaded", NO_ROOM),
    ("openai", "You exceeded your current quota", NO_MONEY),
    ("openai", "Rate limit reached for gpt-4o", later(18.642)),
    ("openrouter", "Rate limit exceeded: free-models-per-day.", NO_MONEY),
    ("openrouter", "This request requires more credits", NO_MONEY),
    ("xai", "Too many tokens for team", later(None)),
    ("cerebras", "Tokens per minute limit exceeded", later(None)),
    ("deepseek", "Insufficient Balance", NO_MONEY),
    ("openrouter", "Rate limit exceeded: free-models-per-day-high-balance.", NO_MONEY),
    ("openrouter", "metadata.limit_source: openrouter_free_tier_daily", NO_MONEY),
    ("openrouter", "This request requires more credits", NO_MONEY),
    ("together", "You have been rate limited.", later(None)),
    ("together", "You have reached the rate limit specific to this model", later(None)),
    ("fireworks", "You have exceeded your usage limits.", later(None)),
    ("fireworks", "Request didn't generate first token", NO_ROOM),
    ("anthropic", "This request would exceed the rate limit", later(None)),
    ("openrouter", "Prompt tokens limit exceeded", NO_MONEY),
]


def meaning(error: ProviderError) -> Meaning:
    """What the tables hold."""
    return (type(error), error.scope, error.advice, error.retry_after)


def refusals(shared_data: Path) -> dict[str, dict[str, Any]]:
    """Every recorded answer with an error status, and every file that calls itself one."""
    found = {}
    for path in sorted((shared_data / "recorded").glob("*/*.json")):
        recording = json.loads(path.read_text())
        response = recording.get("response") if isinstance(recording, dict) else None
        if response and (
            (response.get("status") or 0) >= 400 or path.name.startswith(("error_", "cloud_error_"))
        ):
            found[f"{path.parent.name}/{path.name}"] = response
    return found


def body_of(response: dict[str, Any]) -> bytes:
    """The body as it came over the wire."""
    if "body_text" in response:
        return str(response["body_text"]).encode()
    if "body_base64" in response:
        return base64.b64decode(response["body_base64"])
    return orjson.dumps(response["body_json"])


def headers_of(response: dict[str, Any]) -> dict[str, str]:
    """Lower-case names, single values."""
    pairs = (response.get("headers") or {}).items()
    return {name.lower(): str(value[0] if isinstance(value, list) else value) for name, value in pairs}


def test_every_recording_is_in_the_table(shared_data: Path) -> None:
    """A new recording needs a row; a row needs a recording."""
    assert sorted(refusals(shared_data)) == sorted(RECORDED)


@pytest.mark.parametrize("name", RECORDED)
def test_recorded(shared_data: Path, name: str) -> None:
    """Class, scope, what to do, and how long to wait."""
    response = refusals(shared_data)[name]
    error = classify(response["status"], headers_of(response), body_of(response))

    assert meaning(error) == RECORDED[name]
    assert error.status == response["status"]
    assert error.detail not in {"", "no message"}


@pytest.mark.parametrize("name", RECORDED)
def test_the_same_inside_a_stream(shared_data: Path, name: str) -> None:
    """An error object tells its class without a status too; the one that cannot is named here."""
    silent = {"ollama/cloud_error_401.json": ServerError}  # "api_error: Unauthorized"
    error = from_error_object(orjson.loads(body_of(refusals(shared_data)[name])))

    assert type(error) is silent.get(name, RECORDED[name][0])
    assert (error.status, error.maybe_billed) == (None, True)


def test_quoted(shared_data: Path) -> None:
    """Refusals people pasted into issues, some cut short, mean the same."""
    quoted = json.loads((shared_data / "recorded" / "errors_quoted_in_issues.json").read_text())["errors"]
    found = []
    for row in quoted:
        text = row.get("body_as_quoted") or row.get("body_fragment")
        if not text:
            continue
        status = int(str(row["status"])[:3])
        found.append((row["provider"], text, meaning(classify(status, {}, text.encode()))))

    assert [(provider, what) for provider, _, what in found] == [
        (provider, what) for provider, _, what in QUOTED
    ]
    assert [
        start for (_, text, _), (_, start, _) in zip(found, QUOTED, strict=True) if start not in text
    ] == []
