"""Texts into vectors through the router's own loop."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, evolve, field
from pointsman import (
    CallState,
    Candidate,
    EmbedRequest,
    EmbedResponse,
    Http,
    Kind,
    PointsmanError,
    RequestError,
    TransportError,
    UnknownNameError,
    Usage,
)
from pointsman.catalog import Catalog
from pointsman.config import CallSettings
from pointsman.routing.asking import Asker
from pointsman.routing.dispatch import Dispatcher
from pointsman.routing.exchanges import EmbedExchange
from pointsman.routing.preparation import Preparation, Terms, embedders
from pointsman.routing.recorder import Recorder
from pointsman.routing.selector import Selector
from pointsman.state.cooldowns import Cooldowns
from pointsman.state.limits import Limits

from tests.builders import FakeLedger, FakeProvider, FakeState, candidate


def embedder(key: str) -> Candidate:
    """An embedding model at a million dollars per million tokens."""
    chat = candidate(key, rate="1000000", out="0")
    return evolve(chat, model=evolve(chat.model, kind=Kind.EMBEDDING))


@define
class Embeds(FakeProvider):
    """Gives each text its length as its only dimension, or fails as configured."""

    error: Exception | None = None
    usage: Usage = field(default=Usage(input_tokens=3))

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """The lengths."""
        self.asked.append(model)
        if self.error is not None:
            raise self.error
        return EmbedResponse(tuple((float(len(text)),) for text in request.inputs), model, self.usage)


CATALOG = Catalog((candidate("a/chat"),), embedders=[embedder("a/vec"), embedder("b/vec"), embedder("c/vec")])


async def catalog() -> Catalog:
    """The one above."""
    return CATALOG


async def embed(
    *inputs: str, model: str = "vec", dimensions: int | None = None, **providers: Any
) -> tuple[EmbedResponse | type[PointsmanError], FakeLedger]:
    """The response, or the class of the error, and the ledger."""
    ledger, state, settings = FakeLedger(), FakeState(), CallSettings()
    objects = {name: [provider] for name, provider in providers.items()}
    cooldowns = Cooldowns(state)
    prepare = Preparation(catalog, Selector({}, "", {}, cooldowns), objects, settings)
    asker = Asker(objects, lambda _: None, cooldowns, settings)  # type: ignore[arg-type,return-value]
    dispatcher = Dispatcher(asker, Recorder(ledger), Limits(state), prepare.decide)
    request, answer = EmbedRequest(inputs, dimensions), None
    try:
        terms = Terms(asyncio.get_running_loop().time(), tags=["mine"])
        spec = await prepare.embed(request, model, terms)
        async for piece in dispatcher.run(spec, EmbedExchange(request, spec.expected[0])):
            answer = piece
    except PointsmanError as error:
        return type(error), ledger
    assert isinstance(answer, EmbedResponse)
    return answer, ledger


@pytest.mark.anyio
async def test_vectors_come_with_their_provenance_and_cost() -> None:
    """One vector per text, three tokens at a dollar each, one settled row."""
    response, ledger = await embed("one", "four", a=Embeds())

    assert isinstance(response, EmbedResponse)
    assert (((3.0,), (4.0,)), "a", Decimal(3), CallState.SETTLED, "embeddings", ("mine",)) == (
        response.vectors,
        response.provider,
        response.cost.usd,
        ledger.last.state,
        ledger.reservations[response.call_id].operation,
        ledger.reservations[response.call_id].tags,
    )


@pytest.mark.anyio
async def test_the_same_model_elsewhere_takes_over() -> None:
    """Another provider of the very model is the only fallback; who cannot embed is not asked."""
    failing, silent, willing = Embeds(error=TransportError("refused")), FakeProvider(), Embeds()
    response, ledger = await embed("one", a=failing, b=silent, c=willing)

    assert isinstance(response, EmbedResponse)
    assert (response.provider, silent.asked, len(ledger.last.attempts)) == ("c", [], 2)


@pytest.mark.anyio
async def test_uncounted_tokens_are_estimated() -> None:
    """A provider that does not count still costs."""
    response, _ = await embed("some eight words that nobody has counted yet", a=Embeds(usage=Usage()))

    assert isinstance(response, EmbedResponse)
    assert (response.usage.estimated, (response.cost.usd or Decimal(0)) > 0) == (True, True)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("inputs", "model", "providers", "error", "rows"),
    [
        ((), "vec", {"a": Embeds()}, RequestError, 0),
        (("  ",), "vec", {"a": Embeds()}, RequestError, 0),
        (("one",), "vex", {"a": Embeds()}, UnknownNameError, 0),
        (("one",), "chat", {"a": Embeds()}, UnknownNameError, 0),
        (("one",), "vec", {"b": FakeProvider()}, RequestError, 0),
        (("one",), "a/vec", {"a": Embeds(error=TransportError("refused"))}, TransportError, 1),
    ],
)
async def test_what_cannot_be_embedded_is_a_clear_error(
    inputs: tuple[str, ...], model: str, providers: dict[str, Any], error: type[PointsmanError], rows: int
) -> None:
    """Before anything is sent there is no row; afterwards it says failed."""
    found, ledger = await embed(*inputs, model=model, **providers)

    assert (error, rows, rows) == (
        found,
        len(ledger.reservations),
        sum(each.state is CallState.FAILED for each in ledger.settlements.values()),
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("vectors", "dimensions"),
    [(((1.0,),), 2), (((1.0,), (1.0, 2.0)), None), (((1.0,),), None), ((), None)],
)
async def test_vectors_that_cannot_be_compared_are_no_answer(
    vectors: tuple[tuple[float, ...], ...], dimensions: int | None
) -> None:
    """As many as there are texts, all of the length asked for; else another offer of the model is asked."""

    @define
    class Odd(Embeds):
        async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
            return EmbedResponse(vectors, model, self.usage)

    @define
    class Even(Embeds):
        async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
            return EmbedResponse(((1.0, 2.0),) * 2, model, self.usage)

    response, ledger = await embed("one", "two", dimensions=dimensions, a=Odd(), c=Even())

    assert isinstance(response, EmbedResponse)
    assert (response.provider, ledger.last.attempts[0].error) == ("c", "PM-RESPONSE")


@pytest.mark.anyio
async def test_only_offers_of_one_model_are_asked() -> None:
    """A bare id that means two different models means the first: their vectors cannot be compared."""
    alias = embedder("b/another")
    other = evolve(alias, model=evolve(alias.model, aliases=("vec",)))
    same = embedder("c/vec-2026-01-01")
    both = Catalog((), embedders=[embedder("a/vec"), evolve(other, model=other.model), same])

    assert [each.key for each in embedders(both, "a/vec")] == ["a/vec"]
