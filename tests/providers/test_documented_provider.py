"""The provider on the how-to page passes its kit, both as the page shows them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from pointsman import ChatRequest, InvalidRequestError, Kind, Message, Role, Secret, Text
from pointsman.testing import FakeHttp

from tests.docs.pages import Block, page

MOST_LINES = 30
BLOCKS = list(page("docs/how-to/add-an-openai-compatible-provider.md").blocks())


def block(role: str) -> Block:
    """The page's one block of Python in this role."""
    (found,) = [each for each in BLOCKS if (each.language, each.role) == ("python", role)]
    return found


def made(source: Block) -> ModuleType:
    """A block as a module."""
    module = ModuleType("pointsman_acme")
    exec(compile(source.text, str(source), "exec"), vars(module))  # noqa: S102 (our own pages)
    return module


def kit() -> Any:
    """The page's test class, over the page's provider."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pointsman_acme", ACME)
        return made(block("")).TestAcme


ACME: Any = made(block("plugin"))
TestAcme = kit()


def test_a_provider_has_at_most_thirty_lines() -> None:
    """All of them counted."""
    assert len(block("plugin").text.splitlines()) <= MOST_LINES


@pytest.mark.anyio
async def test_it_is_what_the_page_says() -> None:
    """It lists what chats, bounds the answer under its own field, and refuses what Acme cannot take."""
    (extension,) = ACME.pointsman_providers()
    provider = extension.create(extension.config(Secret("key-0123456789")))
    hi = [Message(Role.USER, (Text("hi"),))]
    http = FakeHttp(
        {"data": [{"id": "a", "chat": True}, {"id": "b"}]},
        {"choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}]},
    )
    models = await provider.models(http)
    await provider.chat("a", ChatRequest(hi, max_output_tokens=5), http)

    assert [(model.id, model.kind) for model in models] == [("a", Kind.CHAT), ("b", Kind.OTHER)]
    assert http.sent[1].json == {
        "model": "a",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": False,
        "max_completion_tokens": 5,
    }
    with pytest.raises(InvalidRequestError, match="seed"):
        await provider.chat("a", ChatRequest(hi, seed=1), http)
