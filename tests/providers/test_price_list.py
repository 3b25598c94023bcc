"""Modalities and prices, as model lists write them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from pointsman.providers import granted, listed_quotes, output_kind
from pointsman.types import Capability, Kind, Rates


def read(row: Mapping[str, Any]) -> Rates:
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
        (quote.model, quote.name, quote.provider, quote.rates) for quote in listed_quotes(found, "acme", read)
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
