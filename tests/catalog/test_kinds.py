"""Is a listed model for chat?"""

from __future__ import annotations

import pytest
from pointsman.catalog.facts import MergedFacts
from pointsman.catalog.kinds import classify, purpose
from pointsman.types import Capability, Kind, Model


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text-embedding-3-small", Kind.EMBEDDING),
        ("codestral-embed", Kind.EMBEDDING),
        ("omni-moderation-latest", Kind.MODERATION),
        ("meta-llama/llama-guard-4-12b", Kind.MODERATION),
        ("gpt-oss-safeguard-20b", Kind.MODERATION),
        ("gpt-4o-mini-tts", Kind.AUDIO),
        ("gpt-4o-transcribe-diarize", Kind.AUDIO),
        ("gpt-realtime-mini", Kind.AUDIO),
        ("gpt-image-1", Kind.IMAGE),
        ("gemini-3-pro-image-preview", Kind.IMAGE),
        ("amazon-rerank-1-0", Kind.RERANK),
        ("mistral-ocr-2512", Kind.OTHER),
        ("gpt-4o", None),
        ("llama-3.2-11b-vision-instruct", None),
        ("imaginative-13b", None),
    ],
)
def test_words_say_what_a_model_is_for(name: str, kind: Kind | None) -> None:
    """Ordinary words for a purpose are read; the rest of a name says nothing."""
    assert kind == purpose(name)


def test_the_endpoint_is_asked_first() -> None:
    """What the endpoint says of its own model needs no other source."""
    assert Kind.CHAT is classify(Model("x", kind=Kind.CHAT)).kind


def test_the_endpoints_no_is_final() -> None:
    """A score does not turn an embedding model into a chat model."""
    assert Kind.EMBEDDING is classify(Model("x", kind=Kind.EMBEDDING), scored="bench").kind


def test_a_guard_is_not_offered_even_where_the_endpoint_says_chat() -> None:
    """Text in, text out is not yet a conversation; both sides of the contradiction are kept."""
    found = classify(Model("some-guard-8b", kind=Kind.CHAT))

    assert (
        found.kind,
        found.evidence,
    ) == (Kind.MODERATION, "its name says so, though the endpoint says chat")


@pytest.mark.parametrize(
    ("model", "priced", "scored", "evidence"),
    [
        (Model("x", can={Capability.TOOLS}), "", "", "the endpoint grants tools"),
        (Model("x"), "", "bench", "bench measured it"),
        (Model("x"), "list", "", "list prices its output tokens"),
    ],
)
def test_joined_sources_speak_for_a_silent_endpoint(
    model: Model, priced: str, scored: str, evidence: str
) -> None:
    """A capability, a score or a price per output token is evidence of a conversation."""
    found = classify(model, priced=priced, scored=scored)

    assert (Kind.CHAT, evidence) == (found.kind, found.evidence)


def test_a_source_may_say_that_an_offer_is_for_something_else() -> None:
    """A price per output token is no conversation where the price list itself says what the model is for."""
    found = classify(Model("x"), facts=MergedFacts(kind=Kind.COMPLETION, kind_by="list"), priced="list")

    assert (found.kind, found.evidence) == (Kind.COMPLETION, "list says so")


def test_a_source_may_say_that_an_offer_is_for_chat() -> None:
    """Without a score or a price."""
    assert classify(Model("x"), facts=MergedFacts(kind=Kind.CHAT, kind_by="list")).kind is Kind.CHAT


def test_no_source_overrules_the_endpoint() -> None:
    """Neither its word nor what it grants."""
    models = [Model("x", kind=Kind.CHAT), Model("x", can={Capability.TOOLS})]
    merged = MergedFacts(kind=Kind.COMPLETION, kind_by="list")

    assert [classify(model, facts=merged).kind for model in models] == [Kind.CHAT, Kind.CHAT]


def test_what_nothing_speaks_for_is_not_offered() -> None:
    """No evidence is no chat model, and the reason says what was missing."""
    found = classify(Model("whisper-1"))

    assert (
        found.kind,
        found.evidence,
    ) == (None, "the endpoint does not say, no source prices or measured it")
