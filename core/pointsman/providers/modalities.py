"""What goes into a model and what comes out, from the lists of words that many model lists write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pointsman.types import Capability, Kind

INPUTS: Mapping[Capability, str] = {
    Capability.VISION: "image",
    Capability.AUDIO_INPUT: "audio",
    Capability.DOCUMENT_INPUT: "file",
}
"""Capability by the word for it in a list of input modalities."""

_KINDS = {str(kind): kind for kind in Kind}


def granted(words: object, flags: Mapping[Capability, str] = INPUTS) -> dict[Capability, bool]:
    """Which capabilities a list of words grants (True) and denies (False); nothing where there is no list."""
    return {each: word in words for each, word in flags.items()} if isinstance(words, list) else {}


def output_kind(words: Iterable[object]) -> Kind | None:
    """What a model is for, by what comes out of it; None where nothing is said.

    A model that makes more than text is for that, and not for chat; outputs other than text go by their own
    name, in the singular or the plural.
    """
    found = ["chat" if word == "text" else f"{word}".removesuffix("s") for word in words]
    made = sorted(found, key="chat".__eq__)
    return next((_KINDS.get(word, Kind.OTHER) for word in made), None)
