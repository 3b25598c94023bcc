"""Amazon Bedrock's models, through its Converse API (https://docs.aws.amazon.com/bedrock/)."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import orjson
from attrs import evolve, frozen
from pointsman import (
    AuthenticationError,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Extension,
    Http,
    HttpRequest,
    Model,
    Provider,
    ProviderError,
    ResponseError,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.cache_marks import fewer_marks
from pointsman.providers import as_chunk, as_object, json_object, read_models
from pointsman.wire.fields import count, rows, string, table

from pointsman_bedrock.answer import Chunks, response
from pointsman_bedrock.eventstream import Decoder
from pointsman_bedrock.listing import callable_rows, listing
from pointsman_bedrock.request import body
from pointsman_bedrock.signing import Signer

if TYPE_CHECKING:
    from pointsman.protocols import HttpAnswer

log = logging.getLogger("pointsman.bedrock")

_MOST_PAGES = 100
_ABOUT_MARKS = re.compile("prompt caching|cache ?point", re.IGNORECASE)

T = TypeVar("T")


@frozen
class Config:
    """Settings: a Bedrock API key, or both halves of an access key, which signs.

    Attributes:
        key: Whichever of the two secrets is there; it turns the provider on.
        region: Where the models are.
        access_key_id: Public half of an access key.
        session_token: Of a temporary access key.
        bearer: The Bedrock API key; it wins over an access key.
        base_url: Where everything is, instead of the region's own addresses.
    """

    key: Secret = secret("AWS_BEARER_TOKEN_BEDROCK", "AWS_SECRET_ACCESS_KEY")
    region: str = setting("AWS_REGION", "AWS_DEFAULT_REGION")
    access_key_id: str = setting("AWS_ACCESS_KEY_ID", default="")
    session_token: Secret | None = setting("AWS_SESSION_TOKEN", default=None)
    bearer: Secret | None = setting("AWS_BEARER_TOKEN_BEDROCK", default=None)
    base_url: str = setting("BEDROCK_BASE_URL", default="")


class Bedrock:
    """The provider.

    Attributes:
        control: Where models are listed.
        runtime: Where they are asked.
    """

    def __init__(self, config: Config) -> None:
        base = config.base_url.rstrip("/")
        # Copied together with a line end as keys are, and sent in headers and addresses likewise.
        region, access_key_id = config.region.strip(), config.access_key_id.strip()
        self.control = base or f"https://bedrock.{region}.amazonaws.com"
        self.runtime = base or f"https://bedrock-runtime.{region}.amazonaws.com"
        self._bearer = config.bearer
        self._unmarked: set[str] = set()  # models that refuse cache marks
        self._signer: Signer | None = None
        if access_key_id and config.bearer is None:
            token = config.session_token.reveal() if config.session_token else ""
            self._signer = Signer(access_key_id, config.key, token, region)

    def __repr__(self) -> str:
        return f"Bedrock({self.runtime!r})"

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model of the region that can be called on demand, itself or through an inference profile.

        Raises:
            ProviderError: It did not answer.
            ResponseError: What it answered holds no list.
        """
        document = (await http.request(self._get("/foundation-models"))).json()
        found = table(document).get("modelSummaries")
        if not isinstance(found, list):
            raise ResponseError("the model list holds no list")
        return read_models(callable_rows(found, await self._profiles(http)), listing)

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer.

        Raises:
            ProviderError: It did not answer.
            InvalidRequestError: The request holds something Converse cannot do; names it.
        """
        answer = await self._asked(
            model, request, lambda sent: http.request(self._post(model, "converse", sent))
        )
        return response(as_object(answer.json()), model)

    async def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncGenerator[ChatChunk, None]:
        """The same answer in pieces.

        Raises:
            ProviderError: It did not answer, or a message is an exception.
            ResponseError: A message is malformed, or the stream ended without a stop reason.
        """
        reader, decoder = Chunks(model), Decoder()
        async with AsyncExitStack() as stack:
            answer = await self._asked(
                model,
                request,
                lambda sent: stack.enter_async_context(
                    http.stream(self._post(model, "converse-stream", sent))
                ),
            )
            if answer.headers.get("content-type", "").startswith("application/json"):
                whole = b"".join([chunk async for chunk in answer.chunks()])
                yield as_chunk(response(json_object(whole), model))
                return
            async for chunk in answer.chunks():
                for message in decoder.feed(chunk):
                    piece = reader.read(message)
                    if piece is not None:
                        yield piece
        if not reader.finished:
            raise ResponseError("the stream ended without a stop reason", maybe_billed=True)

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens this request would use; free of charge, not offered for every model.

        Raises:
            ProviderError: It did not answer, or does not count for this model.
            ResponseError: What it answered is no count.
        """

        def count_of(sent: dict[str, Any]) -> Awaitable[HttpAnswer]:
            sent.pop("inferenceConfig", None)
            return http.request(self._post(model, "count-tokens", {"input": {"converse": sent}}))

        answer = await self._asked(model, request, count_of)
        tokens = count(table(answer.json()).get("inputTokens"))
        if tokens is None:
            raise ResponseError("the answer holds no count")
        return tokens

    async def _asked(
        self, model: str, request: ChatRequest, ask: Callable[[dict[str, Any]], Awaitable[T]]
    ) -> T:
        """What `ask` makes of the request, without its cache marks where the model refuses them.

        No list says which models take them, and a mark is a hint: a call must not fail for it.
        """
        plain = fewer_marks(request, 0)
        try:
            return await ask(body(plain if model in self._unmarked else request))
        except ProviderError as error:
            if plain is request or model in self._unmarked or not _ABOUT_MARKS.search(error.detail):
                raise
            log.info("%s takes no cache marks: they are left out from now on", model)
        self._unmarked.add(model)
        return await ask(body(plain))

    async def _profiles(self, http: Http) -> list[Any]:
        """Every inference profile; those read so far when the key may not list them."""
        found: list[Any] = []
        params = {"maxResults": "1000"}
        try:
            for _ in range(_MOST_PAGES):
                page = table((await http.request(self._get("/inference-profiles", params))).json())
                found.extend(rows(page.get("inferenceProfileSummaries")))
                following = string(page.get("nextToken"))
                if not following:
                    break
                params = {"maxResults": "1000", "nextToken": following}
        except ProviderError as error:
            log.warning("models that need an inference profile are left out: %s", error)
        return found

    def _get(self, path: str, params: Mapping[str, str] = MappingProxyType({})) -> HttpRequest:
        return self._signed(HttpRequest("GET", self.control + path, params=params))

    def _post(self, model: str, action: str, sent: Mapping[str, Any]) -> HttpRequest:
        url = f"{self.runtime}/model/{quote(model, safe='')}/{action}"
        # Signed to the byte, so written here and not by the client.
        body = orjson.dumps(sent, default=dict)
        return self._signed(HttpRequest("POST", url, headers={"content-type": "application/json"}, body=body))

    def _signed(self, request: HttpRequest) -> HttpRequest:
        if self._bearer is not None:
            bearer = f"Bearer {self._bearer.reveal()}"
            return evolve(request, headers={**request.headers, "authorization": bearer})
        if self._signer is None:  # half of an access key is never sent anywhere
            raise AuthenticationError(
                "set AWS_ACCESS_KEY_ID beside the secret key, or AWS_BEARER_TOKEN_BEDROCK"
            )
        return self._signer.sign(request)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("bedrock", Bedrock, config=Config, summary="Models served by Amazon Bedrock.")
