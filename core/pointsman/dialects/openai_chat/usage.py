"""The usage object of the dialect, written; `OpenAICounts` reads it."""

from __future__ import annotations

from typing import Any

from pointsman.types import Usage


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
