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
        SharedStateError,
        TlsError,
        TransportError,
        UnknownNameError,
    )
    from pointsman.hookspecs import Extension, Origin, hookimpl, secret, setting
    from pointsman.money.cost import FloatPrice, expected_cost
    from pointsman.money.tokens import expected_tokens
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
        Regional,
        SharedState,
        Strategy,
        TokenCounter,
    )
    from pointsman.routing.blocking import BlockingRouter
    from pointsman.routing.router import Router
    from pointsman.types import (
        FRACTION,
        PERCENT,
        Agreement,
        Attempt,
        AttemptState,
        Audio,
        CachePoint,
        Call,
        CallState,
        Candidate,
        Candidates,
        Capability,
        ChatChunk,
        ChatRequest,
        ChatResponse,
        Check,
        Claim,
        Content,
        ContextTier,
        Cost,
        Criteria,
        Deadline,
        Decision,
        Delta,
        Discount,
        Document,
        EmbedRequest,
        EmbedResponse,
        Exclusion,
        Expectation,
        Facts,
        FinishReason,
        ForwardHead,
        ForwardRequest,
        ForwardResponse,
        HttpRequest,
        Image,
        JsonSchema,
        Judge,
        Kind,
        Limit,
        Media,
        Message,
        Model,
        Outcome,
        Part,
        PartDelta,
        Plan,
        Preference,
        Price,
        Principal,
        Quality,
        Quote,
        Ranked,
        Rates,
        Reasoning,
        ReasoningDelta,
        Refusal,
        Region,
        Reservation,
        Role,
        Rule,
        Scale,
        Score,
        Secret,
        Settlement,
        Speed,
        Step,
        Text,
        TextDelta,
        Tier,
        Tool,
        ToolCall,
        ToolCallDelta,
        ToolResult,
        Unit,
        Usage,
        UsageRow,
        Valid,
        Variant,
        Window,
    )

__version__ = "0.1.0"

__all__ = [
    "FRACTION", "PERCENT", "Advice", "Agreement", "Attempt", "AttemptState", "AttemptsFailedError",
    "Audio", "AuthenticationError", "BenchmarkSource", "BlockingRouter", "BudgetError", "CachePoint",
    "Call", "CallState", "Candidate", "Candidates", "Capability", "Catalog", "ChatChunk", "ChatRequest",
    "ChatResponse", "Check", "Claim", "ConfigError", "Content", "ContentPolicyError", "ContextTier",
    "ContextWindowError", "Cost", "Criteria", "Deadline", "DeadlineError", "Decision", "Delta",
    "Discount", "Document", "EmbedRequest", "EmbedResponse", "Embedder", "Exclusion", "Expectation",
    "Extension", "Facts", "FeedError", "FinishReason", "FloatPrice", "ForwardHead", "ForwardRequest",
    "ForwardResponse", "Forwarder", "Http", "HttpAnswer", "HttpRequest", "HttpStream", "Image",
    "InvalidRequestError", "JsonSchema", "Judge", "Kind", "Learner", "Ledger", "LedgerError", "Limit",
    "Media", "Message", "Model", "ModelNotFoundError", "NoCandidateError", "Observer", "Origin",
    "Outcome", "OverloadedError", "Part", "PartDelta", "Plan", "PluginConflictError", "PluginError",
    "PointsmanError", "Preference", "Price", "PricingSource", "Principal", "Provider", "ProviderError",
    "Quality", "QuotaError", "Quote", "Ranked", "RateLimitError", "Rates", "Reasoning", "ReasoningDelta",
    "RefreshError", "Refusal", "Region", "Regional", "RequestError", "Reservation", "ResponseError",
    "Role", "Router", "Rule", "Scale", "Scope", "Score", "Secret", "ServerError", "Settlement",
    "SharedState", "SharedStateError", "Speed", "Step", "Strategy", "Text", "TextDelta", "Tier",
    "TlsError", "TokenCounter", "Tool", "ToolCall", "ToolCallDelta", "ToolResult", "TransportError",
    "Unit", "UnknownNameError", "Usage", "UsageRow", "Valid", "Variant", "Window", "expected_cost",
    "expected_tokens", "hookimpl", "secret", "setting",
]  # fmt: skip

_HOMES = {"BlockingRouter": "routing.blocking", "Catalog": "catalog", "Router": "routing.router"}
# All other names are searched for in this order, so that one costs only what stands before it.
_MODULES = ("errors", "hookspecs", "types", "protocols", "money.cost", "money.tokens")


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name in __all__:
        for module in (_HOMES[name],) if name in _HOMES else _MODULES:
            value = getattr(importlib.import_module(f"pointsman.{module}"), name, None)
            if value is not None:
                globals()[name] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
