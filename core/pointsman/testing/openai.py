"""Loopback upstreams that speak OpenAI's dialects: chat completions, or responses."""

from __future__ import annotations

from typing import ClassVar

from pointsman.testing.dialect_upstream import DialectUpstream
from pointsman.testing.exchange import Received, Reply

_CREATED = 1_700_000_000  # epoch seconds; any day will do


class OpenAIUpstream(DialectUpstream):
    """Speaks the most common dialect, OpenAI's chat completions."""

    dialect: ClassVar[str] = "openai-chat"
    path: ClassVar[str] = "/chat/completions"

    def given(self, request: Received) -> str:
        """The bearer."""
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def listed(self) -> Reply:
        """As OpenAI lists models."""
        rows = [
            {"id": model.id, "object": "model", "created": _CREATED, "owned_by": "fake", **model.listing}
            for model in self.models.values()
        ]
        return Reply.json({"object": "list", "data": rows})


class ResponsesUpstream(OpenAIUpstream):
    """Speaks OpenAI's responses."""

    dialect: ClassVar[str] = "openai-responses"
    path: ClassVar[str] = "/responses"
