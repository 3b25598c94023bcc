"""From a request to a `CallSpec`: catalog, decision, expected size, deadline. Asks no provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import define, evolve, field, frozen

from pointsman.catalog import Catalog
from pointsman.config import CallSettings
from pointsman.errors import DeadlineError, NoCandidateError, RequestError, Scope
from pointsman.money.cost import expected_cost
from pointsman.money.tokens import expected_tokens, text_tokens
from pointsman.protocols import Embedder, Forwarder, Provider
from pointsman.routing.attempts import model_names
from pointsman.routing.call_spec import CallSpec, Operation
from pointsman.routing.choices import Question
from pointsman.routing.request import ChatOptions
from pointsman.routing.selector import Selector, why_nobody
from pointsman.routing.timing import in_time
from pointsman.types import (
    LIBRARY,
    Candidate,
    Capability,
    ChatRequest,
    Criteria,
    Decision,
    EmbedRequest,
    ForwardRequest,
    Principal,
    Ranked,
)


@frozen
class Terms:
    """How a call is made, beside what is asked and what is wanted of the model.

    Attributes:
        began: When the caller asked, on the event loop's clock.
        principal: Who asks.
        tags: Labels in the ledger.
        timeout: Seconds for the whole call; None for the configured deadline.
        drop_unsupported: Whether parameters a provider does not take may be left out.
        stream: Whether the answer is streamed.
    """

    began: float
    principal: Principal = LIBRARY
    tags: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    timeout: float | None = None
    drop_unsupported: bool = False
    stream: bool = False

    @classmethod
    def of(cls, options: ChatOptions, began: float, *, stream: bool = False) -> Terms:
        """Those among a call's options."""
        tag, drop = options.get("tag", ""), options.get("drop_unsupported", False)
        return cls(began, LIBRARY, (tag,) if tag else (), options.get("timeout"), drop, stream)


@define(eq=False)
class Preparation:
    """Prepares calls.

    Attributes:
        catalog: Today's.
        selector: Decides.
        providers: By instance name; one object for each of its keys.
        settings: Deadlines.
        refused: Keys that cannot be used, and why.
    """

    catalog: Callable[[], Awaitable[Catalog]]
    selector: Selector
    providers: Mapping[str, Sequence[Provider]]
    settings: CallSettings
    refused: Sequence[str] = ()

    async def chat(self, request: ChatRequest, criteria: Criteria, terms: Terms) -> CallSpec:
        """A chat call.

        Raises:
            NoCandidateError: No model may be chosen; its ``decision`` says why.
            PointsmanError: The request or a name in it is wrong, or there is no time left.
        """
        if terms.stream:
            criteria = _streaming(criteria)
        return await self._chosen(Operation.CHAT, request, criteria, terms)

    async def forward(self, request: ForwardRequest, criteria: Criteria, terms: Terms) -> CallSpec:
        """A call that passes bytes on: only providers that speak their dialect are asked.

        Raises:
            RequestError: Nobody does.
            PointsmanError: As for `chat`.
        """
        able = [name for name, objects in self.providers.items() if _forwards(objects, request.dialect)]
        wanted = [name for name in able if not criteria.only_providers or name in criteria.only_providers]
        if not wanted:
            message = f"no provider that is on takes requests in the dialect {request.dialect!r}"
            raise RequestError(message, "dialect")
        criteria = evolve(criteria, only_providers=wanted)
        spec = await self._chosen(Operation.FORWARD, request.chat, criteria, terms)
        return evolve(spec, request=request)

    async def embed(self, request: EmbedRequest, model: str, terms: Terms) -> CallSpec:
        """An embedding call; only offers of one model are asked.

        Raises:
            RequestError: There is nothing to embed, or no provider of the model embeds.
            UnknownNameError: No embedding model is called that.
        """
        if not request.inputs or not all(text.strip() for text in request.inputs):
            raise RequestError("there is nothing to embed", "inputs")
        deadline = self._deadline(terms)
        catalog = await self._catalog(deadline)
        able = [each for each in embedders(catalog, model) if self._embeds(each)]
        if not able:
            raise RequestError(f"no provider that is on can embed with {model!r}", "model")
        criteria = Criteria(model=model)
        ranking = [Ranked(each, 1.0) for each in able]
        decision = Decision.of(ranking, criteria, catalog.hash)
        expected = sum(text_tokens(text) for text in request.inputs), 0
        return self._spec(
            Operation.EMBED, request, terms, decision=decision, catalog=catalog, expected=expected
        )

    async def decide(
        self,
        request: ChatRequest,
        criteria: Criteria,
        deadline: float = float("inf"),
        principal: Principal = LIBRARY,
    ) -> Decision:
        """Who should answer; an empty ranking is an answer too.

        Args:
            request: What is asked.
            criteria: What is wanted of the model.
            deadline: On the event loop's clock.
            principal: Who asks.
        """
        catalog = await self._catalog(deadline)
        return await self._decide(catalog, _measured(request), criteria, deadline, principal)

    async def _chosen(
        self, operation: Operation, request: ChatRequest, criteria: Criteria, terms: Terms
    ) -> CallSpec:
        _permit(terms.principal, criteria)
        deadline = self._deadline(terms)
        catalog, request = await self._catalog(deadline), _measured(request)
        decision = await self._decide(catalog, request, criteria, deadline, terms.principal)
        if not decision.ranking:
            raise NoCandidateError("; ".join((why_nobody(decision), *self.refused)), decision)
        expected = expected_tokens(request)
        return self._spec(operation, request, terms, decision=decision, catalog=catalog, expected=expected)

    async def _decide(
        self,
        catalog: Catalog,
        request: ChatRequest,
        criteria: Criteria,
        deadline: float,
        principal: Principal,
    ) -> Decision:
        question = Question(catalog, request, criteria, principal.models, deadline)
        return await self.selector.decide(question)

    def _spec(
        self,
        operation: Operation,
        request: ChatRequest | EmbedRequest,
        terms: Terms,
        *,
        decision: Decision,
        catalog: Catalog,
        expected: tuple[int, int],
    ) -> CallSpec:
        return CallSpec(
            operation=operation,
            request=request,
            criteria=decision.criteria,
            decision=decision,
            catalog=catalog,
            deadline=self._deadline(terms),
            began=terms.began,
            expected=expected,
            estimate=expected_cost(decision.ranking[0].candidate.price, *expected),
            principal=terms.principal,
            stream=terms.stream,
            tags=terms.tags,
            drop_unsupported=terms.drop_unsupported,
            attempts=self.settings.attempts,
        )

    async def _catalog(self, deadline: float) -> Catalog:
        """The catalog, unless it comes too late.

        Raises:
            DeadlineError: It has to be fetched first, and that takes longer than the call may.
        """
        if deadline == float("inf"):
            return await self.catalog()
        try:
            return await in_time(self.catalog(), deadline)
        except TimeoutError:
            message = "the deadline passed while the catalog was fetched"
            raise DeadlineError(message, scope=Scope.CALLER) from None

    def _deadline(self, terms: Terms) -> float:
        return terms.began + (self.settings.deadline if terms.timeout is None else terms.timeout)

    def _embeds(self, candidate: Candidate) -> bool:
        return any(isinstance(each, Embedder) for each in self.providers.get(candidate.provider, ()))


def embedders(catalog: Catalog, reference: str) -> tuple[Candidate, ...]:
    """The offers a reference means, as far as they are one model: vectors of others cannot be compared.

    A bare id may mean offers of several providers; they are one model when they share a name with the first.

    Raises:
        UnknownNameError: No embedding model is called that.
    """
    found = catalog.embedder(reference)
    names = model_names(found[0])
    return tuple(each for each in found if not names.isdisjoint(model_names(each)))


def _measured(request: ChatRequest) -> ChatRequest:
    """The request with its expected size: it is estimated once."""
    return request if request.expected is not None else request.of_size(expected_tokens(request))


@lru_cache(maxsize=256)
def _streaming(criteria: Criteria) -> Criteria:
    """The same value for the same criteria: what they allow is found sooner."""
    return evolve(criteria, needs=criteria.needs | {Capability.STREAMING})


def _permit(principal: Principal, criteria: Criteria) -> None:
    """Refuse a task the caller may not use.

    Raises:
        RequestError: It is not among theirs.
    """
    if principal.tasks is None or criteria.task in principal.tasks:
        return
    allowed = ", ".join(sorted(principal.tasks)) or "none"
    task = f"the task {criteria.task!r}" if criteria.task else "a call without a task"
    raise RequestError(f"{task} is not allowed for {principal.name!r}; allowed: {allowed}", "task")


def _forwards(objects: Sequence[Any], dialect: str) -> bool:
    return bool(objects) and isinstance(objects[0], Forwarder) and objects[0].dialect == dialect
