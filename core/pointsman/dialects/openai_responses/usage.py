"""Usage, both ways: tokens stand in one object, what tools did among the output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.totals import fitted
from pointsman.dialects.usage import (
    modalities,
    named_counts,
    normalised,
    region_of,
    searches_of,
    service_tier_of,
    stated_cost,
    stated_extras,
    tokens,
)
from pointsman.types import Usage
from pointsman.wire.fields import rows, string, table

_FEES = frozenset({"code_interpreter_call", "file_search_call", "image_generation_call"})
_SEARCH = "web_search_call"
_SEARCHES = frozenset({"", "search"})


def responses_usage(response: Mapping[str, Any]) -> Usage | None:
    """What a response took; None where it says nothing of that.

    Cached input and reasoning are parts of their wholes. Each search is paid for, opening a page it found is
    not (https://platform.openai.com/docs/pricing); so are files searched, code run and pictures drawn.
    """
    obj, items = table(response.get("usage")), [table(each) for each in rows(response.get("output"))]
    made = [each for each in items if each.get("type") == _SEARCH]
    searches = sum(string(table(each.get("action")).get("type")) in _SEARCHES for each in made)
    fees = [kind for each in items if (kind := string(each.get("type"))) in _FEES]
    if not (obj or searches or fees):
        return None
    sent, received = table(obj.get("input_tokens_details")), table(obj.get("output_tokens_details"))
    read, stored, hourly = named_counts(sent, obj)
    reasoning = tokens(received.get("reasoning_tokens")) or 0
    given, produced, estimated = fitted(
        tokens(obj.get("input_tokens")),
        tokens(obj.get("output_tokens")),
        tokens(obj.get("total_tokens")) or None,
        read + stored,
        reasoning,
    )
    return normalised(
        given,
        produced,
        cache_read=read,
        cache_write=stored,
        cache_write_1h=hourly,
        reasoning=reasoning,
        cost=stated_cost(obj),
        service_tier=service_tier_of(response.get("service_tier")),
        region=region_of(obj.get("inference_geo")),
        searches=searches or searches_of(obj),
        extras=(*stated_extras(obj), *fees),
        estimated=estimated,
        **modalities(sent, received),
    )


def write_usage(usage: Usage) -> dict[str, Any] | None:
    """The usage object for a client; None where a count is unknown: it has no word for that."""
    sent, received = usage.input_tokens, usage.output_tokens
    if sent is None or received is None:
        return None
    return {
        "input_tokens": sent,
        "input_tokens_details": {
            "cached_tokens": usage.cache_read_input_tokens,
            "cache_write_tokens": usage.cache_creation_input_tokens,
        },
        "output_tokens": received,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_output_tokens},
        "total_tokens": sent + received,
    }
