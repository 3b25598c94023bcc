"""The part of the kit for providers that is about earlier turns: calls and their results, thoughts, order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

import pytest
from attrs import evolve

from pointsman.errors import Advice, InvalidRequestError
from pointsman.protocols import Http, Provider
from pointsman.testing.exchange import Reply
from pointsman.testing.questions import (
    FOREIGN,
    PIXEL,
    PLACES,
    QUESTION,
    RESULTS,
    TOOL,
    ask,
    chat,
    drain,
    gathered,
    pairs,
    seals,
    texts,
    tool_turns,
)
from pointsman.testing.standard import StandardTests
from pointsman.testing.upstream import Upstream
from pointsman.types import CachePoint, ChatRequest, Message, Reasoning, Role, Text

_AskIt = Callable[..., Awaitable[object]]
_WAYS = pytest.mark.parametrize("ask_it", [chat, drain], ids=["whole", "streamed"])
_TURNS = {
    "ids are made": tool_turns(),
    "ids of nine letters": tool_turns(ids=("abcDEF123", "abcDEF124")),
    "ids with dots and colons": tool_turns(ids=("functions.look_up:0", "functions.look_up:1")),
    "long ids": tool_turns(ids=("call_" + "a" * 90 + "1", "call_" + "a" * 90 + "2")),
    "the second result first": tool_turns(ids=("abcDEF123", "abcDEF124"), swapped=True),
}


class ConversationTests(StandardTests):
    """A conversation that another provider's model began goes on at this one.

    Attributes:
        supports_tools, supports_images: As in `FeatureTests`.
        thoughts: Two or more sealed thoughts, as the provider reads them from answers and takes them back;
            empty where there are none.
    """

    supports_tools: ClassVar[bool]
    supports_images: ClassVar[bool]
    thoughts: ClassVar[Sequence[Reasoning]] = ()

    def thinking(self) -> tuple[Reply, Reply] | None:
        """An answer of the provider's server that holds the `thoughts`, whole and streamed; None for none."""
        return None

    @_WAYS
    @pytest.mark.parametrize("turns", _TURNS.values(), ids=[name.replace(" ", "-") for name in _TURNS])
    async def test_results_go_to_their_calls(  # noqa: PLR0917 - four fixtures and two parameters
        self,
        provider: Provider,
        model: str,
        upstream: Upstream,
        http: Http,
        turns: Sequence[Message],
        ask_it: _AskIt,
    ) -> None:
        """Two calls of one tool and their results have ids in pairs; in a dialect without ids, one order."""
        if not self.supports_tools:
            pytest.skip("the provider says that it cannot pass tools on: it is tested that it refuses them")
        await ask_it(provider, model, ChatRequest(turns, tools=(TOOL,)), http)

        assert pairs(upstream.requests[-1].json(), PLACES, RESULTS)

    @_WAYS
    async def test_tools_of_earlier_turns(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """Calls and results in a conversation that offers no tools arrive, or are refused by name."""
        refused: InvalidRequestError | None = None
        written = ""
        try:
            await ask_it(provider, model, ChatRequest(tool_turns()), http)
            written = " ".join(texts(upstream.requests[-1].json()))
        except InvalidRequestError as error:
            refused = error

        if refused is not None:
            assert (refused.advice, "tool" in str(refused).lower()) == (Advice.NEXT_CANDIDATE, True)
        else:
            assert [said for said in (*PLACES, *RESULTS) if said not in written] == []

    @_WAYS
    async def test_thoughts_of_another_stay_behind(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """What only their maker can read goes to nobody else; what was said beside them does."""
        turns = [
            Message(Role.USER, QUESTION),
            Message(Role.ASSISTANT, [FOREIGN[0], Text("Said aloud."), *FOREIGN[1:]]),
            Message(Role.USER, "And then?"),
        ]
        await ask_it(provider, model, ChatRequest(turns), http)
        written = " ".join(texts(upstream.requests[-1].json()))

        assert [seal for thought in FOREIGN for seal in seals(thought) if seal in written] == []
        assert "Said aloud." in written

    @_WAYS
    async def test_own_thoughts_go_back(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """Each of them, unmodified and in order."""
        if not self.thoughts:
            pytest.skip("the provider takes no thoughts back")
        turns = tool_turns(*self.thoughts)
        await ask_it(provider, model, ChatRequest(turns, tools=(TOOL,)), http)
        sent = list(texts(upstream.requests[-1].json()))
        places = [sent.index(seal) for thought in self.thoughts for seal in seals(thought)[:1]]

        assert [seal for thought in self.thoughts for seal in seals(thought) if seal not in sent] == []
        assert places == sorted(places)

    async def test_thoughts_are_read(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """Several stay several, whole and streamed."""
        replies = self.thinking()
        if replies is None:
            pytest.skip("the kit is given no answer with thoughts")
        upstream.once(*replies)
        whole = await provider.chat(model, ask(), http)
        streamed = gathered(await drain(provider, model, ask(), http))

        assert [list(whole.reasoning), list(streamed.reasoning)] == [list(self.thoughts)] * 2

    @_WAYS
    async def test_parts_stay_in_order(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """Text, picture, text: what is said of a picture stands where it was said."""
        seen = (PIXEL,) if self.supports_images else ()
        await ask_it(provider, model, ask(Text("Before."), *seen, Text("After.")), http)
        written = "\n".join(texts(upstream.requests[-1].json()))
        order = ("Before.", *(part.data for part in seen), "After.")
        places = [written.index(each) for each in order]

        assert places == sorted(places)

    @_WAYS
    async def test_a_system_prompt_alone_is_asked(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """Where somebody must say something, it is what the user says."""
        await ask_it(provider, model, ChatRequest([Message(Role.SYSTEM, QUESTION)]), http)

        assert any(QUESTION in text for text in texts(upstream.requests[-1].json()))

    @_WAYS
    async def test_cache_points_are_no_trouble(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, ask_it: _AskIt
    ) -> None:
        """Whether there are such marks in the format or not, what stands around them arrives."""
        turns = [
            Message(Role.SYSTEM, [Text("The rules."), CachePoint()]),
            Message(Role.USER, [Text("The case."), CachePoint("1h"), Text("The question.")]),
        ]
        tools = (evolve(TOOL, cache=CachePoint()),) if self.supports_tools else ()
        await ask_it(provider, model, ChatRequest(turns, tools=tools), http)
        written = "\n".join(texts(upstream.requests[-1].json()))

        assert [each for each in ("The rules.", "The case.", "The question.") if each not in written] == []
