"""Everything Pointsman raises, in one tree.

::

    PointsmanError
    ├── ConfigError                 the configuration cannot be used; ``problems`` lists every one
    │   └── UnknownNameError        a name nobody knows; ``nearest`` holds the closest known ones
    ├── PluginError                 a plugin misbehaved; ``plugin`` names it
    │   └── PluginConflictError     two plugins claim one name; ``plugins`` names both
    ├── FeedError                   a price or benchmark source answered with what cannot be used
    ├── RefreshError                the catalog could not be refreshed; the last one stays
    ├── RequestError                the caller's own request is wrong; ``parameter`` says where
    ├── NoCandidateError            no model may be chosen; ``decision`` holds every reason
    ├── ProviderError               a provider did not answer; carries scope, advice and wait
    │   ├── AuthenticationError     the key is missing, wrong or not allowed
    │   ├── QuotaError              no credit or quota is left on this key
    │   ├── RateLimitError          too many requests or tokens for now
    │   ├── OverloadedError         the provider has no capacity for this model now
    │   ├── ModelNotFoundError      the provider does not know (or no longer serves) the model
    │   ├── ContextWindowError      the prompt is larger than the model's context window
    │   ├── InvalidRequestError     the provider refused the request itself
    │   ├── ContentPolicyError      the provider refused the content
    │   ├── ServerError             the provider failed inside
    │   ├── ResponseError           the provider answered with what is not an answer
    │   ├── TransportError          no connection, connection lost
    │   │   └── TlsError            the host cannot prove that it is the provider
    │   └── DeadlineError           no answer within the time allowed
    ├── AttemptsFailedError         every attempt failed; ``attempts`` holds each error
    ├── BudgetError                 the call would exceed a budget
    ├── LedgerError                 the ledger could not record; nothing is answered unrecorded
    └── SharedStateError            what processes agree on cannot be kept

Each class carries a stable ``code`` (``PM-…``). Messages say what happened, to which plugin, provider or
key (never a key's value), and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pointsman.types.decision import Decision


class Scope(Enum):
    """What a failure is about, and so what should cool down."""

    KEY = "key"
    DEPLOYMENT = "deployment"
    PROVIDER = "provider"
    NETWORK = "network"
    CALLER = "caller"


class Advice(Enum):
    """What to do about a failure."""

    RETRY_SAME = "retry same"
    OTHER_KEY = "other key"
    NEXT_CANDIDATE = "next candidate"
    FAIL_FAST = "fail fast"


class PointsmanError(Exception):
    """Root of the tree; catch it to catch everything Pointsman raises."""

    code: ClassVar[str] = "PM-ERROR"


class ConfigError(PointsmanError):
    """The configuration cannot be used.

    Attributes:
        problems: One line per problem, each beginning with its path (``tasks.fast.tier: …``).
    """

    code = "PM-CONFIG"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        head = (
            "the configuration has one problem"
            if len(self.problems) == 1
            else (f"the configuration has {len(self.problems)} problems")
        )
        super().__init__(head + ":\n" + "\n".join(f"  {problem}" for problem in self.problems))


class UnknownNameError(ConfigError):
    """A name that nobody knows.

    Attributes:
        kind: What was looked for (``task``, ``provider``, ``strategy``, ``model`` …).
        name: The name given.
        nearest: The closest known names, best first; may be empty.
    """

    code = "PM-UNKNOWN"

    def __init__(self, kind: str, name: str, nearest: Sequence[str] = (), hint: str = "") -> None:
        self.kind = kind
        self.name = name
        self.nearest = tuple(nearest)
        line = f"unknown {kind} {name!r}"
        if self.nearest:
            line += f"; did you mean {' or '.join(repr(each) for each in self.nearest)}?"
        if hint:
            line += f" {hint}" if self.nearest else f"; {hint}"
        super().__init__([line])
        self.args = (line,)


class PluginError(PointsmanError):
    """A plugin misbehaved.

    Attributes:
        plugin: Its entry-point name (and distribution, where known).
    """

    code = "PM-PLUGIN"

    def __init__(self, plugin: str, message: str) -> None:
        self.plugin = plugin
        super().__init__(f"plugin {plugin}: {message}")


class PluginConflictError(PluginError):
    """Two plugins claim one name.

    Attributes:
        plugins: Both, the one that was kept first.
    """

    code = "PM-CONFLICT"

    def __init__(self, plugins: Sequence[str], message: str) -> None:
        self.plugins = tuple(plugins)
        super().__init__(" and ".join(self.plugins), message)


class FeedError(PointsmanError):
    """A price or benchmark source answered with what cannot be used; the last good data stays.

    Attributes:
        source: The source's name.
    """

    code = "PM-FEED"

    def __init__(self, source: str, message: str) -> None:
        self.source = source
        super().__init__(f"source {source}: {message}")


class RefreshError(PointsmanError):
    """The catalog could not be refreshed; the last one stays. Why is in the message."""

    code = "PM-REFRESH"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the catalog could not be refreshed: {reason}")


class RequestError(PointsmanError):
    """The caller's own request is wrong; no provider was asked.

    Attributes:
        parameter: The parameter at fault, empty when it is the request as a whole.
    """

    code = "PM-REQUEST"

    def __init__(self, message: str, parameter: str = "") -> None:
        self.parameter = parameter
        super().__init__(message)


class NoCandidateError(PointsmanError):
    """No model may be chosen for this request.

    Attributes:
        decision: The decision with every model left out and why; None before a catalog exists.
    """

    code = "PM-NO-CANDIDATE"

    def __init__(self, message: str, decision: Decision | None = None) -> None:
        self.decision = decision
        super().__init__(message)


class ProviderError(PointsmanError):
    """A provider did not answer a call.

    Attributes:
        provider: Name of the provider instance; filled in by the attempt loop where it is missing.
        model: The model asked for; likewise.
        status: HTTP status, None when there was none.
        scope: What the failure is about.
        advice: What to do now.
        retry_after: Seconds the provider asked to wait, None when it did not say.
        maybe_billed: Whether the provider may have done (and charged for) the work.
        detail: The provider's own message, redacted and shortened.
    """

    code = "PM-PROVIDER"
    default_scope: ClassVar[Scope] = Scope.DEPLOYMENT
    default_advice: ClassVar[Advice] = Advice.NEXT_CANDIDATE

    def __init__(
        self,
        detail: str,
        *,
        provider: str = "",
        model: str = "",
        status: int | None = None,
        scope: Scope | None = None,
        advice: Advice | None = None,
        retry_after: float | None = None,
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.provider = provider
        self.model = model
        self.status = status
        self.scope = scope or self.default_scope
        self.advice = advice or self.default_advice
        self.retry_after = retry_after
        self.maybe_billed = maybe_billed

    def __str__(self) -> str:
        who = "/".join(part for part in (self.provider, self.model) if part) or "provider"
        status = f" (HTTP {self.status})" if self.status else ""
        return f"{who}{status}: {self.detail}"


class AuthenticationError(ProviderError):
    """The key is missing, wrong, or not allowed to do this."""

    code = "PM-AUTH"
    default_scope = Scope.KEY
    default_advice = Advice.OTHER_KEY


class QuotaError(ProviderError):
    """No credit or quota is left on this key; waiting seconds cannot help."""

    code = "PM-QUOTA"
    default_scope = Scope.KEY
    default_advice = Advice.OTHER_KEY


class RateLimitError(ProviderError):
    """Too many requests or tokens for now."""

    code = "PM-RATE-LIMIT"
    default_scope = Scope.KEY
    default_advice = Advice.OTHER_KEY


class OverloadedError(ProviderError):
    """The provider has no capacity for this model now."""

    code = "PM-OVERLOADED"


class ModelNotFoundError(ProviderError):
    """The provider does not know, or no longer serves, the model."""

    code = "PM-MODEL-NOT-FOUND"


class ContextWindowError(ProviderError):
    """The prompt is larger than the model's context window; only a larger or an unknown window helps."""

    code = "PM-CONTEXT-WINDOW"
    default_scope = Scope.CALLER


class InvalidRequestError(ProviderError):
    """The provider refused the request itself: a parameter, a schema, a format, a part of a message.

    Another provider may take it, so most carry the advice `NEXT_CANDIDATE`. One that nobody could read, or
    that Pointsman itself refuses, keeps `FAIL_FAST`.

    Attributes:
        parameter: The field at fault, as `ChatRequest` or the provider calls it; empty when it is not one.
    """

    code = "PM-INVALID-REQUEST"
    parameter: str = ""
    default_scope = Scope.CALLER
    default_advice = Advice.FAIL_FAST


class ContentPolicyError(ProviderError):
    """The provider refused the content."""

    code = "PM-CONTENT-POLICY"
    default_scope = Scope.CALLER
    default_advice = Advice.FAIL_FAST


class ServerError(ProviderError):
    """The provider failed inside."""

    code = "PM-SERVER"
    default_advice = Advice.RETRY_SAME


class ResponseError(ProviderError):
    """The provider answered with what is not an answer: malformed, empty, too large, cut short."""

    code = "PM-RESPONSE"


class TransportError(ProviderError):
    """No connection, or a connection lost."""

    code = "PM-TRANSPORT"


class TlsError(TransportError):
    """The host cannot prove that it is the provider: an expired, foreign or untrusted certificate, or no TLS.

    Nothing was sent. Waiting seconds does not help.
    """

    code = "PM-TLS"
    default_scope = Scope.PROVIDER


class DeadlineError(ProviderError):
    """No answer within the time allowed."""

    code = "PM-DEADLINE"


class AttemptsFailedError(PointsmanError):
    """Every attempt failed.

    Attributes:
        attempts: The error of each attempt, in order.
    """

    code = "PM-ATTEMPTS"

    def __init__(self, attempts: Sequence[ProviderError]) -> None:
        self.attempts = tuple(attempts)
        lines = "; ".join(str(error) for error in self.attempts)
        super().__init__(f"all {len(self.attempts)} attempts failed: {lines}")


class BudgetError(PointsmanError):
    """The call would exceed a limit or a budget; nothing was sent.

    Attributes:
        starts_again: When what is in the way starts again, in seconds since the epoch; None when waiting does
            not help.
    """

    code = "PM-BUDGET"

    def __init__(self, message: str, *, starts_again: float | None = None) -> None:
        self.starts_again = starts_again
        super().__init__(message)


class LedgerError(PointsmanError):
    """The ledger could not record; nothing is answered unrecorded."""

    code = "PM-LEDGER"


class SharedStateError(PointsmanError):
    """The place where processes agree on limits and cooldowns cannot be used."""

    code = "PM-STATE"
