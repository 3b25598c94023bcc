"""Thoughts, and other items that only their maker can read, both ways.

An item of type ``reasoning`` holds a summary, or the thoughts themselves (``content``), and what the maker
wants back (``encrypted_content``); https://platform.openai.com/docs/guides/reasoning. Such an item is kept
whole in `Reasoning.details` and goes back as it came, as do items of tools that the maker runs itself. A
summary that is nothing but text is not sent back: its id means nothing where nothing is stored.

A client of this dialect is given the thoughts of other dialects, too: in an item whose ``encrypted_content``
is ours. It comes back with the conversation, and is opened then.
"""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from pointsman.dialects.blocks import own
from pointsman.dialects.sealed import is_sealed, seal, unseal
from pointsman.types import Reasoning
from pointsman.wire.fields import rows, string, table

NAME = "openai-responses"
BETWEEN = "\n\n"
"""Stands between the parts of a summary: each is a paragraph of its own."""


def read_thought(item: Mapping[str, Any]) -> Reasoning:
    """An item of type ``reasoning``."""
    parts = [table(part) for part in (*rows(item.get("summary")), *rows(item.get("content")))]
    text = BETWEEN.join(text for part in parts if (text := string(part.get("text"))))
    if item.get("encrypted_content") or rows(item.get("content")):
        return Reasoning(text, format=NAME, details=item)
    return Reasoning(text)


def returned_thought(item: Mapping[str, Any]) -> Reasoning:
    """The same, as a client sends it back: opened where it is one of ours."""
    sealed = string(item.get("encrypted_content"))
    if not is_sealed(sealed):
        return read_thought(item)
    text = read_thought({**item, "encrypted_content": None}).text
    return unseal(text, sealed) or Reasoning(text)


def opaque(item: Mapping[str, Any]) -> Reasoning:
    """An item of a tool that the provider runs, or of any other kind that no other dialect knows."""
    return Reasoning(format=NAME, details=item)


def read_phase(item: Mapping[str, Any]) -> Reasoning | None:
    """What some models want to see again with their message: whether it was a commentary or the answer."""
    phase = string(item.get("phase"))
    return Reasoning(format=NAME, details={"phase": phase}) if phase else None


def phase_of(part: Reasoning) -> str:
    """The phase of the message that follows; empty where a part says something else."""
    details = part.details if part.format == NAME else None
    return string(details.get("phase")) if details and details.keys() == {"phase"} else ""


def own_item(part: Reasoning) -> dict[str, Any] | None:
    """The item for its maker; None for thoughts of another dialect, and where nothing is to be sent back."""
    if not own(part, NAME) or not part.details or phase_of(part):
        return None
    # Clients that keep items as objects add fields that are null, and the API refuses them.
    return {name: value for name, value in part.details.items() if value is not None}


def write_thought(part: Reasoning, identity: str = "") -> dict[str, Any]:
    """The item for a client, which sends it back as it is.

    Args:
        part: Any thoughts.
        identity: Id of the item, where it has none of its own.
    """
    item = own_item(part)
    if item is not None and not (part.provider and item.get("type") == "reasoning"):
        return item
    summary = [{"type": "summary_text", "text": part.text}] if part.text else []
    item = item or {"id": identity or f"rs_{token_hex(12)}", "type": "reasoning", "summary": summary}
    return {**item, "encrypted_content": seal(part)} if part.sealed else item
