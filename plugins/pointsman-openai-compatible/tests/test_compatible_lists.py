"""Lists in shapes of their own, read by the provider for endpoints known only by their address."""

from __future__ import annotations

from datetime import date

import pytest
from pointsman import Capability, EmbedRequest, Kind, Model
from pointsman.testing import FakeHttp
from pointsman_openai_compatible import Compatible, Config

HERE = "http://127.0.0.1:1234/v1"


async def listed(row: dict[str, object], envelope: str = "data", **config: str) -> Model:
    """The one model of a list."""
    (model,) = await Compatible(Config(HERE, **config)).models(FakeHttp({envelope: [row]}))  # type: ignore[arg-type]
    return model


@pytest.mark.anyio
async def test_lm_studio_older_shape() -> None:
    """What can see is called `vlm`."""
    row = {"id": "a", "type": "vlm", "publisher": "p", "state": "not-loaded", "max_context_length": 4096}

    assert Model("a", None, Kind.CHAT, "p", 4096, can={Capability.VISION}) == await listed(row)


@pytest.mark.anyio
async def test_lm_studio_newer_shape() -> None:
    """Rows have a key and flags; a loaded model has the smallest window it was loaded with."""
    row: dict[str, object] = {
        "type": "llm",
        "publisher": "p",
        "key": "p/a",
        "display_name": "A",
        "loaded_instances": [{"config": {"context_length": 8192}}, {"config": {"context_length": 4096}}],
        "max_context_length": 262144,
        "capabilities": {"vision": False, "trained_for_tool_use": True, "reasoning": {"default": "on"}},
    }
    can, cannot = {Capability.TOOLS, Capability.REASONING}, {Capability.VISION}

    assert Model("p/a", "A", Kind.CHAT, "p", 4096, None, can, cannot) == await listed(row, "models")
    assert (await listed({**row, "loaded_instances": []}, "models")).context_window == 262144


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (["text-to-text"], Kind.CHAT),
        (["text-to-embedding"], Kind.EMBEDDING),
        (["text-to-image"], Kind.IMAGE),
        (["text-to-score"], Kind.RERANK),
    ],
)
async def test_heroku(made: list[str], kind: Kind) -> None:
    """A model is what it makes of text, and says from when it is gone."""
    row: dict[str, object] = {"model_id": "a", "type": made, "eol_date": "2026-06-12T00:00:00Z"}

    assert Model("a", kind=kind, retires=date(2026, 6, 12)) == await listed(row)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("models_url", "asked"),
    [
        ("", f"{HERE}/models"),
        ("/api/v1/models", "http://127.0.0.1:1234/api/v1/models"),
        ("http://127.0.0.1:9/list", "http://127.0.0.1:9/list"),
    ],
)
async def test_where_the_list_is(models_url: str, asked: str) -> None:
    """Beside the answers, elsewhere on the server, or at another address."""
    http = FakeHttp({"data": []})
    await Compatible(Config(HERE, models_url=models_url)).models(http)

    assert asked == http.sent[0].url


@pytest.mark.anyio
async def test_embeddings() -> None:
    """Such servers mostly have them."""
    http = FakeHttp({"data": [{"embedding": [0.5]}]})
    answer = await Compatible(Config(HERE)).embed("e", EmbedRequest(["hi"]), http)

    assert answer.vectors == ((0.5,),)
    assert http.sent[0].url == f"{HERE}/embeddings"
