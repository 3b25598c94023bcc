"""Sealed thoughts of every maker through clients of every dialect: back as they were, where they stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson
import pytest
from attrs import evolve
from pointsman.dialects import dialect
from pointsman.testing.fake_models import pieces
from pointsman.types import ChatResponse, FinishReason, Part, Reasoning, Role, Text, ToolCall, Usage

from tests.dialects.matrix.clients import CLIENTS, Client

SAID, MORE = Text("I look. "), Text("Found it.")
CALLS = (ToolCall("c1", "look", '{"at":1}'), ToolCall("c2", "look", '{"at":2}'))


def encrypted(number: int) -> Reasoning:
    """One of OpenAI's."""
    item = {
        "type": "reasoning",
        "id": f"rs_{number}",
        "summary": [{"type": "summary_text", "text": "Hm."}],
        "encrypted_content": f"seal{number}",
    }
    return Reasoning("Hm.", format="openai-responses", details=item)


MAKERS: dict[str, Callable[[int], Reasoning]] = {
    "signed": lambda number: Reasoning("Hm.", f"seal{number}", format="anthropic-messages"),
    "redacted": lambda number: Reasoning(redacted=f"seal{number}", format="anthropic-messages"),
    "bedrock": lambda number: Reasoning("Hm.", f"seal{number}", format="bedrock-converse"),
    "gemini": lambda number: Reasoning("", f"seal{number}", format="gemini"),
    "encrypted": encrypted,
}
PLACES: dict[str, Callable[[Reasoning, Reasoning], list[Part]]] = {
    "in front": lambda one, other: [one, other, SAID, *CALLS],
    "before each": lambda one, other: [one, SAID, other, *CALLS],
    "between calls": lambda one, other: [one, CALLS[0], other, CALLS[1]],
    "between texts": lambda one, other: [SAID, one, MORE, other, CALLS[0]],
    "at the end": lambda one, other: [SAID, one, other],
    "alone": lambda one, other: [one, other],
}


def returned(client: Client, response: ChatResponse, *, stream: bool) -> Sequence[Part]:
    """What the client's next request holds of an answer that was written for it."""
    home = dialect(client.dialect)
    body = home.write_answer(response)
    if stream:
        writer = home.stream_writer("m")
        events = [event for piece in pieces(response) for event in writer.write(piece)]
        written = [event.data for event in (*events, *writer.end()) if event.data != "[DONE]"]
        body = client.collected([orjson.loads(each) for each in written])
    through = orjson.loads(orjson.dumps(body, default=dict))
    asked = client.goes_on(client.body, through, [call.id for call in response.tool_calls])
    turns = home.read_request(asked).chat.messages
    begun = len(home.read_request(client.body).chat.messages)
    return [part for turn in turns[begun:] if turn.role is Role.ASSISTANT for part in turn.content]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("client", CLIENTS, ids=[each.dialect for each in CLIENTS])
@pytest.mark.parametrize("place", PLACES.values(), ids=[name.replace(" ", "-") for name in PLACES])
@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_they_come_back_where_they_stood(
    maker: Callable[[int], Reasoning],
    place: Callable[[Reasoning, Reasoning], list[Part]],
    client: Client,
    *,
    stream: bool,
) -> None:
    """Every part of the answer, in order, with the provider that had each thought; nothing else."""
    one, other = (evolve(maker(number), provider="somebody") for number in (1, 2))
    content = place(one, other)
    calls = any(isinstance(part, ToolCall) for part in content)
    reason = FinishReason.TOOL_CALLS if calls else FinishReason.STOP
    found = returned(client, ChatResponse(content, "m", reason, Usage(1, 1), "a"), stream=stream)

    # Anthropic's own clients get Anthropic's own blocks, which have no room for the name of an instance.
    bare = one.format == client.dialect == "anthropic-messages"
    assert found == [_unnamed(part) if bare else part for part in content]


def _unnamed(part: Part) -> Part:
    return evolve(part, provider="") if isinstance(part, Reasoning) else part
