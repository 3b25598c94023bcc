"""Model lists: from the rows of a list endpoint to `Model` values, and to prices where a list holds them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pointsman.errors import ResponseError
from pointsman.types import Capability, Kind, Model, Quote, Rates
from pointsman.wire.fields import day, identifier, label, rows, string, table, window

log = logging.getLogger("pointsman.providers")

_ENVELOPES = ("data", "models")
_KINDS = {
    "chat": Kind.CHAT,
    "language": Kind.COMPLETION,
    "code": Kind.COMPLETION,
    "completion": Kind.COMPLETION,
    "llm": Kind.CHAT,
    "vlm": Kind.CHAT,
    "embedding": Kind.EMBEDDING,
    "embeddings": Kind.EMBEDDING,
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "transcribe": Kind.AUDIO,
    "video": Kind.VIDEO,
    "rerank": Kind.RERANK,
    "moderation": Kind.MODERATION,
}


INPUTS: Mapping[Capability, str] = {
    Capability.VISION: "image",
    Capability.AUDIO_INPUT: "audio",
    Capability.DOCUMENT_INPUT: "file",
}
"""Capability by the word for it in a list of input modalities."""
_OUTPUTS = {str(kind): kind for kind in Kind}


def listed_rows(document: object) -> Sequence[Any]:
    """The rows of a list answer: under ``data`` or ``models``, or the answer itself.

    Raises:
        ResponseError: There is no list in it.
    """
    if isinstance(document, list):
        return document
    for name in _ENVELOPES:
        found = table(document).get(name)
        if isinstance(found, list):
            return found
    raise ResponseError("the model list holds no list")


def read_models(
    found: Iterable[object], listing: Callable[[Mapping[str, Any]], Model | None]
) -> tuple[Model, ...]:
    """Each row read by `listing`, one model per id, in the order listed.

    A row that is no object or has an unusable id is dropped with a warning; the others stay. A row for which
    `listing` gives None is left out without one.
    """
    models: dict[str, Model] = {}
    dropped = 0
    for row in found:
        entry = table(row)
        if identifier(entry.get("id")) is None:
            dropped += 1
            continue
        model = listing(entry)
        if model is not None:
            models.setdefault(model.id, model)
    if dropped:
        # Never the id itself: what it holds is the reason it was dropped.
        log.warning("%d rows of a model list were dropped: no usable id", dropped)
    return tuple(models.values())


def openai_listing(row: Mapping[str, Any]) -> Model:
    """One row of a model list in the OpenAI dialect, with the fields its speakers are known to add.

    Context window: ``context_window`` (Groq), ``context_length`` (OpenRouter, Together, Fireworks),
    ``max_context_length`` (Mistral), ``max_model_len`` (vLLM). Kind: ``type`` (Together, LM Studio).
    Capabilities: ``supports_tools``, ``supports_image_input`` (Fireworks).
    """
    flags = {Capability.TOOLS: "supports_tools", Capability.VISION: "supports_image_input"}
    can, cannot = capabilities({each: row.get(flag) for each, flag in flags.items()})
    return Model(
        id=string(row.get("id")),
        name=label(row.get("display_name")) or label(row.get("name")),
        kind=_KINDS.get(string(row.get("type"))),
        creator=label(row.get("organization")) or label(row.get("owned_by")),
        context_window=first_window(
            row, "context_window", "context_length", "max_context_length", "max_model_len"
        ),
        max_output_tokens=first_window(row, "max_completion_tokens", "max_output_tokens"),
        can=can,
        cannot=cannot,
        aliases=aliases(row.get("aliases")),
        created=day(row.get("created")),
        retires=day(row.get("shutdown_date")),
        active=row.get("active") is not False,
    )


def first_window(row: Mapping[str, Any], *names: str) -> int | None:
    """The first of these fields that is a number of tokens."""
    return next((found for name in names if (found := window(row.get(name)))), None)


def next_url(base_url: str, link: object) -> str | None:
    """Where a list goes on: `link`, absolute or relative, if it stays at the provider.

    None when there is no link, or when it leads to another origin: the key goes nowhere else.
    """
    if not isinstance(link, str) or not link:
        return None
    from urllib.parse import urljoin, urlsplit

    url = urljoin(base_url, link)
    here, there = urlsplit(base_url), urlsplit(url)
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return url
    log.warning("a model list of %s goes on at another host; the rest of it is not read", here.netloc)
    return None


def aliases(value: object) -> tuple[str, ...]:
    """Those entries of a list that are usable ids."""
    return tuple(name for each in rows(value) if (name := identifier(each)))


def capabilities(
    said: Mapping[Capability, object],
) -> tuple[frozenset[Capability], frozenset[Capability]]:
    """What is granted and what is denied, from flags: True, False, and anything else for "not said"."""
    return (
        frozenset(each for each, flag in said.items() if flag is True),
        frozenset(each for each, flag in said.items() if flag is False),
    )


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
    return next((_OUTPUTS.get(word, Kind.OTHER) for word in made), None)


def listed_quotes(
    found: Iterable[object],
    provider: str,
    rates: Callable[[Mapping[str, Any]], Rates],
    *,
    name: str = "id",
) -> tuple[Quote, ...]:
    """One quote per listed id that has a price, as of now: such lists tell today's prices.

    Args:
        found: Rows of the list, read with exact numbers.
        provider: Whose prices they are.
        rates: Reads the prices of one row; empty `Rates` leave it out.
        name: Field that holds the id.
    """
    now = datetime.now(UTC)
    quotes: dict[str, Quote] = {}
    for row in map(table, found):
        model = identifier(row.get(name))
        if model is None or (read := rates(row)) == Rates():
            continue
        shown = label(row.get("display_name")) or label(row.get("name"))
        quotes.setdefault(model, Quote(model=model, rates=read, as_of=now, provider=provider, name=shown))
    return tuple(quotes.values())
