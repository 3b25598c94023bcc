"""Refusing what a provider, or its dialect, has no form for: by name, so that the next candidate is asked."""

from __future__ import annotations

from collections.abc import Iterable

from pointsman.errors import Advice, InvalidRequestError
from pointsman.types import Audio, ChatRequest, Document, Image, Message, Part

_UNUSED: tuple[object, ...] = (None, (), "")
_KINDS: tuple[tuple[type[Part], str], ...] = (
    (Image, "an image"),
    (Document, "a document"),
    (Audio, "audio input"),
)


def refuse(request: ChatRequest, parameters: Iterable[str], why: str = "not taken by this provider") -> None:
    """Raise for the first of these parameters that the request uses.

    A parameter that `extra` holds too is let through: there the caller has said how to send it.

    Args:
        request: What is asked.
        parameters: Fields of `ChatRequest` the provider cannot take.
        why: Ends the message.

    Raises:
        InvalidRequestError: The request uses one; see `not_taken`.
    """
    for name in parameters:
        if getattr(request, name) not in _UNUSED and name not in request.extra:
            raise not_taken(name, why)


def refuse_parts(messages: Iterable[Message], *kinds: type[Part], by: str = "this provider") -> None:
    """Raise for the first part of one of these kinds, results of tools included.

    Raises:
        InvalidRequestError: There is one; see `not_taken`.
    """
    for message in messages:
        for part in (*message.content, *(each for result in message.tool_results for each in result.content)):
            if isinstance(part, kinds):
                raise not_taken("messages", f"{kind_of(part)} is not taken by {by}")


def kind_of(part: Part) -> str:
    """What to call a part in a message."""
    return next((name for kind, name in _KINDS if isinstance(part, kind)), type(part).__name__)


def not_taken(parameter: str, why: str) -> InvalidRequestError:
    """The error for a parameter this provider cannot take but another one may: try the next candidate."""
    error = InvalidRequestError(f"{parameter}: {why}", advice=Advice.NEXT_CANDIDATE)
    error.parameter = parameter
    return error
