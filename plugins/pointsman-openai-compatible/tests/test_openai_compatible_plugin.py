"""Any endpoint of the dialect is a provider, with or without a key, as often as the user likes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pointsman import Kind, Model, Secret
from pointsman.testing import FakeHttp, OpenAIUpstream, ProviderTests, SpeakerTests, Upstream
from pointsman_openai_compatible import Compatible, Config, pointsman_providers

HERE = "http://localhost:8000/v1"


class TestCompatible(ProviderTests, SpeakerTests):
    """The provider passes the kit."""

    supports_documents = supports_audio = True

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OpenAIUpstream(key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Compatible:
        return Compatible(Config(upstream.base_url, Secret(str(self.key))))


class TestWithoutKey(ProviderTests):
    """It passes without a key too."""

    supports_documents = supports_audio = True
    key = None

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OpenAIUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Compatible:
        return Compatible(Config(upstream.base_url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("openai-compatible", Compatible, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("local", [True, False])
async def test_only_the_user_knows_what_is_local(*, local: bool) -> None:
    """An address does not tell: behind localhost may be a gateway to somebody's paid models."""
    (model,) = await Compatible(Config(HERE, local=local)).models(FakeHttp({"data": [{"id": "a"}]}))

    assert Model("a", kind=Kind.CHAT, local=local) == model


@pytest.mark.anyio
async def test_what_a_model_is_for_may_be_presumed_but_never_contradicted() -> None:
    """Most such endpoints say nothing and serve chat models; what they do say counts."""
    rows = {"data": [{"id": "a"}, {"id": "b", "type": "embedding"}]}
    presumed = await Compatible(Config(HERE)).models(FakeHttp(rows))
    stated = await Compatible(Config(HERE, chat=False)).models(FakeHttp(rows))

    assert [model.kind for model in presumed] == [Kind.CHAT, Kind.EMBEDDING]
    assert [model.kind for model in stated] == [None, Kind.EMBEDDING]
