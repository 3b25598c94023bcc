"""Route language-model calls to the best model there is today, without naming one.

Everything public is importable from here and loads on first use, so ``import pointsman`` costs next to
nothing::

    from pointsman import Router

    async with Router.open() as router:
        reply = await router.chat("Why is the sky blue?", task="fast")
        print(reply.text, reply.usd)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsman.catalog import Catalog
    from pointsman.errors import (
        Advice,
        AttemptsFailedError,
        AuthenticationError,
        BudgetError,
        ConfigError,
        ContentPolicyError,
        ContextWindowError,
        DeadlineError,
        FeedError,
        InvalidRequestError,
        LedgerError,
        ModelNotFoundError,
        NoCandidateError,
        OverloadedError,
        PluginConflictError,
        PluginError,
        PointsmanError,
        ProviderError,
        QuotaError,
        RateLimitError,
        RefreshError,
        RequestError,
        ResponseError,
        Scope,
        ServerError,
        TlsError,
        TransportError,
        UnknownNameError,
    )
    from pointsman.hookspecs import Extension, Origin, hookimpl, secret, setting
    from pointsman.money.cost import QuickPrice, expected_cost
    from pointsman.money.expectation import expected_tokens
    from pointsman.protocols import (
        BenchmarkSource,
        Embedder,
        Forwarder,
        Http,
        HttpAnswer,
        HttpStream,
        Learner,
        Ledger,
        Observer,
        PricingSource,
        Provider,
        Strategy,
        TokenCounter,
    )
    from pointsman.routing.blocking import BlockingRouter
    from pointsman.routing.router import Router
    from pointsman.types import (
        FRACTION,
        PERCENT,
        Attempt,
        Call,
        CallState,
        Candidate,
        Capability,
        ChatChunk,
        ChatRequest,
        ChatResponse,
        ContextTier,
        Cost,
        Criteria,
        Decision,
        Discount,
        EmbedRequest,
        EmbedResponse,
        Exclusion,
        Expectation,
        Facts,
        FinishReason,
        HttpRequest,
        Image,
        JsonSchema,
        Kind,
        Message,
        Model,
        Outcome,
        Part,
        Plan,
        Preference,
        Price,
        Quality,
        Quote,
        Ranked,
        Rates,
        Reasoning,
        Reservation,
        Role,
        Scale,
        Score,
        Secret,
        Settlement,
        Speed,
        Text,
        Tier,
        Tool,
        ToolCall,
        ToolCallDelta,
        Usage,
        UsageRow,
        Variant,
    )

__version__ = "0.1.0"

__all__ = [
    "FRACTION",
    "PERCENT",
    "Advice",
    "Attempt",
    "AttemptsFailedError",
    "AuthenticationError",
    "BenchmarkSource",
    "BlockingRouter",
    "BudgetError",
    "Call",
    "CallState",
    "Candidate",
    "Capability",
    "Catalog",
    "ChatChunk",
    "ChatRequest",
    "ChatResponse",
    "ConfigError",
    "ContentPolicyError",
    "ContextTier",
    "ContextWindowError",
    "Cost",
    "Criteria",
    "DeadlineError",
    "Decision",
    "Discount",
    "EmbedRequest",
    "EmbedResponse",
    "Embedder",
    "Exclusion",
    "Expectation",
    "Extension",
    "Facts",
    "FeedError",
    "FinishReason",
    "Forwarder",
    "Http",
    "HttpAnswer",
    "HttpRequest",
    "HttpStream",
    "Image",
    "InvalidRequestError",
    "JsonSchema",
    "Kind",
    "Learner",
    "Ledger",
    "LedgerError",
    "Message",
    "Model",
    "ModelNotFoundError",
    "NoCandidateError",
    "Observer",
    "Origin",
    "Outcome",
    "OverloadedError",
    "Part",
    "Plan",
    "PluginConflictError",
    "PluginError",
    "PointsmanError",
    "Preference",
    "Price",
    "PricingSource",
    "Provider",
    "ProviderError",
    "Quality",
    "QuickPrice",
    "QuotaError",
    "Quote",
    "Ranked",
    "RateLimitError",
    "Rates",
    "Reasoning",
    "RefreshError",
    "RequestError",
    "Reservation",
    "ResponseError",
    "Role",
    "Router",
    "Scale",
    "Scope",
    "Score",
    "Secret",
    "ServerError",
    "Settlement",
    "Speed",
    "Strategy",
    "Text",
    "Tier",
    "TlsError",
    "TokenCounter",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "TransportError",
    "UnknownNameError",
    "Usage",
    "UsageRow",
    "Variant",
    "expected_cost",
    "expected_tokens",
    "hookimpl",
    "secret",
    "setting",
]

_MODULES = (  # searched in this order, so that a name costs only what stands before it
    "pointsman.errors",
    "pointsman.hookspecs",
    "pointsman.types",
    "pointsman.protocols",
    "pointsman.money.cost",
    "pointsman.money.expectation",
    "pointsman.catalog",
    "pointsman.routing.router",
    "pointsman.routing.blocking",
)


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name in __all__:
        for module in _MODULES:
            value = getattr(importlib.import_module(module), name, None)
            if value is not None:
                globals()[name] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
