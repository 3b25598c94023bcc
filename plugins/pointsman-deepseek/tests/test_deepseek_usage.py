"""DeepSeek's counters."""

from __future__ import annotations

import pytest
from pointsman import ChatRequest, Message, Role, Secret, Text, Usage
from pointsman.testing import FakeHttp
from pointsman_deepseek import Config, DeepSeek

HI = [Message(Role.USER, (Text("hi"),))]


@pytest.mark.anyio
async def test_cached_input_is_a_part_of_input() -> None:
    """Hits and misses make the whole."""
    usage = {
        "prompt_tokens": 20,
        "completion_tokens": 5,
        "total_tokens": 25,
        "prompt_cache_hit_tokens": 16,
        "prompt_cache_miss_tokens": 4,
    }
    body = {"choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}], "usage": usage}
    answer = await DeepSeek(Config(Secret("key-0123456789"))).chat("m", ChatRequest(HI), FakeHttp(body))

    assert Usage(20, 5, 16) == answer.usage


@pytest.mark.anyio
async def test_the_caller_may_know_better() -> None:
    """What `extra` says how to send is sent, also where this provider would have refused it."""
    http = FakeHttp({"choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}]})
    request = ChatRequest(HI, response_format="json", seed=1, extra={"seed": 2})
    await DeepSeek(Config(Secret("key-0123456789"))).chat("m", request, http)
    sent = http.sent[0].json

    assert isinstance(sent, dict)
    assert (sent["seed"], sent["response_format"]) == (2, {"type": "json_object"})
