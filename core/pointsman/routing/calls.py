"""Reserve, ask until somebody answers, settle. The only place that talks to providers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing

from attrs import define

from pointsman.config import CallSettings
from pointsman.errors import DeadlineError, PointsmanError, ProviderError, ResponseError
from pointsman.money.cost import expected_cost
from pointsman.money.expectation import expected_tokens
from pointsman.protocols import Http, Provider
from pointsman.routing.health import Health
from pointsman.routing.itinerary import Itinerary, Stop
from pointsman.routing.row import Audience, Matter, Row
from pointsman.routing.run import Order, Run
from pointsman.routing.streams import Deadlines, Gathered, guarded
from pointsman.types import ChatChunk, ChatResponse, Ranked


@define
class Caller:
    """Makes calls.

    Attributes:
        providers: By instance name; one engine for each of its keys.
        http: The guarded client of each instance.
        audience: The ledger, and who is told of calls.
        health: Learns of every attempt.
        settings: Attempts and deadlines.
    """

    providers: Mapping[str, Sequence[Provider]]
    http: Callable[[str], Http]
    audience: Audience
    health: Health
    settings: CallSettings

    async def chat(self, order: Order) -> ChatResponse:
        """A whole answer.

        Raises:
            PointsmanError: Nobody answered; the ledger has a row that says so.
        """
        run = await self._begin(order, stream=False)
        try:
            while (stop := run.row.itinerary.next()) is not None:
                try:
                    if stop.wait:
                        await asyncio.sleep(stop.wait)
                    response = await self._ask(stop, run)
                except ProviderError as failure:
                    run.failed(failure)
                else:
                    return await run.answered(response, latency=run.row.elapsed())
            raise run.row.itinerary.error()  # noqa: TRY301 (it is settled below like every other end)
        except BaseException as raised:
            await run.ended(raised)
            raise

    async def _ask(self, stop: Stop, run: Run) -> ChatResponse:
        provider = stop.candidate.provider
        try:
            async with asyncio.timeout_at(run.row.itinerary.deadline):
                engine = self.providers[provider][stop.key]
                return await engine.chat(stop.candidate.model.id, run.request, self.http(provider))
        except TimeoutError:
            raise DeadlineError("no answer within the call's deadline", maybe_billed=True) from None
        except PointsmanError:
            raise
        except Exception as error:
            raise engine_failure(error) from error

    async def stream(self, order: Order) -> AsyncGenerator[ChatChunk]:
        """The answer in pieces; the last one carries the whole `response` with its cost.

        Until the first piece of content, failures fall back without a trace; after it, they are raised.
        """
        run = await self._begin(order, stream=True)
        try:
            while (stop := run.row.itinerary.next()) is not None:
                try:
                    if stop.wait:
                        await asyncio.sleep(stop.wait)
                    async with aclosing(self._pieces(run, stop)) as pieces:
                        async for chunk in pieces:
                            yield chunk
                except ProviderError as failure:
                    run.failed(failure)
                    if run.first_token is not None:
                        raise
                else:
                    response = run.gathered.response(stop.candidate.model.id)
                    yield ChatChunk(response=await run.answered(response, latency=run.first_token))
                    return
            raise run.row.itinerary.error()  # noqa: TRY301 (as above)
        except BaseException as raised:
            await run.ended(raised)
            raise

    async def _pieces(self, run: Run, stop: Stop) -> AsyncGenerator[ChatChunk]:
        """One candidate's chunks, gathered as they pass; what comes before content is held back."""
        run.gathered = Gathered()
        held: list[ChatChunk] = []
        calls = self.settings
        limits = Deadlines(run.row.itinerary.deadline, calls.first_token, calls.idle)
        provider = stop.candidate.provider
        engine = self.providers[provider][stop.key]
        source = engine.stream(stop.candidate.model.id, run.request, self.http(provider))
        try:
            async for chunk in guarded(source, limits):
                run.gathered.add(chunk)
                if run.first_token is None:
                    held.append(chunk)
                    if not chunk.has_content:
                        continue
                    run.first_token = run.row.elapsed()
                    for each in held:
                        yield each
                    held.clear()
                else:
                    yield chunk
            for each in held:  # an answer without content, whole all the same
                yield each
        except PointsmanError:
            raise
        except Exception as error:
            raise engine_failure(error) from error
        finally:
            if (close := getattr(source, "aclose", None)) is not None:
                await close()

    async def _begin(self, order: Order, *, stream: bool) -> Run:
        """Reserve the call's row before anything is sent."""
        ranking, criteria = order.decision.ranking, order.decision.criteria
        estimate = expected_cost(ranking[0].candidate.price, *expected_tokens(order.request))
        matter = Matter(order.catalog, ranking, criteria, "chat", estimate, stream, order.tag)
        return Run(order, await Row.reserve(self.audience, matter, self.itinerary(ranking)))

    def itinerary(self, ranking: Sequence[Ranked]) -> Itinerary:
        """The stops of a call that begins now."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.settings.deadline
        return Itinerary(ranking, self.health, self.settings.attempts, deadline, clock)


def engine_failure(error: Exception) -> ResponseError:
    """What an engine raises that is not in our tree is its own bug; the next candidate is asked."""
    return ResponseError(f"the engine failed: {type(error).__name__}: {error}", maybe_billed=True)
