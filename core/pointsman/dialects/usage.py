"""Token counts and stated costs, from a provider's words into OpenTelemetry's GenAI terms.

`input_tokens` includes what a cache served or stored, `output_tokens` includes reasoning. Providers count
differently and are sometimes wrong: parts are clamped to their whole, and what is no sensible count is
unknown rather than believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pointsman.dialects.totals import fitted
from pointsman.types import Usage
from pointsman.wire.fields import count, label, rows, string, table, usd

_STANDARD = frozenset({"default", "standard", "standard_only", "on_demand", "auto"})
"""How providers call the service that nobody asked for by name."""
_ANYWHERE = frozenset({"", "global", "not_available", "unknown", "default"})
_TICKS_PER_USD = 10  # as a power of ten: xAI's ``cost_in_usd_ticks`` counts 1e-10 USD
_DIGITS = 12
_READ = (
    "cached_tokens",
    "prompt_cache_hit_tokens",
    "cache_read_input_tokens",
    "cache_read_tokens",
)
_STORED = (
    "cache_write_tokens",
    "cache_creation_input_tokens",
    "cache_creation_tokens",
    "cached_creation_tokens",
    "cache_write_input_tokens",
)
_RENAMED = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "input_tokens_details": "prompt_tokens_details",
    "output_tokens_details": "completion_tokens_details",
}
_EXTRAS = ("num_sources_used", "num_server_side_tools_used", "citation_tokens", "prompt_audio_seconds")
"""What is paid for beside tokens: xAI's sources and tools, Perplexity's citations, Mistral's audio."""
_NO_FEE = frozenset({"web_search_requests", "web_fetch_requests"})
"""Of Anthropic's server tools: the first is counted as searches, the second costs its tokens alone."""


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
    region: str = "",
    searches: int = 0,
    extras: Iterable[str] = (),
    estimated: bool = False,
) -> Usage:
    """A `Usage` whose parts fit their wholes; where they had to be made to, it is marked estimated.

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
        region: See `region_of`.
        searches: Web searches made for the answer.
        extras: What else was counted that is paid for.
        estimated: Whether the counts contradict each other.
    """
    cache_read_audio = min(cache_read_audio, cache_read)
    fresh_audio = max(input_audio - cache_read_audio, 0)
    claimed = cache_read, cache_write, cache_read_audio, fresh_audio, input_image
    made = reasoning, output_audio, output_image
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
    kept = cache_read, cache_write, cache_read_audio, fresh_audio, input_image
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_read_input_tokens=cache_read,
        cache_creation_input_tokens=cache_write,
        cache_creation_1h_input_tokens=min(cache_write_1h, cache_write),
        reasoning_output_tokens=reasoning,
        cost=cost,
        estimated=estimated or claimed != kept or made != (reasoning, output_audio, output_image),
        input_audio_tokens=fresh_audio + cache_read_audio,
        output_audio_tokens=output_audio,
        cache_read_audio_tokens=cache_read_audio,
        input_image_tokens=input_image,
        output_image_tokens=output_image,
        service_tier=service_tier,
        region=region,
        searches=searches,
        extras=dict.fromkeys(extras),
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


def region_of(stated: object) -> str:
    """Where an answer was computed, by the word a provider states it with; empty where that is anywhere."""
    place = (label(stated) or "").casefold()
    return "" if place in _ANYWHERE else place


def openai_usage(obj: Mapping[str, Any]) -> Usage:
    """The `usage` object of the OpenAI dialect, with the variants its speakers are known to use.

    Cached input stands in ``prompt_tokens_details`` or beside it, as ``cached_tokens`` (OpenAI, Mistral,
    OpenRouter, xAI; Together), ``prompt_cache_hit_tokens`` (DeepSeek) or under Anthropic's names (LiteLLM's
    proxy, any-llm and other gateways); what was stored likewise. Audio and images are the ``audio_tokens``
    and ``image_tokens`` of the details, cached audio that of ``cached_tokens_details``
    (https://platform.openai.com/docs/api-reference/chat/object). Mistral names the service here.

    Some leave reasoning out of ``completion_tokens`` (xAI), or the cache out of ``prompt_tokens``: they are
    added where ``total_tokens`` says so. A total that is larger still counts what nobody named (thoughts, at
    Gemini's endpoint of this dialect): it is taken for output, the dearer side, and marked estimated.

    Gateways that translate leave the names of the dialect they translate from: those of the responses, or
    Anthropic's, which count the cache beside the input.
    """
    if "input_tokens" in obj and obj.get("prompt_tokens") is None and obj.get("completion_tokens") is None:
        if not obj.get("total_tokens") and ("cache_read_input_tokens" in obj or _STORED[1] in obj):
            return anthropic_usage(obj)
        obj = {_RENAMED.get(name, name): value for name, value in obj.items()}
    sent, received = table(obj.get("prompt_tokens_details")), table(obj.get("completion_tokens_details"))
    prompt, completion = tokens(obj.get("prompt_tokens")), tokens(obj.get("completion_tokens"))
    read, stored, hourly = named_counts(sent, obj)
    reasoning = _named(("reasoning_tokens",), received, obj)
    total = tokens(obj.get("total_tokens")) or None
    prompt, completion, estimated = fitted(prompt, completion, total, read + stored, reasoning)
    return normalised(
        prompt,
        completion,
        cache_read=read,
        cache_write=stored,
        cache_write_1h=hourly,
        reasoning=reasoning,
        cost=stated_cost(obj),
        **modalities(sent, received),
        service_tier=service_tier_of(obj.get("speed"), obj.get("service_tier")),
        region=region_of(obj.get("inference_geo")),
        searches=searches_of(obj),
        extras=stated_extras(obj),
        estimated=estimated,
    )


def anthropic_usage(obj: Mapping[str, Any]) -> Usage:
    """The `usage` object of Anthropic's dialect (https://docs.anthropic.com/en/api/messages).

    ``input_tokens`` leaves out what a cache served and stored, so the three are added. ``service_tier`` says
    in which service it was answered, ``speed`` whether in the fast one, ``inference_geo`` where. What
    compacting a conversation or asking an adviser took stands in ``iterations`` alone, and is added.
    """
    fresh, output = tokens(obj.get("input_tokens")), tokens(obj.get("output_tokens"))
    read, hourly = tokens(obj.get("cache_read_input_tokens")) or 0, _hourly(obj)
    stored = max(tokens(obj.get("cache_creation_input_tokens")) or 0, sum(_lifetimes(obj)))
    beside = [table(each) for each in rows(obj.get("iterations"))]
    beside = [each for each in beside if string(each.get("type")) not in {"", "message"}]
    for each in beside:
        fresh = (fresh or 0) + (tokens(each.get("input_tokens")) or 0)
        output = (output or 0) + (tokens(each.get("output_tokens")) or 0)
        read += tokens(each.get("cache_read_input_tokens")) or 0
        stored += tokens(each.get("cache_creation_input_tokens")) or 0
        hourly += _hourly(each)
    others = {string(each.get("type")) for each in beside} - {"compaction"}  # maybe another model's
    used = table(obj.get("server_tool_use"))
    return normalised(
        None if fresh is None else fresh + read + stored,
        output,
        cache_read=read,
        cache_write=stored,
        cache_write_1h=hourly,
        reasoning=tokens(table(obj.get("output_tokens_details")).get("thinking_tokens")) or 0,
        service_tier=service_tier_of(obj.get("speed"), obj.get("service_tier")),
        region=region_of(obj.get("inference_geo")),
        searches=searches_of(obj),
        extras=sorted(others | {name for name, made in used.items() if made and name not in _NO_FEE}),
    )


def modalities(sent: Mapping[str, Any], received: Mapping[str, Any]) -> dict[str, int]:
    """Audio and images in the details of OpenAI's dialects, as arguments of `normalised`."""
    if not (sent or received):
        return {}
    cached = table(sent.get("cached_tokens_details"))
    cached_images = tokens(cached.get("image_tokens")) or 0
    return {
        "input_audio": tokens(sent.get("audio_tokens")) or 0,
        "cache_read_audio": tokens(cached.get("audio_tokens")) or 0,
        "input_image": max((tokens(sent.get("image_tokens")) or 0) - cached_images, 0),
        "output_audio": tokens(received.get("audio_tokens")) or 0,
        "output_image": tokens(received.get("image_tokens")) or 0,
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
    # A host that does not bill in ticks writes 0 (Azure), whatever the answer took.
    return usd(Decimal(ticks).scaleb(-_TICKS_PER_USD)) if type(ticks) is int and ticks else None


def tokens(value: object) -> int | None:
    """As `count`; some gateways write their counts as text."""
    if value is None:  # most counts an answer may state, it does not
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        value = int(value)
    return count(value)


def searches_of(obj: Mapping[str, Any]) -> int:
    """Web searches that a `usage` object counts: Anthropic's and OpenRouter's name, Perplexity's."""
    made = tokens(table(obj.get("server_tool_use")).get("web_search_requests"))
    return made or tokens(obj.get("num_search_queries")) or 0


def stated_extras(obj: Mapping[str, Any]) -> list[str]:
    """What a `usage` object counts beside tokens that is paid for."""
    return [name for name in _EXTRAS if obj.get(name)]


def named_counts(details: Mapping[str, Any], obj: Mapping[str, Any]) -> tuple[int, int, int]:
    """Input that a cache served, that it stored, and stored for an hour, under any of their names."""
    hourly = _hourly(details) or _hourly(obj)
    return _named(_READ, details, obj), _named(_STORED, details, obj) or hourly, hourly


def _named(names: Iterable[str], *tables: Mapping[str, Any]) -> int:
    """The first count under one of these names that is not 0: several stand beside each other unfilled."""
    for name in names:
        for each in tables:
            if name in each and (found := tokens(each[name])):
                return found
    return 0


def _lifetimes(obj: Mapping[str, Any]) -> tuple[int, int]:
    """Tokens stored for five minutes, and for an hour."""
    stored = table(obj.get("cache_creation")) or table(obj.get("cache_creation_token_details"))
    if not stored:
        return 0, 0
    short, hour = "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"
    return tokens(stored.get(short)) or 0, tokens(stored.get(hour)) or 0


def _hourly(obj: Mapping[str, Any]) -> int:
    return _lifetimes(obj)[1]
