"""Anthropic's messages API, in all directions (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from pointsman.dialects.anthropic_messages.answer import read_answer, write_answer
from pointsman.dialects.anthropic_messages.blocks import NAME
from pointsman.dialects.anthropic_messages.errors import read_error, write_error
from pointsman.dialects.anthropic_messages.request_reader import read_request
from pointsman.dialects.anthropic_messages.request_writer import MOST_MARKS, SHORTEST, write_id, write_request
from pointsman.dialects.anthropic_messages.stop_reasons import STOP_REASONS
from pointsman.dialects.anthropic_messages.stream_reader import Reader
from pointsman.dialects.anthropic_messages.stream_writer import Writer


def stream_reader() -> Reader:
    """For one streamed answer."""
    return Reader()


def stream_writer(model: str, *, usage: bool = True) -> Writer:  # noqa: ARG001 (a field of the protocol)
    """For one streamed answer, for a client. The dialect always reports its usage.

    Args:
        model: What the client is shown as the one that answers, until a piece says it.
        usage: Without a meaning here.
    """
    return Writer(model)


__all__ = [
    "MOST_MARKS",
    "NAME",
    "SHORTEST",
    "STOP_REASONS",
    "Reader",
    "Writer",
    "read_answer",
    "read_error",
    "read_request",
    "stream_reader",
    "stream_writer",
    "write_answer",
    "write_error",
    "write_id",
    "write_request",
]
