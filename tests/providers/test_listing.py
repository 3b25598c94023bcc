"""A model list is read for all it tells, and no row of it can do harm."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pointsman.errors import ResponseError
from pointsman.providers import (
    capabilities,
    granted,
    listed_quotes,
    listed_rows,
    next_url,
    openai_listing,
    output_kind,
    read_models,
)
from pointsman.types import Capability, Kind, Model, Rates

BASE = "https://api.acme.example/v1"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"id": "a"}, Model("a")),
        (
            {"id": "a", "created": 1715367049, "owned_by": "system", "shutdown_date": "2026-10-23"},
            Model("a", creator="system", created=date(2024, 5, 10), retires=date(2026, 10, 23)),
        ),
        (
            {"id": "a", "owned_by": "Meta", "active": False, "context_window": 8, "max_completion_tokens": 4},
            Model("a", creator="Meta", context_window=8, max_output_tokens=4, active=False),
        ),
        ({"id": "a", "max_model_len": 4096}, Model("a", context_window=4096)),
        (
            {"id": "a", "type": "chat", "display_name": "A", "organization": "Acme", "context_length": 9},
            Model("a", "A", Kind.CHAT, "Acme", 9),
        ),
        ({"id": "a", "type": "rerank"}, Model("a", kind=Kind.RERANK)),
        (
            {"id": "a", "supports_tools": True, "supports_image_input": False},
            Model("a", can={Capability.TOOLS}, cannot={Capability.VISION}),
        ),
        ({"id": "a", "type": "model", "aliases": ["b", "<i>", 7]}, Model("a", aliases=("b",))),
        ({"id": "a", "created": "x", "context_window": "8", "owned_by": "a\nb", "name": 3}, Model("a")),
    ],
)
def test_rows(row: dict[str, Any], expected: Model) -> None:
    """Known fields are read, missing and malformed ones are not said."""
    assert expected == openai_listing(row)


@pytest.mark.parametrize("document", [{"data": [1]}, {"models": [1]}, [1], {"object": "list", "data": [1]}])
def test_envelopes(document: object) -> None:
    """Lists come under two names, or bare."""
    assert listed_rows(document) == [1]


@pytest.mark.parametrize(
    "document", [{}, {"data": None}, {"data": {}}, None, "x", {"error": {"message": "no"}}]
)
def test_no_list_is_an_error(document: object) -> None:
    """An answer without a list is not an empty list."""
    with pytest.raises(ResponseError, match="list"):
        listed_rows(document)


def test_hostile_rows_are_dropped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """The others stay, and the warning does not repeat what was hostile."""
    rows: list[object] = [
        {"id": "good"},
        {"id": "<script>x</script>"},
        {"id": "a\r\nb"},
        7,
        {},
        {"id": "fine"},
    ]

    with caplog.at_level(logging.WARNING):
        models = read_models(rows, openai_listing)

    assert [model.id for model in models] == ["good", "fine"]
    assert caplog.messages == ["4 rows of a model list were dropped: no usable id"]


def test_an_id_is_listed_once() -> None:
    """The first row of an id counts; a row that the provider leaves out is left out silently."""
    rows = [{"id": "a", "owned_by": "x"}, {"id": "a", "owned_by": "y"}, {"id": "b"}]

    assert (Model("a", creator="x"),) == read_models(
        rows, lambda row: openai_listing(row) if row["id"] == "a" else None
    )


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (None, None),
        ("", None),
        (7, None),
        ("/v1/models?page=2", "https://api.acme.example/v1/models?page=2"),
        ("https://api.acme.example/v1/models?page=2", "https://api.acme.example/v1/models?page=2"),
        ("https://evil.example/v1/models", None),
        ("http://api.acme.example/v1/models", None),
        ("//evil.example/models", None),
    ],
)
def test_the_next_page_is_at_the_provider(link: object, expected: str | None) -> None:
    """A link never takes the key to another origin."""
    assert expected == next_url(BASE, link)


def test_capabilities() -> None:
    """True grants, False denies, anything else says nothing."""
    said = {
        Capability.TOOLS: True,
        Capability.VISION: False,
        Capability.REASONING: None,
        Capability.STREAMING: 1,
    }

    assert (frozenset({Capability.TOOLS}), frozenset({Capability.VISION})) == capabilities(said)


def price(row: Mapping[str, Any]) -> Rates:
    """The price of a row of these tests."""
    return Rates(input=row.get("price"))


def test_one_quote_per_priced_id() -> None:
    """Rows without an id or a price are left out, and the first of an id counts."""
    found = [
        {"id": "a", "price": Decimal(1), "display_name": "A"},
        {"id": "a", "price": Decimal(2)},
        {"id": "b"},
        {"price": Decimal(3)},
        {"id": "<c>", "price": Decimal(3)},
        "row",
    ]

    assert [("a", "A", "acme", Rates(input=Decimal(1)))] == [
        (quote.model, quote.name, quote.provider, quote.rates)
        for quote in listed_quotes(found, "acme", price)
    ]


def test_words_grant_and_deny() -> None:
    """A list says yes to what it holds and no to the rest; where there is no list nothing is said."""
    assert granted(["text", "image"]) == {
        Capability.VISION: True,
        Capability.AUDIO_INPUT: False,
        Capability.DOCUMENT_INPUT: False,
    }
    assert [granted(None), granted("image")] == [{}, {}]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["text"], Kind.CHAT),
        (["image", "text"], Kind.IMAGE),
        (["embeddings"], Kind.EMBEDDING),
        (["image"], Kind.IMAGE),
        (["smell"], Kind.OTHER),
        ([], None),
    ],
)
def test_what_comes_out_says_what_it_is_for(words: list[str], kind: Kind | None) -> None:
    """Who gives text, and nothing else, is for chat; nothing said is nothing known."""
    assert kind == output_kind(words)
