"""What a model costs, what a call used, what it cost. Money is exact: decimal US dollars."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal

from attrs import field, frozen

from pointsman.types.models import NO_FACTS, Facts

EXACT = Context(prec=1_000, Emin=-100_000, Emax=100_000)
"""Wide enough that no product or sum of real rates, counts and costs is ever rounded."""


def add(*amounts: Decimal) -> Decimal:
    """The exact sum."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


@frozen
class ContextTier:
    """Rates that replace the base rates when the prompt is long.

    Attributes:
        above: The tier holds when the prompt has more than this many input tokens; of a provider that charges
            it *from* a number of tokens on, one less than that number.
        input, output, cache_read, cache_write, cache_write_1h, reasoning: USD per million tokens; None keeps
            the rate of the tier below.
        marginal: Whether only the tokens beyond `above` are charged at these rates, as income tax is: those
            of the prompt and those of the answer, each by their own count. False: all of the request are.
    """

    above: int
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    marginal: bool = False
    reasoning: Decimal | None = None


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
        cache_read_audio: Audio tokens read from the provider's cache.
        input_image, output_image: Image tokens.
        request: USD per request, whatever its size.
        search: USD per web search the provider makes for an answer.
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
    cache_read_audio: Decimal | None = None
    input_image: Decimal | None = None
    output_image: Decimal | None = None
    request: Decimal | None = None
    search: Decimal | None = None
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
class Variant:
    """The same offer sold another way.

    Attributes:
        service_tier: As the provider calls it: ``batch``, ``flex``, ``priority``.
        rates: What it costs that way. A rate that is None there is taken from the offer's standard rates, and
            the cost marked estimated.
    """

    service_tier: str
    rates: Rates


@frozen
class Region:
    """What computing an answer in one place costs more.

    Attributes:
        name: As the provider calls it in its answers: ``us``.
        factor: Every rate per token times this; fees stay as they are.
    """

    name: str
    factor: Decimal


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
        variants: The same offer in batch, flex or priority service, where the source prices it.
        binding: Set by somebody with authority over the bill (a contract, an override): it wins over every
            other row, and is not doubted for being far from them.
        facts: What else the source says of the model.
        hourly: Whether the offer is cheaper at some hours: `rates` are those of the dearest.
        regions: Places with prices of their own, where the source tells.
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
    variants: tuple[Variant, ...] = field(default=(), converter=tuple[Variant, ...])
    binding: bool = False
    facts: Facts = NO_FACTS
    hourly: bool = False
    regions: tuple[Region, ...] = field(default=(), converter=tuple[Region, ...])


@frozen
class Discount:
    """A share off whatever a provider's offers cost by the other rows of the price lists.

    Attributes:
        provider: Whose offers, as configured or as `Quote.provider`.
        share: 0 to 1: ``Decimal("0.15")`` is 15 % off.
        model: Which of them, by a shell pattern over the ids (``*`` for all).
        starts, ends: When it holds; None for always.
        source: Name of the source; filled in by the catalog.
    """

    provider: str
    share: Decimal
    model: str = "*"
    starts: datetime | None = None
    ends: datetime | None = None
    source: str = ""


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
        variants: The same offer in batch, flex or priority service, where it is known.
        hourly: Whether the offer is cheaper at some hours: what a call costs is then an upper bound, and
            marked estimated.
        regions: Places with prices of their own, where they are known.
    """

    rates: Rates
    source: str
    as_of: datetime
    confidence: float = 1.0
    estimated: bool = False
    disagreement: float = 1.0
    evidence: str = ""
    variants: tuple[Variant, ...] = field(default=(), converter=tuple[Variant, ...])
    hourly: bool = False
    regions: tuple[Region, ...] = field(default=(), converter=tuple[Region, ...])


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
        input_audio_tokens, output_audio_tokens: The parts of input and output that are audio.
        cache_read_audio_tokens: The part of the cached input that is audio.
        input_image_tokens: The part of input that is images, as far as no cache served it.
        output_image_tokens: The part of output that is images.
        service_tier: In which service the provider says it answered (``flex``, ``priority`` …); empty for the
            standard one.
        region: Where the provider says it answered (``us``), if that is not anywhere.
        searches: Web searches the provider made for the answer.
        extras: What else the provider says it did that it charges for, and no rate covers (a code
            interpreter, sources read …): the cost is then marked estimated.
        cost: USD as stated by the provider itself, where it does.
        estimated: True when the provider did not say and the tokens were estimated from the text, or when
            its counts contradict each other.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    cache_creation_1h_input_tokens: int = 0
    reasoning_output_tokens: int = 0
    cost: Decimal | None = None
    estimated: bool = False
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    cache_read_audio_tokens: int = 0
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    service_tier: str = ""
    region: str = ""
    searches: int = 0
    extras: tuple[str, ...] = field(default=(), converter=tuple[str, ...])


@frozen
class Cost:
    """What a call cost.

    Attributes:
        usd: Exact; None when no price is known.
        source: Where the price came from: a pricing source's name, ``provider`` when the provider stated
            the cost itself, ``estimate`` when the price was estimated, ``local`` for a model on one's own
            machine, ``unsent`` when nothing went out, ``unknown``.
        estimated: True when the tokens or the price were estimated, or something was used that no known
            price covers.
    """

    usd: Decimal | None
    source: str
    estimated: bool = False
