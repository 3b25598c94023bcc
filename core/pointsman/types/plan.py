"""What a strategy proposes: candidates to ask, in which order, and when to be content with an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from attrs import field, frozen

from pointsman.types.candidates import Candidate
from pointsman.types.chat import ChatResponse, JsonSchema
from pointsman.types.criteria import Criteria


@frozen
class Expectation:
    """What a strategy expects of one candidate for one request.

    Attributes:
        quality: 0 to 100; None when unknown.
        quality_uncertainty: One standard deviation; None when unknown.
        cost: USD for this call; None when unknown.
        latency: Seconds to the first token; None when unknown.
        speed: Output tokens per second; None when unknown.
    """

    quality: float | None = None
    quality_uncertainty: float | None = None
    cost: float | None = None
    latency: float | None = None
    speed: float | None = None


@frozen
class Ranked:
    """One place in a ranking.

    Attributes:
        candidate: Who.
        score: The strategy's own figure, higher is better.
        parts: What the score is made of, by name; they need not add up.
        expected: What the strategy expects.
        note: One line on anything unusual.
    """

    candidate: Candidate
    score: float
    parts: Mapping[str, float] = field(factory=dict)
    expected: Expectation = Expectation()
    note: str = ""


@frozen
class Valid:
    """Accept an answer that is JSON and fits a schema.

    Attributes:
        schema: None takes the one of the request; where there is none, any JSON value is valid.
    """

    schema: JsonSchema | None = None


@frozen
class Check:
    """Accept an answer that a function takes.

    Attributes:
        test: Says whether the answer will do; may be asynchronous. An exception counts as no.
        name: Of the check, for whoever reads what happened.
    """

    test: Callable[[ChatResponse], bool | Awaitable[bool]]
    name: str = "check"


def same_text(one: ChatResponse, other: ChatResponse) -> bool:
    """Whether two answers say the same but for case and white space."""
    return " ".join(one.text.split()).casefold() == " ".join(other.text.split()).casefold()


@frozen
class Agreement:
    """Accept an answer that two different candidates of the step give alike; the first of the two is given.

    Attributes:
        alike: Whether two answers agree.
    """

    alike: Callable[[ChatResponse, ChatResponse], bool] = same_text


@frozen
class Judge:
    """Accept an answer that another model, chosen through the same router, thinks good enough.

    Attributes:
        criteria: What is wanted of the judge; it is never the model that is judged.
        at_least: The least mark, from 0 to 10.
        question: What the judge is asked beside the conversation and the answer; it has to make the judge
            reply with a number from 0 to 10.
    """

    criteria: Criteria = Criteria()
    at_least: float = 7.0
    question: str = (
        "Judge the last answer of the conversation: is it right, complete and what was asked for?"
        " Reply with one whole number from 0 (useless) to 10 (perfect), and nothing else."
    )


Rule = Valid | Check | Agreement | Judge
"""When a step's answer is accepted."""


@frozen
class Step:
    """One step of a plan: ask the ranking in order until somebody answers, then test the answer.

    Attributes:
        ranking: The fallback order, best first.
        accept: When the answer is accepted; None accepts whatever came. A step whose answer is not accepted
            is followed by the next one.
    """

    ranking: tuple[Ranked, ...] = field(converter=tuple[Ranked, ...])
    accept: Rule | None = None


@frozen
class Plan:
    """What a strategy proposes.

    Attributes:
        ranking: The best candidates, best first; a strategy need not rank more than a few dozen. With `steps`
            it may be left empty, and is then the union of theirs.
        steps: Where one answer may not be enough, in order. Empty for the plan with one step: the ranking,
            accepting what came. When no step's rule accepted anything, the last answer is given, and says so.
    """

    ranking: tuple[Ranked, ...] = field(default=(), converter=tuple[Ranked, ...])
    steps: tuple[Step, ...] = field(default=(), converter=tuple[Step, ...])
