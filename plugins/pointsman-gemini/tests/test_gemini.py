"""The provider for Gemini's own API, talking to a server of that dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import orjson
import pytest
from pointsman import (
    Advice,
    ChatRequest,
    Embedder,
    Image,
    InvalidRequestError,
    Message,
    OverloadedError,
    Reasoning,
    Role,
    Secret,
    Text,
    TokenCounter,
    ToolCall,
    ToolResult,
)
from pointsman.http import Client
from pointsman.http.answers import Answer
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman_gemini import Config, Gemini, pointsman_providers

ROW = {
    "name": "models/pro",
    "inputTokenLimit": 1_000,
    "outputTokenLimit": 100,
    "supportedGenerationMethods": ["generateContent", "countTokens"],
    "thinking": True,
}
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])
THOUGHTFUL = ChatRequest(REQUEST.messages, reasoning_effort="low")
ANSWER = {"candidates": [{"content": {"parts": [{"text": "ho"}]}, "finishReason": "STOP"}]}
NO_LEVEL = {"error": {"code": 400, "message": "Thinking level is not supported for this model."}}


def gemini(base_url: str = "https://a.example") -> Gemini:
    """One that has not listed anything yet."""
    return Gemini(Config(Secret("AIza0123456789"), base_url))


class GeminiUpstream(Upstream):
    """Lists one model; answers with the last text it was sent, or calls the first function it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/v1beta/models":
            return Reply.json({"models": [ROW]})
        body = request.json()
        answer = self._answer(body, request.path)
        if not request.path.endswith(":streamGenerateContent"):
            return Reply.json(answer)
        pieces = list(_pieces(answer))
        return Reply.sse(pieces, done=None) if request.query["alt"] == "sse" else Reply.json(pieces)

    @staticmethod
    def _answer(body: Mapping[str, Any], path: str) -> dict[str, Any]:
        last = body["contents"][-1]["parts"][-1]
        part: dict[str, Any] = {"text": f"heard: {last.get('text', 'a result')}"}
        if body.get("tools") and "functionResponse" not in last:
            declared = body["tools"][0]["functionDeclarations"][0]
            part = {"functionCall": {"name": declared["name"], "args": {"a": 1}}, "thoughtSignature": "S="}
        return {
            "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 12, "candidatesTokenCount": 7, "totalTokenCount": 19},
            "modelVersion": path.rpartition("/")[2].partition(":")[0],
            "responseId": "r1",
        }


def _pieces(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as the API streams it: the reason and the last count come with the last piece."""
    head = {name: answer[name] for name in ("modelVersion", "responseId")}
    (part,) = answer["candidates"][0]["content"]["parts"]
    begun = {"promptTokenCount": 12, "totalTokenCount": 12}
    for piece in map(str, part.get("text", "")):
        content = {"role": "model", "parts": [{"text": piece}]}
        yield {"candidates": [{"content": content}], "usageMetadata": begun, **head}
    content = {"role": "model", "parts": [part if "functionCall" in part else {"text": ""}]}
    last = {"candidates": [{"content": content, "finishReason": "STOP"}]}
    yield {**last, "usageMetadata": answer["usageMetadata"], **head}


class TestGemini(ProviderTests):
    """The provider passes the kit."""

    supports_documents = supports_audio = True
    thoughts = (
        Reasoning("I think.", "b2YgaXRzZWxm", format="gemini"),
        Reasoning("", "b2YgYSB0ZXh0", format="gemini"),
    )

    def thinking(self) -> tuple[Reply, Reply]:
        parts = [
            {"text": "I think.", "thought": True, "thoughtSignature": "b2YgaXRzZWxm"},
            {"text": "So it is.", "thoughtSignature": "b2YgYSB0ZXh0"},
        ]
        pieces = [{"candidates": [{"content": {"parts": [part]}}]} for part in parts]
        end = {"finishReason": "STOP"}
        whole = {"candidates": [{"content": {"parts": parts}, **end}]}
        return Reply.json(whole), Reply.sse([*pieces, {"candidates": [end]}], done=None)

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with GeminiUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Gemini:
        return Gemini(Config(Secret(str(self.key)), upstream.url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name, which embeds and counts tokens too."""
    assert [("gemini", Gemini, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]
    assert isinstance(gemini(), Embedder)
    assert isinstance(gemini(), TokenCounter)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://a.example", "https://a.example/v1beta"),
        ("https://a.example/", "https://a.example/v1beta"),
        ("https://a.example/v1/", "https://a.example/v1"),
        ("https://a.example/v1beta1/publishers/google", "https://a.example/v1beta1/publishers/google"),
    ],
)
def test_an_address_without_a_path_gets_the_version(written: str, expected: str) -> None:
    """Google's own clients take it without; whoever names a path has a reason."""
    assert expected == gemini(written).base_url


@pytest.mark.anyio
async def test_the_key_goes_in_a_header() -> None:
    """Never in the address, which ends up in logs."""
    http = FakeHttp({"models": [ROW]})
    await gemini().models(http)

    assert http.sent[0].headers == {"x-goog-api-key": "AIza0123456789"}
    assert http.sent[0].params == {"pageSize": "1000"}


@pytest.mark.anyio
async def test_lists_page_after_page() -> None:
    """The list goes on with the token of each page; a last page may have no rows at all."""
    http = FakeHttp(
        {"models": [{"name": "models/a"}], "nextPageToken": "t1"},
        {"models": [{"name": "models/b"}], "nextPageToken": "t2"},
        {},
    )
    models = await gemini().models(http)

    assert [model.id for model in models] == ["a", "b"]
    assert [sent.params for sent in http.sent] == [
        {"pageSize": "1000"},
        {"pageSize": "1000", "pageToken": "t1"},
        {"pageSize": "1000", "pageToken": "t2"},
    ]


@pytest.mark.anyio
async def test_a_list_that_turns_in_circles_ends() -> None:
    """A token that was used already is not followed."""
    page = {"models": [{"name": "models/a"}], "nextPageToken": "t"}
    http = FakeHttp(page, page)

    assert [model.id for model in await gemini().models(http)] == ["a"]


@pytest.mark.anyio
@pytest.mark.parametrize("asked", ["pro", "models/pro"])
async def test_ids_go_into_the_path(asked: str) -> None:
    """With or without the prefix that the list writes before them."""
    http = FakeHttp(ANSWER)
    await gemini().chat(asked, REQUEST, http)

    assert http.sent[0].url == "https://a.example/v1beta/models/pro:generateContent"


@pytest.mark.anyio
async def test_an_id_cannot_lead_elsewhere() -> None:
    """What would end the path is escaped."""
    http = FakeHttp(ANSWER)
    await gemini().chat("a/../b?x#y", REQUEST, http)

    assert http.sent[0].url == "https://a.example/v1beta/models/a%2F..%2Fb%3Fx%23y:generateContent"


def thinking(http: FakeHttp) -> list[Any]:
    """What each call said of thinking."""
    bodies: list[Any] = [sent.json for sent in http.sent if sent.method == "POST"]
    return [body.get("generationConfig", {}).get("thinkingConfig") for body in bodies]


@pytest.mark.anyio
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_model_that_wants_a_budget_is_asked_again_and_remembered(*, streamed: bool) -> None:
    """The list does not tell levels from budgets; the refusal does, once."""
    refused = Answer(400, {}, orjson.dumps(NO_LEVEL))
    body = b"data: " + orjson.dumps(ANSWER) + b"\n\n"
    good: Any = Pieces((body,)) if streamed else ANSWER
    http, provider = FakeHttp({"models": [ROW]}, refused, good, good), gemini()
    for _ in range(2):
        if streamed:
            assert [piece.text async for piece in provider.stream("pro", THOUGHTFUL, http)] == ["ho"]
        else:
            assert (await provider.chat("pro", THOUGHTFUL, http)).text == "ho"

    budget = {"thinkingBudget": 1_024, "includeThoughts": True}
    assert [{"thinkingLevel": "low", "includeThoughts": True}, budget, budget] == thinking(http)


@pytest.mark.anyio
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_model_that_takes_no_files_in_results_gets_them_from_the_user(*, streamed: bool) -> None:
    """As many parts as calls answer the calls; the files follow, then what the user says. Asked once."""
    why = b'{"error": {"code": 400, "message": "`function_response.parts` is not supported for this model."}}'
    body = b"data: " + orjson.dumps(ANSWER) + b"\n\n"
    good: Any = Pieces((body,)) if streamed else ANSWER
    http, provider = FakeHttp(Answer(400, {}, why), good, good), gemini()
    picture = Image(data="QQ==", media_type="image/png")
    request = ChatRequest(
        [
            *REQUEST.messages,
            Message(Role.ASSISTANT, [ToolCall("a", "look", "{}"), ToolCall("b", "look", "{}")]),
            Message(Role.TOOL, [ToolResult("a", picture), ToolResult("b", "nothing")]),
            Message(Role.USER, "So?"),
        ]
    )
    for _ in range(2):
        if streamed:
            assert [piece.text async for piece in provider.stream("pro", request, http)] == ["ho"]
        else:
            assert (await provider.chat("pro", request, http)).text == "ho"
    sent: list[Any] = [each.json for each in http.sent]
    results, files = sent[1]["contents"][2:]

    assert [part["functionResponse"]["response"]["output"] for part in results["parts"]] == ["", "nothing"]
    assert [results["role"], files["role"]] == ["user", "user"]
    assert files["parts"] == [
        {"text": "From the result of look (a):"},
        {"inlineData": {"mimeType": "image/png", "data": "QQ=="}},
        {"text": "So?"},
    ]
    assert sent[0]["contents"][2]["parts"][0]["functionResponse"]["parts"] == [files["parts"][1]]
    assert sent[2] == sent[1]


@pytest.mark.anyio
async def test_an_effort_the_model_refuses_is_for_another_model() -> None:
    """The refusal names the parameter, and the next candidate may take it."""
    why = {"error": {"code": 400, "message": "Budget 0 is invalid. This model only works in thinking mode."}}
    http = FakeHttp({"models": [ROW]}, Answer(400, {}, orjson.dumps(why)))

    with pytest.raises(InvalidRequestError) as caught:
        await gemini().chat("pro", ChatRequest(REQUEST.messages, reasoning_effort="none"), http)

    assert (caught.value.parameter, caught.value.advice) == ("reasoning_effort", Advice.NEXT_CANDIDATE)


@pytest.mark.anyio
async def test_other_refusals_are_left_as_they_are() -> None:
    """And nothing is sent twice because of them."""
    http = FakeHttp({"models": [ROW]}, Answer(400, {}, b'{"error": {"message": "Bad temperature."}}'))

    with pytest.raises(InvalidRequestError) as caught:
        await gemini().chat("pro", THOUGHTFUL, http)

    assert (caught.value.parameter, caught.value.advice, len(http.sent)) == ("", Advice.NEXT_CANDIDATE, 2)


@pytest.mark.anyio
async def test_a_model_that_does_not_think_is_not_asked_to() -> None:
    """The list says who thinks; it is asked for once, when it matters."""
    http = FakeHttp({"models": [ROW, {**ROW, "name": "models/old", "thinking": None}]}, ANSWER)
    provider = gemini()

    with pytest.raises(InvalidRequestError, match="reasoning_effort"):
        await provider.chat("old", THOUGHTFUL, http)
    await provider.chat("old", ChatRequest(REQUEST.messages, reasoning_effort="none"), http)

    assert thinking(http) == [None]


@pytest.mark.anyio
async def test_a_failing_list_does_not_fail_the_call() -> None:
    """Without it the API itself says whether the model thinks."""
    http = FakeHttp(OverloadedError("no list today"), ANSWER)
    await gemini().chat("pro", THOUGHTFUL, http)

    assert thinking(http) == [{"thinkingLevel": "low", "includeThoughts": True}]


@pytest.mark.anyio
async def test_a_finished_stream_leaves_its_connection_usable() -> None:
    """The next call does not pay for a new one."""
    async with GeminiUpstream() as upstream, Client("test") as http:
        for _ in range(3):
            assert [chunk async for chunk in gemini(upstream.url).stream("pro", REQUEST, http)]

        assert upstream.connections == 1
