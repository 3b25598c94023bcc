"""Many hosts' models through Hugging Face's router, what they charge there, and how fast they are.

All three come from one list (https://huggingface.co/docs/inference-providers): each model has the hosts that
serve it, with window, capabilities, price (USD per million tokens) and live speed. Which host answers is
decided by a policy, and so are the facts that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen, validators
from pointsman import (
    Audio,
    BenchmarkSource,
    Capability,
    Document,
    Extension,
    Http,
    Kind,
    Model,
    Origin,
    PricingSource,
    Provider,
    Quote,
    Rates,
    Secret,
    Speed,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import (
    OpenAICompatible,
    capabilities,
    granted,
    listed_quotes,
    openai_listing,
    output_kind,
)
from pointsman.wire.fields import identifier, label, rows, table, usd, window

NAME = "huggingface"
ORIGIN = Origin(
    url="https://huggingface.co/docs/inference-providers", licence="terms of Hugging Face", changes="live"
)
POLICIES = ("fastest", "cheapest")
_FLAGS = {Capability.TOOLS: "supports_tools", Capability.JSON_SCHEMA: "supports_structured_output"}
_INPUTS = {Capability.VISION: "image", Capability.AUDIO_INPUT: "audio"}
_MOST_PER_SECOND = 100_000.0  # tokens; a host said to be faster was not measured, but divided by nothing


@frozen
class Config:
    """Settings.

    Attributes:
        key: The token.
        base_url: Where the router is.
        policy: Which host answers: the ``fastest``, as the router does unasked, or the ``cheapest``.
    """

    key: Secret = secret("HF_TOKEN", "HUGGINGFACE_API_KEY", "HUGGING_FACE_HUB_TOKEN")
    base_url: str = setting("HUGGINGFACE_BASE_URL", default="https://router.huggingface.co/v1")
    policy: str = field(default=POLICIES[0], validator=validators.in_(POLICIES))


class HuggingFace(OpenAICompatible):
    """The dialect; a model is what the host that will answer makes of it."""

    form = Form(refused=(Document, Audio))

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.policy = config.policy

    def listing(self, row: Mapping[str, Any]) -> Model:
        architecture, host = table(row.get("architecture")), chosen(row, self.policy)
        stated = granted(architecture.get("input_modalities"), _INPUTS)
        can, cannot = capabilities({**stated, **{each: host.get(flag) for each, flag in _FLAGS.items()}})
        return evolve(
            openai_listing(row),
            kind=output_kind(rows(architecture.get("output_modalities"))) or Kind.CHAT,
            context_window=window(host.get("context_length")),
            can=can,
            cannot=cannot,
            active=bool(host),
        )

    def named(self, model: str) -> str:
        # The router's own policy needs no saying, and a host named by the caller wins.
        unsaid = self.policy == POLICIES[0] or ":" in model
        return model if unsaid else f"{model}:{self.policy}"


class HuggingFacePrices:
    """What a call through the router costs: the price of the host that will answer."""

    def __init__(self, config: Config) -> None:
        self._provider = HuggingFace(config)

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per listed model whose host tells a price.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found = await self._provider.rows(http, exact=True)
        return listed_quotes(found, NAME, lambda row: _rates(chosen(row, self._provider.policy)))


class HuggingFaceSpeeds:
    """How fast the hosts are, as the router measures them."""

    def __init__(self, config: Config) -> None:
        self._provider = HuggingFace(config)

    async def scores(self, http: Http) -> Iterable[Speed]:
        """The speed of each host under its own name, and of the one that will answer under the router's.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        now = datetime.now(UTC)
        found: list[Speed | None] = []
        for row in map(table, await self._provider.rows(http)):
            model = identifier(row.get("id"))
            if model is not None:
                found += [_speed(model, host, label(host.get("provider")), now) for host in live(row)]
                found.append(_speed(model, chosen(row, self._provider.policy), NAME, now))
        return tuple(speed for speed in found if speed is not None)


def live(row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The hosts that serve a model now."""
    hosts = map(table, rows(row.get("providers")))
    return tuple(host for host in hosts if host.get("status") == "live")


def chosen(row: Mapping[str, Any], policy: str) -> Mapping[str, Any]:
    """The host that answers under a policy; an empty table where none is live."""
    hosts = live(row)
    if policy == "cheapest":
        priced = [host for host in hosts if _rates(host).known]
        return min(priced or hosts, key=lambda host: _rates(host).blended or Decimal(0), default={})
    return max(hosts, key=lambda host: _measured(host.get("throughput")) or 0.0, default={})


def _rates(host: Mapping[str, Any]) -> Rates:
    pricing = table(host.get("pricing"))
    return Rates(input=usd(pricing.get("input")), output=usd(pricing.get("output")))


def _measured(value: object) -> float | None:
    number = float(value) if isinstance(value, int | float | Decimal) else 0.0
    return number if 0 < number < _MOST_PER_SECOND else None


def _speed(model: str, host: Mapping[str, Any], provider: str | None, now: datetime) -> Speed | None:
    pace, wait = _measured(host.get("throughput")), _measured(host.get("first_token_latency_ms"))
    if provider is None or (pace is None and wait is None):
        return None
    first = None if wait is None else wait / 1000
    return Speed(model, now, output_tokens_per_second=pace, time_to_first_token=first, provider=provider)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension(NAME, HuggingFace, config=Config, summary="Many hosts' models, through Hugging Face.")


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME, HuggingFacePrices, config=Config, summary="What hosts charge at Hugging Face.", origin=ORIGIN
    )


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME, HuggingFaceSpeeds, config=Config, summary="How fast hosts are at Hugging Face.", origin=ORIGIN
    )
