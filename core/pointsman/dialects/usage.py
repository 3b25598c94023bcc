"""Token counts and stated costs, from a provider's words into OpenTelemetry's GenAI terms.

`input_tokens` includes what a cache served or stored, `output_tokens` includes reasoning. Providers count
differently and are sometimes wrong: parts are clamped to their whole, and what is no sensible count is
unknown rather than believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pointsman.types import Usage
from pointsman.wire.fields import count, label, table, usd

_STANDARD = frozenset({"default", "standard", "standard_only", "on_demand", "auto"})
"""How providers call the service that nobody asked for by name."""
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
    input_audio: int = 0,
    cache_read_audio: int = 0,
    input_image: int = 0,
    output_audio: int = 0,
    output_image: int = 0,
    service_tier: str = "",
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
        input_audio: The part of input that is audio, cached or not.
        cache_read_audio: The part of that a cache served.
        input_image: The part of input that is images; what a cache served of them does not count.
        output_audio: The part of output that is audio.
        output_image: The part of output that is images.
        service_tier: See `service_tier_of`.
    """
    cache_read_audio = min(cache_read_audio, cache_read)
    fresh_audio = max(input_audio - cache_read_audio, 0)
    if input_tokens is not None:
        cache_read = min(cache_read, input_tokens)
        cache_write = min(cache_write, input_tokens - cache_read)
        cache_read_audio = min(cache_read_audio, cache_read)
        fresh_audio = min(fresh_audio, input_tokens - cache_read - cache_write)
        input_image = min(input_image, input_tokens - cache_read - cache_write - fresh_audio)
    if output_tokens is not None:
        reasoning = min(reasoning, output_tokens)
        output_audio = min(output_audio, output_tokens - reasoning)
        output_image = min(output_image, output_tokens - reasoning - output_audio)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_input_tokens=cache_read,
        cache_creation_input_tokens=cache_write,
        cache_creation_1h_input_tokens=min(cache_write_1h, cache_write),
        reasoning_output_tokens=reasoning,
        cost=cost,
        input_audio_tokens=fresh_audio + cache_read_audio,
        output_audio_tokens=output_audio,
        cache_read_audio_tokens=cache_read_audio,
        input_image_tokens=input_image,
        output_image_tokens=output_image,
        service_tier=service_tier,
    )


def service_tier_of(*stated: object) -> str:
    """In which service an answer was given, by the first of the words a provider states it with.

    ``flex``, ``priority``, ``batch`` …; empty for the standard service, by whatever name, and where nothing
    is said.
    """
    for word in stated:
        tier = (label(word) or "").casefold()
        if tier and tier not in _STANDARD:
            return tier
    return ""


def openai_usage(obj: Mapping[str, Any]) -> Usage:
    """The `usage` object of the OpenAI dialect, with the variants its speakers are known to use.

    Cached input: ``prompt_tokens_details.cached_tokens`` (OpenAI, Mistral, OpenRouter, xAI),
    ``prompt_cache_hit_tokens`` (DeepSeek) or a flat ``cached_tokens`` (Together). Some leave reasoning out of
    ``completion_tokens`` (xAI): it is added where ``total_tokens`` says so. Audio and images are the
    ``audio_tokens`` and ``image_tokens`` of the details, cached audio that of ``cached_tokens_details``
    (https://platform.openai.com/docs/api-reference/chat/object). Mistral names the service here.
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
        **modalities(sent, received),
        service_tier=service_tier_of(obj.get("service_tier")),
    )


def anthropic_usage(obj: Mapping[str, Any]) -> Usage:
    """The `usage` object of Anthropic's dialect (https://docs.anthropic.com/en/api/messages).

    ``input_tokens`` leaves out what a cache served and stored, so the three are added. ``service_tier`` says
    in which service it was answered, ``speed`` whether in the fast one.
    """
    fresh, read = count(obj.get("input_tokens")), count(obj.get("cache_read_input_tokens")) or 0
    stored = count(obj.get("cache_creation_input_tokens")) or 0
    lifetimes = table(obj.get("cache_creation"))
    thinking = table(obj.get("output_tokens_details")).get("thinking_tokens")
    return normalised(
        None if fresh is None else fresh + read + stored,
        count(obj.get("output_tokens")),
        cache_read=read,
        cache_write=stored,
        cache_write_1h=count(lifetimes.get("ephemeral_1h_input_tokens")) or 0,
        reasoning=count(thinking) or 0,
        service_tier=service_tier_of(obj.get("speed"), obj.get("service_tier")),
    )


class AnthropicCounts:
    """Usage over the events of one stream of Anthropic's dialect.

    Its counts are cumulative: a later event may leave out, or repeat as 0, what an earlier one has stated.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def add(self, obj: Mapping[str, Any]) -> Usage:
        """The usage so far, with that of one more event."""
        self._known.update({name: value for name, value in obj.items() if value or name not in self._known})
        return anthropic_usage(self._known)


def modalities(sent: Mapping[str, Any], received: Mapping[str, Any]) -> dict[str, int]:
    """Audio and images in the details of OpenAI's dialects, as arguments of `normalised`."""
    cached = table(sent.get("cached_tokens_details"))
    cached_images = _first(cached.get("image_tokens"))
    return {
        "input_audio": _first(sent.get("audio_tokens")),
        "cache_read_audio": _first(cached.get("audio_tokens")),
        "input_image": max(_first(sent.get("image_tokens")) - cached_images, 0),
        "output_audio": _first(received.get("audio_tokens")),
        "output_image": _first(received.get("image_tokens")),
    }


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
