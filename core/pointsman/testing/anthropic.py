"""A loopback upstream that speaks Anthropic's dialect: ``/models`` and ``/messages``."""

from __future__ import annotations

from typing import ClassVar

from pointsman.testing.dialect_upstream import DialectUpstream
from pointsman.testing.exchange import Received, Reply


class AnthropicUpstream(DialectUpstream):
    """Speaks Anthropic's messages."""

    dialect: ClassVar[str] = "anthropic-messages"
    path: ClassVar[str] = "/messages"

    def given(self, request: Received) -> str:
        """The ``x-api-key``."""
        return request.headers.get("x-api-key", "")

    def listed(self) -> Reply:
        """As Anthropic lists models, on one page."""
        rows = [
            {
                "type": "model",
                "id": model.id,
                "display_name": model.id,
                "created_at": "2024-05-31T00:00:00Z",
                **model.listing,
            }
            for model in self.models.values()
        ]
        ids = list(self.models)
        return Reply.json({"data": rows, "has_more": False, "first_id": ids[0], "last_id": ids[-1]})
