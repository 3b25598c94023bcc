"""The echo passes the kit, but for what needs somebody to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import ChatRequest, FinishReason, Message, Role, Text, Usage
from pointsman.testing import FakeHttp, ProviderTests, Upstream
from pointsman_echo import Config, Echo, answer


def asks_nobody(test: Callable[..., Any]) -> Any:
    """The kit's test, expected to fail: a copy, so that it stays as it is for other providers."""
    kit = cast("FunctionType", test)
    copy = FunctionType(kit.__code__, kit.__globals__, kit.__name__)
    copy.__dict__.update(kit.__dict__)
    copy.__kwdefaults__ = kit.__kwdefaults__
    return pytest.mark.xfail(reason="an echo asks nobody: nothing goes out and nobody can fail")(copy)


class TestEcho(ProviderTests):
    """The kit."""

    key = None
    supports_tools = False
    supports_json_schema = False
    supports_images = False

    test_asks_for_the_list_every_time = asks_nobody(ProviderTests.test_asks_for_the_list_every_time)
    test_a_list_that_is_none_is_an_error = asks_nobody(ProviderTests.test_a_list_that_is_none_is_an_error)
    test_the_question_arrives = asks_nobody(ProviderTests.test_the_question_arrives)
    test_extra_fields_go_out_as_they_are = asks_nobody(ProviderTests.test_extra_fields_go_out_as_they_are)
    test_what_is_no_answer_is_an_error = asks_nobody(ProviderTests.test_what_is_no_answer_is_an_error)
    test_a_stream_cut_short_is_an_error = asks_nobody(ProviderTests.test_a_stream_cut_short_is_an_error)
    test_a_refused_stream_is_an_error = asks_nobody(ProviderTests.test_a_refused_stream_is_an_error)
    test_a_refusal_has_the_right_class = asks_nobody(ProviderTests.test_a_refusal_has_the_right_class)
    test_thoughts_of_another_stay_behind = asks_nobody(ProviderTests.test_thoughts_of_another_stay_behind)
    test_a_system_prompt_alone_is_asked = asks_nobody(ProviderTests.test_a_system_prompt_alone_is_asked)
    test_cache_points_are_no_trouble = asks_nobody(ProviderTests.test_cache_points_are_no_trouble)
    test_parts_stay_in_order = asks_nobody(ProviderTests.test_parts_stay_in_order)

    @pytest.fixture
    def upstream(self) -> Iterator[Upstream]:
        with Upstream.in_thread() as server:
            yield server

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Echo:
        del upstream  # listens, and is never asked
        return Echo(Config(on=True))


def request(*texts: str, **fields: Any) -> ChatRequest:
    """A conversation."""
    return ChatRequest([Message(Role.USER, (Text(text),)) for text in texts], **fields)


@pytest.mark.anyio
async def test_it_says_the_last_message_word_by_word() -> None:
    """Every word is a piece and a token; the whole conversation was read."""
    pieces = [each async for each in Echo(Config(on=True)).stream("echo", request("a b", "c  d"), FakeHttp())]

    assert [piece.text for piece in pieces] == ["c  ", "d", ""]
    assert pieces[-1].usage == Usage(input_tokens=4, output_tokens=2)


@pytest.mark.anyio
@pytest.mark.parametrize(("on", "listed"), [(True, ["echo"]), (False, [])])
async def test_it_can_be_switched_off(on: bool, listed: list[str]) -> None:
    """``ECHO_ENABLED=no`` is no."""
    assert [model.id for model in await Echo(Config(on=on)).models(FakeHttp())] == listed


def test_it_stops_at_a_stop_sequence() -> None:
    """The bound holds, and the answer says that it was cut."""
    words, finish, usage = answer(request("one two three", max_output_tokens=2))

    assert (words, finish, usage.output_tokens) == (["one ", "two "], FinishReason.LENGTH, 2)


@given(text=st.text())
def test_nothing_is_lost(text: str) -> None:
    """Whatever has a word in it comes back as it was."""
    words, finish, _ = answer(request(text))

    assert ("".join(words), finish) == (text if text.strip() else "", FinishReason.STOP)
