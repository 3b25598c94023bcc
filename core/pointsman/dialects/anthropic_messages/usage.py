"""The usage object, written (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from typing import Any

from pointsman.types import Usage


def write_usage(usage: Usage) -> dict[str, Any]:
    """Token counts. ``input_tokens`` leaves out what a cache served and stored.

    The dialect has no word for an unknown count, and its clients take nothing but numbers: it is 0.
    """
    read, stored = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    hourly = usage.cache_creation_1h_input_tokens
    written: dict[str, Any] = {
        "input_tokens": max((usage.input_tokens or 0) - read - stored, 0),
        "cache_creation_input_tokens": stored,
        "cache_read_input_tokens": read,
        "output_tokens": usage.output_tokens or 0,
    }
    if stored:
        written["cache_creation"] = {
            "ephemeral_5m_input_tokens": stored - hourly,
            "ephemeral_1h_input_tokens": hourly,
        }
    if usage.reasoning_output_tokens:
        written["output_tokens_details"] = {"thinking_tokens": usage.reasoning_output_tokens}
    if usage.service_tier:
        written["service_tier"] = usage.service_tier
    if usage.region:
        written["inference_geo"] = usage.region
    if usage.searches:
        written["server_tool_use"] = {"web_search_requests": usage.searches}
    return written
