"""Why an answer ended, both ways. Converse shares the words."""

from __future__ import annotations

from collections.abc import Mapping

from pointsman.types import FinishReason

STOP_REASONS: Mapping[str, FinishReason] = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.CONTENT_FILTER,
}
_WRITTEN = {
    FinishReason.LENGTH: "max_tokens",
    FinishReason.TOOL_CALLS: "tool_use",
    FinishReason.CONTENT_FILTER: "refusal",
}


def read_stop_reason(word: object) -> FinishReason | None:
    """The reason a word stands for; None while there is no word."""
    return STOP_REASONS.get(word, FinishReason.OTHER) if isinstance(word, str) else None


def stop_reason(reason: FinishReason | None, *, calls: bool) -> str:
    """The word for a reason; the dialect has none for others, and clients run tools only where it says so.

    Args:
        reason: Why the answer ended.
        calls: Whether it asks for tools.
    """
    if calls and reason in {None, FinishReason.STOP, FinishReason.OTHER}:
        reason = FinishReason.TOOL_CALLS
    return _WRITTEN.get(reason, "end_turn") if reason is not None else "end_turn"
