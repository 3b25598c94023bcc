"""Where answers of the dialect state their usage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from pointsman.dialects.usage import openai_usage, service_tier_of
from pointsman.types import Usage
from pointsman.wire.fields import table

UsageReader = Callable[[Mapping[str, Any]], Usage]


def usage_of(obj: Mapping[str, Any], usage: UsageReader = openai_usage) -> Usage | None:
    """The usage an answer or an event carries: at its top, or, in Groq's streams, under ``x_groq``."""
    stated = obj.get("usage")
    if not isinstance(stated, dict):
        stated = table(obj.get("x_groq")).get("usage")
    if not isinstance(stated, dict):
        return None
    used = usage(stated)
    service = service_tier_of(obj.get("service_tier"))
    return evolve(used, service_tier=service) if service else used


def write_usage(usage: Usage) -> dict[str, Any]:
    """The usage object for a client."""
    sent, received = usage.input_tokens or 0, usage.output_tokens or 0
    return {
        "prompt_tokens": sent,
        "completion_tokens": received,
        "total_tokens": sent + received,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read_input_tokens,
            "cache_write_tokens": usage.cache_creation_input_tokens,
            "audio_tokens": usage.input_audio_tokens,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_output_tokens,
            "audio_tokens": usage.output_audio_tokens,
        },
    }
