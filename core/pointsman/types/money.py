"""What a model costs, what a call used, what it cost. Money is exact: decimal US dollars."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import field, frozen


@frozen
class ContextTier:
    """Rates that replace the base rates when the prompt is long.

    Attributes:
        above: The tier holds when the prompt has more than this many input tokens.
        input, output, cache_read, cache_write: USD per million tokens; None keeps the base rate.
    """

    above: int
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None


@frozen
class Rates:
    """Prices of one offer. USD per million tokens unless said otherwise; None is unknown, never 0.

    Attributes:
        input, output: Plain tokens.
        cache_read: Input tokens read from the provider's cache.
        cache_write: Input tokens written to the cache (shortest lifetime, 5 minutes where it matters).
        cache_write_1h: The same, kept for an hour.
        reasoning: Reasoning tokens where they are priced apart from output.
        input_audio, output_audio: Audio tokens.
        input_image: Image tokens.
        request: USD per request, whatever its size.
        tiers: Rates for long prompts, ascending by `above`.
    """

    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    reasoning: Decimal | None = None
    input_audio: Decimal | None = None
    output_audio: Decimal | None = None
    input_image: Decimal | None = None
    request: Decimal | None = None
    tiers: tuple[ContextTier, ...] = field(default=(), converter=tuple[ContextTier, ...])

    @property
    def known(self) -> bool:
        """Whether both plain rates are known."""
        return self.input is not None and self.output is not None

    @property
    def blended(self) -> Decimal | None:
        """The field's usual single figure: three parts input to one part output; None when unknown."""
        if self.input is None or self.output is None:
            return None
        return (3 * self.input + self.output) / 4


@frozen
class Quote:
    """One row of a price list: who says that which offer costs what, since when.

    Attributes:
        model: The id or name as the source writes it.
        rates: The prices.
        as_of: When the source said so (its own date where it gives one, else when it was fetched).
        provider: Whose offer it is, as the source writes it; None for the maker's own list price.
        name: Display name in the source, where it differs from `model`.
        starts, ends: When the price holds; None for always.
        source: Name of the source; filled in by the catalog.
        url: Where a person can check it.
        host: Host the provider answers at (``api.acme.example``), where the source tells; joins as
            `provider` does.
    """

    model: str
    rates: Rates
    as_of: datetime
    provider: str | None = None
    name: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    source: str = ""
    url: str | None = None
    host: str | None = None


@frozen
class Price:
    """What the catalog believes an offer costs, and why.

    Attributes:
        rates: The prices.
        source: Name of the source they were taken from (``estimate`` for a fitted one).
        as_of: Age of the data.
        confidence: 0 to 1; below 1 for anything joined by name, stale, or disputed.
        estimated: True when no source has a price and a model fitted on known prices was asked.
        disagreement: Largest ratio between two sources' input or output rates; 1 means they agree.
        evidence: Why this quote was joined to this model.
    """

    rates: Rates
    source: str
    as_of: datetime
    confidence: float = 1.0
    estimated: bool = False
    disagreement: float = 1.0
    evidence: str = ""


@frozen
class Usage:
    """Tokens one call used, in OpenTelemetry's GenAI terms.

    `input_tokens` includes what was read from and written to a cache; `output_tokens` includes reasoning.
    None is unknown, never 0.

    Attributes:
        input_tokens: All input tokens.
        output_tokens: All output tokens.
        cache_read_input_tokens: The part of input read from the provider's cache.
        cache_creation_input_tokens: The part of input written to it, whatever the lifetime.
        cache_creation_1h_input_tokens: The part of those written for an hour.
        reasoning_output_tokens: The part of output spent on reasoning.
        cost: USD as stated by the provider itself, where it does.
        estimated: True when the provider did not say and the tokens were estimated from the text.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_creation_1h_input_tokens: int = 0
    reasoning_output_tokens: int = 0
    cost: Decimal | None = None
    estimated: bool = False


@frozen
class Cost:
    """What a call cost.

    Attributes:
        usd: Exact; None when no price is known.
        source: Where the price came from: a pricing source's name, ``provider`` when the provider stated
            the cost itself, ``estimate`` when the price was estimated, ``local`` for a model on one's own
            machine, ``unsent`` when nothing went out, ``unknown``.
        estimated: True when either the tokens or the price were estimated.
    """

    usd: Decimal | None
    source: str
    estimated: bool = False
