"""What was chosen and why, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from attrs import frozen

from pointsman.types.candidates import Candidate
from pointsman.types.criteria import Criteria
from pointsman.types.plan import Ranked, Step


@frozen
class Exclusion:
    """Why a candidate was left out.

    Attributes:
        candidate: Who.
        rule: Which rule (a field of `Criteria`, ``kind``, ``retired``, ``cooldown`` …).
        reason: In words, with the figures compared.
    """

    candidate: Candidate
    rule: str
    reason: str


@frozen
class Decision:
    """What was decided and why; a value that can be printed, stored and replayed.

    Attributes:
        criteria: What was asked for.
        ranking: The fallback order, best first, with the parts of each score.
        excluded: Every candidate left out, with its reason.
        relaxed: Constraints that were dropped so that anything was left, in the order they were dropped.
        strategy: Who ranked.
        catalog: Content hash of the catalog it was made from.
        at: When.
        warnings: What the caller should know (a strategy failed, an override was used …).
        steps: Who is asked in which order, and what is done with the answers; the ranking is their union.
            Empty for one step that takes the first answer of the ranking.
    """

    criteria: Criteria
    ranking: tuple[Ranked, ...]
    excluded: Sequence[Exclusion]
    relaxed: tuple[str, ...]
    strategy: str
    catalog: str
    at: datetime
    warnings: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, ranking: Sequence[Ranked], criteria: Criteria, catalog: str) -> Decision:
        """A decision nobody had to weigh: the caller named the model."""
        return cls(criteria, tuple(ranking), (), (), "", catalog, datetime.now(UTC))

    @property
    def chosen(self) -> Candidate | None:
        """The first choice; None when nothing was left."""
        return self.ranking[0].candidate if self.ranking else None


@frozen
class Outcome:
    """What came of one attempt; fed to strategies that learn and to observers.

    Attributes:
        candidate: Who was asked.
        ok: Whether it answered.
        error: Code of the error (``PM-…``), empty when it answered.
        latency: Seconds until this attempt's first token (its whole answer where it came whole); None when
            it failed before.
        duration: Seconds until this attempt's end.
        output_tokens: Tokens of the answer; None when unknown.
        usd: Cost; None when unknown.
        category: Of the request.
        task: Of the request.
    """

    candidate: Candidate
    ok: bool
    error: str
    latency: float | None
    duration: float
    output_tokens: int | None
    usd: Decimal | None
    category: str
    task: str
