"""Tokens and costs mean the same whoever counted them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects import openai_responses
from pointsman.dialects.openai_chat import ChatEvents, read_answer
from pointsman.providers import openai_usage, service_tier_of, stated_cost
from pointsman.types import Usage

COUNTS = st.none() | st.integers(-5, 200) | st.sampled_from(["7", 1.5, True, 10**12])


def details(**fields: object) -> dict[str, object]:
    """Shorthand for a details object."""
    return fields


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, Usage()),
        ({"prompt_tokens": 7, "completion_tokens": 3}, Usage(7, 3)),
        # OpenAI: parts of their wholes
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 9,
                "total_tokens": 19,
                "prompt_tokens_details": details(cached_tokens=4),
                "completion_tokens_details": details(reasoning_tokens=8),
            },
            Usage(10, 9, cache_read_input_tokens=4, reasoning_output_tokens=8),
        ),
        # a gateway, in the names of the responses; and in Anthropic's, which leave the cache out of the input
        (
            {
                "input_tokens": 10,
                "output_tokens": 9,
                "input_tokens_details": details(cached_tokens=4),
                "output_tokens_details": details(reasoning_tokens=8),
            },
            Usage(10, 9, cache_read_input_tokens=4, reasoning_output_tokens=8),
        ),
        (
            {"input_tokens": 10, "output_tokens": 9, "cache_read_input_tokens": 40},
            Usage(50, 9, cache_read_input_tokens=40),
        ),
        # one that passes on Anthropic's fast service, and names what was stored in its own way
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 9,
                "speed": "fast",
                "prompt_tokens_details": details(cached_creation_tokens=5),
            },
            Usage(10, 9, cache_creation_input_tokens=5, service_tier="fast"),
        ),
        # xAI: reasoning beside the completion, as the total tells
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 35,
                "total_tokens": 420,
                "completion_tokens_details": details(reasoning_tokens=375),
            },
            Usage(10, 410, reasoning_output_tokens=375),
        ),
        # one more reasoning token than output, and the total does not add it
        (
            {
                "prompt_tokens": 43,
                "completion_tokens": 10,
                "total_tokens": 53,
                "completion_tokens_details": details(reasoning_tokens=11),
            },
            Usage(43, 10, reasoning_output_tokens=10, estimated=True),
        ),
        # more cached than sent
        (
            {"prompt_tokens": 7, "prompt_tokens_details": details(cached_tokens=163)},
            Usage(7, None, 7, estimated=True),
        ),
        # DeepSeek
        (
            {"prompt_tokens": 9, "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 1},
            Usage(9, None, 8),
        ),
        # Together
        ({"prompt_tokens": 9, "completion_tokens": 1, "cached_tokens": 5}, Usage(9, 1, 5)),
        # OpenRouter
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 1,
                "prompt_tokens_details": details(cached_tokens=2, cache_write_tokens=5),
                "cost": 5e-05,
            },
            Usage(9, 1, 2, 5, cost=Decimal("0.00005")),
        ),
        # audio and images: parts of both sides, some of them from the cache
        (
            {
                "prompt_tokens": 100,
                "completion_tokens": 50,
                "prompt_tokens_details": details(
                    cached_tokens=30,
                    audio_tokens=40,
                    image_tokens=25,
                    cached_tokens_details=details(audio_tokens=20, image_tokens=5),
                ),
                "completion_tokens_details": details(reasoning_tokens=10, audio_tokens=15, image_tokens=5),
            },
            Usage(
                100,
                50,
                30,
                reasoning_output_tokens=10,
                input_audio_tokens=40,
                output_audio_tokens=15,
                cache_read_audio_tokens=20,
                input_image_tokens=20,
                output_image_tokens=5,
            ),
        ),
        # Mistral names the service beside the counts
        ({"prompt_tokens": 9, "service_tier": "flex"}, Usage(9, service_tier="flex")),
        # what is no count is unknown
        ({"prompt_tokens": "seven", "completion_tokens": -3}, Usage()),
        ({"prompt_tokens": 10**12, "completion_tokens": True}, Usage()),
        ({"prompt_tokens_details": None, "completion_tokens_details": [1]}, Usage()),
    ],
)
def test_counts(stated: dict[str, Any], expected: Usage) -> None:
    """Every known variant means what it says."""
    assert expected == openai_usage(stated)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, None),
        ({"cost": 0}, Decimal(0)),
        ({"cost": 0.00006}, Decimal("0.00006")),
        ({"cost": {"total_cost": 0.006, "request_cost": 0.005}}, Decimal("0.006")),
        ({"cost_in_usd_ticks": 2_073_250}, Decimal("0.000207325")),
        ({"cost": -1}, None),
        ({"cost": "0.1"}, None),
        ({"cost": 1e9}, None),
        ({"cost": True}, None),
        ({"cost": {}}, None),
        ({"cost_in_usd_ticks": "9"}, None),
        ({"cost_in_usd_ticks": 0}, None),
        ({"cost_in_usd_ticks": -9}, None),
    ],
)
def test_stated_costs(stated: dict[str, Any], expected: Decimal | None) -> None:
    """A cost the provider states is exact; one that cannot be true is unknown."""
    assert expected == stated_cost(stated)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ((), ""),
        (("default",), ""),
        (("standard", "flex"), "flex"),
        (("auto",), ""),
        (("on_demand",), ""),
        (("Priority",), "priority"),
        ((None, 5, ["flex"], "x\ny"), ""),
    ],
)
def test_services(stated: tuple[object, ...], expected: str) -> None:
    """The standard service has many names and is reported by none; another is reported by its own."""
    assert service_tier_of(*stated) == expected


def test_the_service_stands_beside_the_usage() -> None:
    """As OpenAI writes it: in the answer, in the chunk that carries the usage, in the finished response."""
    counts = {"prompt_tokens": 7, "completion_tokens": 3}
    choice = {"message": {"content": "Hi"}, "finish_reason": "stop"}
    whole = read_answer({"choices": [choice], "usage": counts, "service_tier": "priority"}, "m")
    chunk = ChatEvents().read({"choices": [], "usage": counts, "service_tier": "priority"})
    document = {"output": [], "usage": {"input_tokens": 7, "output_tokens": 3}, "service_tier": "flex"}
    event = openai_responses.stream_reader().read({"type": "response.completed", "response": document})

    assert whole.usage == Usage(7, 3, service_tier="priority")
    assert (chunk and chunk.usage) == Usage(7, 3, service_tier="priority")
    flex = openai_responses.read_answer(document, "m").usage
    assert flex == (event and event.usage) == Usage(7, 3, service_tier="flex")


@given(st.tuples(*[COUNTS] * 8))
def test_modalities_fit_beside_the_other_parts(counts: tuple[object, ...]) -> None:
    """Whatever is claimed, everything a price list charges apart adds up to no more than the whole."""
    prompt, completion, cached, heard, heard_again, seen, spoken, drawn = counts
    used = openai_usage(
        {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "prompt_tokens_details": {
                "cached_tokens": cached,
                "audio_tokens": heard,
                "image_tokens": seen,
                "cached_tokens_details": {"audio_tokens": heard_again},
            },
            "completion_tokens_details": {"audio_tokens": spoken, "image_tokens": drawn},
        }
    )
    fresh = used.input_audio_tokens - used.cache_read_audio_tokens
    taken = used.cache_read_input_tokens + fresh + used.input_image_tokens
    made = used.output_audio_tokens + used.output_image_tokens

    assert taken <= (taken if used.input_tokens is None else used.input_tokens)
    assert made <= (made if used.output_tokens is None else used.output_tokens)
    assert min(fresh, used.cache_read_audio_tokens, used.input_image_tokens) >= 0
    assert used.cache_read_audio_tokens <= used.cache_read_input_tokens


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_parts_fit_their_wholes(counts: tuple[object, ...]) -> None:
    """Whatever is claimed, no part is larger than its whole and nothing is negative."""
    prompt, completion, total, cached, stored, reasoning = counts
    used = openai_usage(
        {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": total,
            "prompt_tokens_details": {"cached_tokens": cached, "cache_write_tokens": stored},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }
    )

    parts = used.cache_read_input_tokens + used.cache_creation_input_tokens
    assert parts <= (parts if used.input_tokens is None else used.input_tokens)
    thought = used.reasoning_output_tokens
    assert thought <= (thought if used.output_tokens is None else used.output_tokens)
    assert min(used.cache_read_input_tokens, used.cache_creation_input_tokens, thought) >= 0
