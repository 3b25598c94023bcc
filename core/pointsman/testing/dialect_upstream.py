"""A loopback upstream in one of the public dialects: a list of models, and answers whole and streamed."""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Iterable
from typing import ClassVar

import orjson
from attrs import evolve

from pointsman.dialects import dialect
from pointsman.errors import AuthenticationError, ModelNotFoundError, PointsmanError, RequestError
from pointsman.testing.exchange import Received, Reply
from pointsman.testing.fake_models import FakeModel, pieces
from pointsman.testing.upstream import Upstream
from pointsman.types import ChatResponse
from pointsman.wire.fields import string


class DialectUpstream(Upstream):
    """Lists its models without prices; answers with text and usage, streamed or whole.

    Given tools it asks for the first one; given a JSON schema it answers with a small value that fits.

    Attributes:
        models: By id.
        dialect: Which one, by name.
        prefix: Path before ``/models``.
        path: Where questions go, below `prefix`.
    """

    dialect: ClassVar[str]
    prefix: str = "/v1"
    path: ClassVar[str]

    def __init__(
        self,
        models: Iterable[FakeModel | str] = ("small", "large"),
        *,
        key: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Script nothing yet.

        Args:
            models: What to serve.
            key: The only key let in; None lets everybody in.
            tls: To serve https.
        """
        super().__init__(tls=tls)
        made = (FakeModel(model) if isinstance(model, str) else model for model in models)
        self.models = {model.id: model for model in made}
        self._key = key
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        """What a provider of this dialect takes as its base address."""
        return self.url + self.prefix

    def given(self, request: Received) -> str:
        """The key that came with a request."""
        raise NotImplementedError

    def listed(self) -> Reply:
        """The list of models."""
        raise NotImplementedError

    def missing(self, request: Received) -> Reply:
        """The dialect's reply to whatever was not scripted otherwise."""
        if self._key is not None and (given := self.given(request)) != self._key:
            return self._refusal(AuthenticationError(f"Incorrect API key provided: {given or 'none'}"))
        route = (request.method, request.path.removeprefix(self.prefix))
        if route == ("GET", "/models"):
            return self.listed()
        if route == ("POST", self.path):
            return self._chat(request)
        return self._refusal(ModelNotFoundError(f"Unknown request URL: {request.method} {request.path}"))

    def _chat(self, request: Received) -> Reply:
        home = dialect(self.dialect)
        try:
            body = orjson.loads(request.body)
            name = string(body["model"])
        except (ValueError, KeyError, TypeError) as problem:
            return self._refusal(RequestError(f"the body is not a chat request: {problem!r}", ""))
        model = self.models.get(name)
        if model is None:
            text = f"The model `{name}` does not exist or you do not have access to it."
            return self._refusal(ModelNotFoundError(text))
        model.asked += 1
        if model.fault is not None:
            return evolve(model.fault, delay=model.fault.delay or model.latency)
        try:
            asked = home.read_request(body)
        except RequestError as problem:
            return self._refusal(problem)
        answer = model.reply(asked.chat, body, self._numbers)
        if not asked.stream:
            return evolve(Reply.json(home.write_answer(answer)), delay=model.latency)
        reply = self._streamed(answer, model.pace, usage=asked.usage)
        return evolve(reply, delay=model.latency)

    def _streamed(self, answer: ChatResponse, pace: float, *, usage: bool) -> Reply:
        writer = dialect(self.dialect).stream_writer(answer.model, usage=usage)
        events = [event for piece in pieces(answer) for event in writer.write(piece)]
        written = (
            (f"event: {event.name}\n" if event.name else "") + f"data: {event.data}\n\n"
            for event in (*events, *writer.end())
        )
        return Reply.sse(written, pace=pace, done=None)

    def _refusal(self, error: PointsmanError) -> Reply:
        status, body = dialect(self.dialect).write_error(error)
        return Reply.json(body, status)
