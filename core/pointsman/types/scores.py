"""What others measured of a model."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from pointsman.types.models import NO_FACTS, Facts


@frozen
class Scale:
    """The range a benchmark reports in, worst to best: ``Scale(100, 0)`` is an error rate in percent."""

    worst: float
    best: float


PERCENT = Scale(0.0, 100.0)
FRACTION = Scale(0.0, 1.0)


@frozen
class Score:
    """One measured result.

    Attributes:
        model: The id or name as the source writes it (with its mode, where the source tells modes apart).
        benchmark: Which benchmark.
        category: What it says something about (``general``, ``coding``, ``math``, ``reasoning`` …).
        value: On `scale`.
        scale: Worst and best possible value.
        as_of: When it was measured or published.
        creator: Who made the model, as the source writes it.
        source: Name of the source; filled in by the catalog.
        facts: What else the source says of the model.
    """

    model: str
    benchmark: str
    category: str
    value: float
    as_of: datetime
    scale: Scale = PERCENT
    creator: str | None = None
    source: str = ""
    facts: Facts = NO_FACTS


@frozen
class Speed:
    """How fast a model was measured to be.

    Attributes:
        model: As in `Score`.
        as_of: When it was measured.
        output_tokens_per_second: After the first token; None when not measured.
        time_to_first_token: Seconds; None when not measured.
        provider: Whose offer was measured; None when the source does not say.
        creator: As in `Score`.
        source: Name of the source; filled in by the catalog.
        facts: As in `Score`.
    """

    model: str
    as_of: datetime
    output_tokens_per_second: float | None = None
    time_to_first_token: float | None = None
    provider: str | None = None
    creator: str | None = None
    source: str = ""
    facts: Facts = NO_FACTS


@frozen
class Quality:
    """What the catalog believes of a model in one category, from 0 (worst known) to 100.

    Attributes:
        value: 0 to 100.
        uncertainty: One standard deviation, same unit.
        coverage: Share of the category's benchmarks that measured the model, 0 to 1.
        sources: Names of the sources behind it.
        as_of: Newest of their dates.
        evidence: Which source names were joined.
        success: The share of its tasks that a benchmark of the category lets expect, 0 to 1. Where quality
            says who is better, it says by how much: what a dearer model is worth depends on it.
    """

    value: float
    uncertainty: float
    coverage: float
    sources: tuple[str, ...]
    as_of: datetime
    evidence: str = ""
    success: float | None = None
