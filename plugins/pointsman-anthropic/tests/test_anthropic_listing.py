"""What is read of Anthropic's model list."""

from __future__ import annotations

from datetime import date

from pointsman import Capability, Kind, Model
from pointsman_anthropic.listing import Limits, limits, listing

YES, NO = {"supported": True}, {"supported": False}


def test_rows() -> None:
    """Capabilities are granted, denied, or not said; old rows tell little."""
    row = {
        "id": "opus",
        "display_name": "Opus",
        "created_at": "2026-07-24T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": {
            "image_input": YES,
            "pdf_input": NO,
            "structured_outputs": YES,
            "effort": {**YES, "low": YES, "high": YES, "xhigh": NO},
        },
    }

    assert listing({"id": "old"}) == Model("old", kind=Kind.CHAT)
    assert limits({"id": "old"}) == Limits()
    assert limits(row) == Limits(128_000, structured=True, efforts=frozenset({"low", "high"}))
    assert listing(row) == Model(
        "opus",
        "Opus",
        Kind.CHAT,
        context_window=1_000_000,
        max_output_tokens=128_000,
        can={Capability.VISION, Capability.JSON_SCHEMA},
        cannot={Capability.DOCUMENT_INPUT},
        created=date(2026, 7, 24),
    )
