"""The kit for providers."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Iterable
from typing import ClassVar

import pytest

from pointsman.errors import (
    AuthenticationError,
    ProviderError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
)
from pointsman.http import Client
from pointsman.protocols import Http, Provider
from pointsman.testing.exchange import Reply
from pointsman.testing.features import FeatureTests
from pointsman.testing.questions import (
    QUESTION,
    REFUSALS,
    WAIT,
    ask,
    assert_usage,
    drain,
    gathered,
    texts,
)
from pointsman.testing.upstream import Upstream
from pointsman.types import FinishReason, Kind, Model


class ProviderTests(FeatureTests):
    """What every provider must do.

    Supply the fixtures `upstream` (a loopback server of your dialect that lists at least one chat model and
    answers any question the same way twice) and `provider` (yours, pointed at it and holding `key`).

    Attributes:
        key: The key to give to the provider; None when it needs none.
        supports_tools, supports_json_schema, supports_images, supports_images_in_results: Whether the
            provider can pass them on: yes, unless you say no. What it cannot, it must refuse with an
            `InvalidRequestError` instead of dropping it silently.
        supports_documents, supports_audio: The same: no, unless you say yes.
        thoughts: Two or more sealed thoughts, as the provider reads them from answers and takes them back.
    """

    key: ClassVar[str | None] = "sk-kit-canary-4f1d0a5b9c3e7782"

    # -- fixtures -------------------------------------------------------------------------------------------

    @pytest.fixture
    def upstream(self) -> Iterable[Upstream]:
        """A server of the provider's dialect."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `upstream`")

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Provider:
        """The provider under test, talking to `upstream`."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `provider`")

    @pytest.fixture
    async def http(self) -> AsyncIterator[Http]:
        """The real client."""
        async with Client("kit", connect=5.0, read=5.0) as client:
            yield client

    @pytest.fixture
    async def model(self, provider: Provider, http: Http) -> str:
        """The id of a model that can chat."""
        listed = list(await provider.models(http))
        return next(model.id for model in listed if model.kind in {None, Kind.CHAT})

    # -- models ---------------------------------------------------------------------------------------------

    async def test_is_a_provider(self, provider: Provider) -> None:
        """It has the shape of the port."""
        assert isinstance(provider, Provider)

    async def test_lists_well_formed_models(self, provider: Provider, http: Http) -> None:
        """Every model has a printable id of its own and figures that can be true."""
        models = list(await provider.models(http))

        assert models
        assert [type(model) for model in models] == [Model] * len(models)
        assert [model.id for model in models if not model.id.strip() or not model.id.isprintable()] == []
        assert sorted({model.id for model in models}) == sorted(model.id for model in models)
        assert [model for model in models if (model.context_window or 1) <= 0] == []
        assert [model for model in models if (model.max_output_tokens or 1) <= 0] == []

    async def test_asks_for_the_list_every_time(
        self, provider: Provider, upstream: Upstream, http: Http
    ) -> None:
        """Nothing about models is remembered in code: when the endpoint fails, so does the list."""
        await provider.models(http)
        upstream.once(*[Reply.json({"error": {"message": "Internal error."}}, 500)] * 3)

        with pytest.raises(ServerError):
            await provider.models(http)

    async def test_a_list_that_is_none_is_an_error(
        self, provider: Provider, upstream: Upstream, http: Http
    ) -> None:
        """A page of HTML is not an empty list."""
        upstream.once(*[Reply(200, {"content-type": "text/html"}, (b"<html>hello</html>",))] * 3)

        with pytest.raises(ResponseError):
            list(await provider.models(http))

    # -- chat -----------------------------------------------------------------------------------------------

    async def test_chat_answers(self, provider: Provider, model: str, http: Http) -> None:
        """An answer has text, a finish reason, usage, and the model that gave it."""
        answer = await provider.chat(model, ask(), http)

        assert answer.text
        assert answer.finish_reason is FinishReason.STOP
        assert answer.model
        assert_usage(answer.usage)

    async def test_the_question_arrives(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """Text goes out untouched, and the model's id with it."""
        await provider.chat(model, ask(), http)
        sent = upstream.requests[-1]

        assert QUESTION in list(texts(sent.json()))
        assert model in sent.path or model in list(texts(sent.json()))

    async def test_extra_fields_go_out_as_they_are(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """`ChatRequest.extra` reaches the body."""
        await provider.chat(model, ask(extra={"kit_extra": {"a": [1]}}), http)

        assert upstream.requests[-1].json()["kit_extra"] == {"a": [1]}

    @pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"{}", b"[]", b"null"])
    async def test_what_is_no_answer_is_an_error(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, body: bytes
    ) -> None:
        """A 200 that holds no answer is never passed on as one."""
        upstream.once(Reply(200, {"content-type": "application/json"}, (body,)))

        with pytest.raises(ResponseError):
            await provider.chat(model, ask(), http)

    # -- streams --------------------------------------------------------------------------------------------

    async def test_a_stream_adds_up(self, provider: Provider, model: str, http: Http) -> None:
        """Its pieces make the same answer, and it ends with one finish reason and the usage."""
        whole = await provider.chat(model, ask(), http)
        chunks = [chunk async for chunk in provider.stream(model, ask(), http)]
        usages = [chunk.usage for chunk in chunks if chunk.usage is not None]

        assert gathered(chunks).content == whole.content
        assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == [whole.finish_reason]
        assert usages
        assert usages[-1].output_tokens == whole.usage.output_tokens
        assert usages[-1].input_tokens == whole.usage.input_tokens
        assert next(chunk.model for chunk in chunks if chunk.model) == whole.model

    @pytest.mark.parametrize("clean", [True, False])
    async def test_a_stream_cut_short_is_an_error(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, *, clean: bool
    ) -> None:
        """Half an answer never ends as if it were a whole one."""
        upstream.cut_once(0.5, clean=clean)

        with pytest.raises((ResponseError, TransportError)):
            await drain(provider, model, ask(), http)

    async def test_a_refused_stream_is_an_error(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """An error status is raised before the first piece."""
        upstream.once(Reply.json({"error": {"message": "Slow down."}}, 429, {"retry-after": str(WAIT)}))

        with pytest.raises(RateLimitError) as caught:
            await drain(provider, model, ask(), http)

        assert caught.value.retry_after == WAIT

    # -- errors ---------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(("status", "message", "expected"), REFUSALS)
    async def test_a_refusal_has_the_right_class(  # noqa: PLR0917 - four fixtures and three parameters
        self,
        provider: Provider,
        model: str,
        upstream: Upstream,
        http: Http,
        status: int,
        message: str,
        expected: type[ProviderError],
    ) -> None:
        """The attempt loop decides by class; providers must not turn one into another."""
        upstream.once(Reply.json({"error": {"message": message}}, status))

        with pytest.raises(ProviderError) as caught:
            await provider.chat(model, ask(), http)

        assert (type(caught.value), caught.value.status) == (expected, status)

    async def test_the_key_goes_out_and_is_never_shown(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """Not by the provider, not by an error whose text came from an upstream that echoes it."""
        if self.key is None:
            pytest.skip("the provider needs no key")
        upstream.once(Reply.json({"error": {"message": f"Incorrect API key provided: {self.key}"}}, 401))

        with pytest.raises(AuthenticationError) as caught:
            await provider.chat(model, ask(), http)

        shown = [repr(provider), str(provider), *traceback.format_exception(caught.value), repr(caught.value)]
        assert [text for text in shown if self.key in text] == []
        sent = upstream.requests[-1]
        assert [value for value in (*sent.headers.values(), *sent.query.values()) if self.key in value]
