"""Token counts and stated costs, from a provider's words into OpenTelemetry's GenAI terms.

`input_tokens` includes what a cache served or stored, `output_tokens` includes reasoning. Providers count
differently and are sometimes wrong: parts are clamped to their whole, and what is no sensible count is
unknown rather than believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pointsman.providers.fields import count, table, usd
from pointsman.types import Usage

_TICKS_PER_USD = 10  # as a power of ten: xAI's ``cost_in_usd_ticks`` counts 1e-10 USD


def normalised(
    input_tokens: int | None,
    output_tokens: int | None,
    *,
    cache_read: int = 0,
    cache_write: int = 0,
    cache_write_1h: int = 0,
    reasoning: int = 0,
    cost: Decimal | None = None,
) -> Usage:
    """A `Usage` whose parts fit their wholes.

    Args:
        input_tokens: All input, cached or not; None when unknown.
        output_tokens: All output, reasoning included; None when unknown.
        cache_read: The part of input a cache served.
        cache_write: The part of input a cache stored.
        cache_write_1h: The part of those stored for an hour.
        reasoning: The part of output spent on reasoning.
        cost: USD as stated by the provider.
    """
    if input_tokens is not None:
        cache_read = min(cache_read, input_tokens)
        cache_write = min(cache_write, input_tokens - cache_read)
    if output_tokens is not None:
        reasoning = min(reasoning, output_tokens)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_input_tokens=cache_read,
        cache_creation_input_tokens=cache_write,
        cache_creation_1h_input_tokens=min(cache_write_1h, cache_write),
        reasoning_output_tokens=reasoning,
        cost=cost,
    )


def openai_usage(obj: Mapping[str, Any]) -> Usage:
    """The `usage` object of the OpenAI dialect, with the variants its speakers are known to use.

    Cached input: ``prompt_tokens_details.cached_tokens`` (OpenAI, Mistral, OpenRouter, xAI),
    ``prompt_cache_hit_tokens`` (DeepSeek) or a flat ``cached_tokens`` (Together). Some leave reasoning out of
    ``completion_tokens`` (xAI): it is added where ``total_tokens`` says so.
    """
    sent, received = table(obj.get("prompt_tokens_details")), table(obj.get("completion_tokens_details"))
    prompt, completion = count(obj.get("prompt_tokens")), count(obj.get("completion_tokens"))
    reasoning = count(received.get("reasoning_tokens")) or 0
    if reasoning and prompt is not None and completion is not None:
        apart = count(obj.get("total_tokens")) == prompt + completion + reasoning
        completion += reasoning if apart else 0
    return normalised(
        prompt,
        completion,
        cache_read=_first(
            sent.get("cached_tokens"), obj.get("prompt_cache_hit_tokens"), obj.get("cached_tokens")
        ),
        cache_write=_first(sent.get("cache_write_tokens")),
        reasoning=reasoning,
        cost=stated_cost(obj),
    )


def stated_cost(obj: Mapping[str, Any]) -> Decimal | None:
    """USD as the provider states it; None where it does not.

    ``cost`` is a number (OpenRouter) or an object with a ``total_cost`` (Perplexity); ``cost_in_usd_ticks``
    is a whole number of 1e-10 USD (xAI).
    """
    cost = obj.get("cost")
    if isinstance(cost, dict):
        cost = cost.get("total_cost")
    if cost is not None:
        return None if isinstance(cost, str) else usd(cost)
    ticks = obj.get("cost_in_usd_ticks")
    return usd(Decimal(ticks).scaleb(-_TICKS_PER_USD)) if type(ticks) is int else None


def _first(*values: object) -> int:
    for value in values:
        number = count(value)
        if number is not None:
            return number
    return 0
