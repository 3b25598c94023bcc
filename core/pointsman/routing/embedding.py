"""Texts into vectors. The model is always named: vectors of different models cannot be compared."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from attrs import define, evolve

from pointsman.catalog import Catalog
from pointsman.errors import DeadlineError, PointsmanError, ProviderError, RequestError
from pointsman.money.cost import expected_cost
from pointsman.money.tokens import text_tokens
from pointsman.protocols import Embedder
from pointsman.routing.calls import Caller, engine_failure
from pointsman.routing.itinerary import Stop
from pointsman.routing.row import Matter, Row
from pointsman.types import CallState, Candidate, Criteria, EmbedRequest, EmbedResponse, Ranked


@define(eq=False)
class EmbeddingCaller:
    """Makes embedding calls, with the same attempts, cooldowns and rows as chat calls."""

    caller: Caller

    async def embed(
        self, catalog: Catalog, model: str, request: EmbedRequest, tag: str = ""
    ) -> EmbedResponse:
        """One vector per input.

        Raises:
            RequestError: There is nothing to embed, or no engine of the model's provider embeds.
            UnknownNameError: No embedding model is called that.
            PointsmanError: Nobody answered; the ledger has a row that says so.
        """
        if not request.inputs or not all(text.strip() for text in request.inputs):
            raise RequestError("there is nothing to embed", "inputs")
        able = [each for each in catalog.embedder(model) if self._engines(each)]
        if not able:
            raise RequestError(f"no provider that is on can embed with {model!r}", "model")
        tokens = sum(text_tokens(text) for text in request.inputs)
        matter = Matter(
            catalog,
            [Ranked(each, 1.0) for each in able],
            Criteria(),
            "embeddings",
            expected_cost(able[0].price, tokens, 0),
            tag=tag,
        )
        row = await Row.reserve(self.caller.audience, matter, self.caller.itinerary(matter.ranking))
        try:
            while (stop := row.itinerary.next()) is not None:
                try:
                    if stop.wait:
                        await asyncio.sleep(stop.wait)
                    response = await self._ask(stop, request, row.itinerary.deadline)
                except ProviderError as failure:
                    row.itinerary.failed(failure)
                else:
                    return await _answered(row, response, tokens)
            raise row.itinerary.error()  # noqa: TRY301 (it is settled below like every other end)
        except BaseException as raised:
            await row.end(raised)
            raise

    def _engines(self, candidate: Candidate) -> Sequence[Embedder]:
        engines = self.caller.providers.get(candidate.provider, ())
        return [each for each in engines if isinstance(each, Embedder)]

    async def _ask(self, stop: Stop, request: EmbedRequest, deadline: float) -> EmbedResponse:
        provider = stop.candidate.provider
        engine = self._engines(stop.candidate)[stop.key]
        try:
            async with asyncio.timeout_at(deadline):
                return await engine.embed(stop.candidate.model.id, request, self.caller.http(provider))
        except TimeoutError:
            raise DeadlineError("no answer within the call's deadline", maybe_billed=True) from None
        except PointsmanError:
            raise
        except Exception as error:
            raise engine_failure(error) from error


async def _answered(row: Row, response: EmbedResponse, tokens: int) -> EmbedResponse:
    """Settle the row and give the vectors their provenance."""
    row.itinerary.answered()
    usage = response.usage
    if usage.input_tokens is None:
        usage = evolve(usage, input_tokens=tokens, estimated=True)
    usage = evolve(usage, output_tokens=usage.output_tokens or 0)
    cost = row.cost(response.model, usage)
    await row.settle(CallState.SETTLED, model=response.model, usage=usage, cost=cost, latency=row.elapsed())
    return evolve(
        response,
        usage=usage,
        provider=row.candidate.provider,
        cost=cost,
        call_id=row.reservation.id,
    )
