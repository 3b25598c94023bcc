"""Is a listed model for chat?

Asked in order: the endpoint; the words of the name; the joined sources (what they say it is for, a benchmark
score, a price per output token). A name can only rule chat out, never in, and only by words that say what a
model is for. A model that nothing says can chat is not offered.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from attrs import frozen

from pointsman.catalog.facts import NOTHING_MERGED, MergedFacts
from pointsman.catalog.spelling import fold
from pointsman.types import Capability, Kind, Model

_CHATTING = frozenset({Capability.TOOLS, Capability.JSON_SCHEMA, Capability.STREAMING, Capability.REASONING})

# Ordinary words for what a model does; a name that has one is not for chat whatever else is said of it.
_PURPOSES = (
    (Kind.EMBEDDING, re.compile(r"embed(?:ding|dings|der)?s?$")),
    (Kind.RERANK, re.compile(r"(?:re-?rank(?:er|ing)?|reward)$")),
    (Kind.MODERATION, re.compile(r"(?:moderation|(?:safe|prompt)?guard(?:ian|rail|rails)?|safety)$")),
    (
        Kind.AUDIO,
        re.compile(
            r"(?:tts|stt|asr|transcri(?:be|ption)|speech|voice|audio|realtime|diarize|music|dubbing|translate)$"
        ),
    ),
    (Kind.IMAGE, re.compile(r"(?:image|images|imagine|inpaint(?:ing)?|upscale(?:r)?|txt2img|img2img)$")),
    (Kind.VIDEO, re.compile(r"(?:video|t2v|i2v)$")),
    (Kind.OTHER, re.compile(r"(?:ocr|classifier|classification|detection|segmentation|parse|fim)$")),
)
_ANY = re.compile("|".join(pattern.pattern.removesuffix("$") for _, pattern in _PURPOSES))


@frozen
class Classified:
    """What a model is for.

    Attributes:
        kind: None when nothing says.
        evidence: Who says so.
    """

    kind: Kind | None
    evidence: str


@lru_cache(maxsize=65536)
def purpose(name: str) -> Kind | None:
    """What the words of a name say a model is for; None when they say nothing."""
    words = re.findall(r"[a-z0-9]+", fold(name).rsplit("/", 1)[-1])
    if not _ANY.search("".join(words)):  # as of most names
        return None
    pairs = [left + right for left, right in pairwise(words)]
    for kind, pattern in _PURPOSES:
        if any(pattern.match(word) for word in (*words, *pairs)):
            return kind
    return None


def classify(
    model: Model, *, facts: MergedFacts = NOTHING_MERGED, priced: str = "", scored: str = ""
) -> Classified:
    """Decide what `model` is for.

    Args:
        model: As listed.
        facts: What sources that know the offer say.
        priced: Who prices it per output token of text; empty for nobody.
        scored: Who measured it; empty for nobody.
    """
    said = purpose(model.id)
    granted = ", ".join(sorted(model.can & _CHATTING))
    if model.kind not in {None, Kind.CHAT}:
        return Classified(model.kind, "the endpoint says so")
    if said is not None:
        but = ", though the endpoint says chat" if model.kind is Kind.CHAT else ""
        return Classified(said, f"its name says so{but}")
    if facts.kind not in {None, Kind.CHAT} and not granted and model.kind is None:
        return Classified(facts.kind, f"{facts.kind_by} says so")
    evidence = (
        (model.kind is Kind.CHAT, "the endpoint says so"),
        (granted, f"the endpoint grants {granted}"),
        (facts.kind is Kind.CHAT, f"{facts.kind_by} says so"),
        (scored, f"{scored} measured it"),
        (priced, f"{priced} prices its output tokens"),
    )
    for holds, why in evidence:
        if holds:
            return Classified(Kind.CHAT, why)
    return Classified(None, "the endpoint does not say, no source prices or measured it")
