"""The patterns that distinguish refusals: codes first, then words.

Every pattern is general English or a code shared by many services; none names a provider or a model. Texts
are lower-case. Patterns are compiled when the first refusal needs them: most programs meet none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pointsman.failures.error_body import ErrorBody

_MONEY_CODES: Final = frozenset(
    {
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "billing_error",
        "payment_required",
    }
)
_MONEY = (
    r"insufficient[ _](?:balance|credit|fund|quota)|credit balance is too low|spend(?:ing)?[ _]limit"
    r"|billing[ _](?:hard[ _])?limit|requires more credits|out of credits"
    r"|(?:models|requests)-per-day|free_tier_daily"
)
_PER_DAY = r"perday"  # a quota's own id, as in RequestsPerDayPerProject
_RATE_CODES = frozenset({"rate_limit_exceeded", "rate_limit_error", "rate_limited", "ratelimitreached"})
_RATE = r"\brate[ _-]?limit(?:s|ed|ing)?\b|too many requests"
_TOO_LARGE = r"request too large|requested tokens exceed|larger than the .{0,40}limit"
_OVERLOAD_CODES = frozenset({"overloaded_error", "overloaded", "capacity_exceeded", "service_unavailable"})
_OVERLOAD = (
    r"overloaded|capacity exceeded|at capacity|no capacity|out of capacity|(?:over|under) (?:heavy|high) load"
    r"|rate-limited upstream|first token before"
)
_CONTEXT_CODE = (
    r"context\w*(?:exceed|overflow|length|limit)|exceed\w*context|too_many\w*tokens|(?:prompt|input)\w*too_(?:long|large)"
    r"|max\w*prompt\w*exceeded"
)
# What is too long: the context as such, or the prompt beyond a limit in tokens. Never the answer.
_CONTEXT = (
    r"context[ _](?:window|length|size|limit)|max(?:imum)? (?:prompt|input|sequence) (?:length|tokens|size)"
    r"|\bcontext\b[^.;]{0,30}\b(?:exceed|overflow)|\bn_ctx\b|\bmax_(?:seq|model)_len|\bmax_position_embeddings\b"
    r"|(?<!tool )\b(?:prompt|input|conversation|messages)(?: text)?(?: is| are)? too long"
    r"|\bprompt(?: is)? too (?:big|large)|\binput(?: is)? too (?:big|large) for\b[^.;]{0,30}\bcontext"
    r"|\bcontext is full|\b(?:prompt|input) length\b[^.;:]{0,30}\b(?:over|above) "
    r"|\btotal number of tokens\b[^.;:]{0,40}\bexceeds? the limit\b"
    r"|too many (?:input |prompt )?tokens"
    r"|(?<!tool )\b(?:prompt|inputs?|conversation|token count)\b"
    r"(?! (?:parameter|field|schema|image|file|audio)\b)"
    r"[^.;:]{0,80}?\b(?:exceed(?:s|ed)?|longer than|larger than)\b"
    r"|\b(?:request|messages?|content)\b[^.;]{0,60}?\b(?:exceed(?:s|ed)?|too long|too large|larger than)\b"
    r"[^.;]{0,60}?\b(?:tokens?|context|model)\b"
    r"|\bsequence length\b[^.;]{0,40}?\b(?:exceed|longer|larger|greater)"
    r"|reduce the length of|number of input tokens|range of input length|exceeded model token limit"
    r"|\binputs?[\W_]{0,3}tokens?\b[^.;]{0,12}\+"
    # The same in Chinese: "context length", "overlong", "too long", "exceeds … length".
    r"|上下文长度|超长|过长|超过.{0,12}长度|长度.{0,12}超"
)
# A sentence of tokens, of what they are tokens of, and of a bound is about the prompt unless it is about the
# answer, or about time.
_OF_TOKENS = r"tokens?\b"
_OF_PROMPT = (
    r"\b(?:prompts?|prompt_tokens|inputs?|input_tokens|context|conversation|messages?|request|history|sequence)\b"
    r"|\b(?:were|was) given\b"
)
_OF_BOUND = (
    r"\bexceed|\b(?:more|greater|larger|longer|less|fewer) than\b|\bat most\b|\bmaximum\b|\bup to\b|\blimit\b"
    r"|\bonly (?:supports?|process|accepts?|takes?)\b|<=|>|≤"
)
_OF_ANSWER_OR_TIME = (
    r"max_(?:new_|output_|completion_)?tokens|\b(?:output|completion|generated|budget|thinking)\b|budget_"
    r"|per[ -](?:minute|min|hour|day)|rate[ _]limit|\b[tr]p[md]\b|quota"
)
_PROMPT_STATUSES = frozenset({0, 400, 413, 422})
_POLICY_CODES = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "content_policy",
        "data_inspection_failed",
        "moderation_blocked",
        "safety",
    }
)
_POLICY = (
    r"content (?:management |usage |filtering )?(?:policy|policies)|usage polic(?:y|ies)|safety system"
    r"|flagged (?:by|as|for)|(?:was|input|content) flagged|requires moderation|responsible ?ai ?policy"
    r"|content_filter|inappropriate content"
)
_KEY_CODES = frozenset(
    {
        "invalid_api_key",
        "api_key_invalid",
        "authentication_error",
        "unauthorized",
        "unauthenticated",
        "permission_error",
    }
)
_KEY = (
    r"(?:invalid|incorrect|wrong|expired|missing|revoked|unknown|no)\b.{0,20}"
    r"\b(?:api[ _-]?key|x-api-key|credentials)"
    r"|api[ _-]?key.{0,30}\b(?:not valid|invalid|incorrect|expired|missing|revoked|not found|required)"
    r"|security token .{0,40}(?:invalid|expired)|missing authentication"
)
_MODEL_CODES = frozenset(
    {
        "model_not_found",
        "model_decommissioned",
        "invalid_model",
        "unknown_model",
        "deploymentnotfound",
        "model_not_available",
    }
)
_MODEL = (
    r"model identifier is invalid|not a valid model|invalid model\b|unknown model|no such model"
    r"|\bmodel\b[^,;]{0,80}?(?:does not exist|not found|is not available)"
    r"|\bmodel\b[^,;]{0,80}?has been (?:decommissioned|deprecated|retired)"
)
# Not asked by every status: a 4xx is one model's refusal anyhow.
_UNABLE = (
    r"\b(?:image|vision|audio|document|file|video|tool|multimodal)s?(?: input| calling| call)?s?"
    r" (?:is|are) not supported"
    r"|\bdoes(?: not|n't) support (?:image|vision|audio|document|file|video|tool|multimodal)"
)
_MISTAKE_CODES = frozenset({"tool_use_failed", "json_validate_failed"})

# A request that nobody can read, however it is written. All other refusals of a request are one dialect's or
# one model's: a parameter, a schema, a format, a part that another may take.
_MALFORMED_CODES = frozenset({"json_invalid", "invalid_json"})
_MALFORMED = (
    r"(?:could not|couldn't|cannot|can't|failed to|unable to) (?:parse|decode|deserialize|read) "
    r"(?:the |your )?(?:request |json )*(?:body|payload|request|json)\b"
    r"|(?:body|request|payload) (?:is|was) not (?:valid |a valid )?json|json decode error"
    r"|(?:malformed|invalid) json(?: body| in (?:the )?(?:request|body))|unexpected end of json"
    r"|payload received\. (?:unexpected|expected|parse|parsing)"
    r"|\bmessages\b\W{0,3} ?(?:is|are|must be an?|(?:must|can|may|should) ?not be) ?(?:non-)?empty"
    r"|at least one message|\[\] is too short"
)

# Kinds of error that arrive without a status, inside a stream. First match wins.
_FAMILIES: Final = (
    ("rate_limit", 429),
    ("resource_exhausted", 429),
    ("overload", 529),
    ("unavailable", 503),
    ("authentication", 401),
    ("unauth", 401),
    ("permission", 403),
    ("not_found", 404),
    ("too_large", 413),
    ("timeout", 504),
    ("invalid", 400),
    ("unsupported", 400),
    ("bad_request", 400),
    ("api_error", 500),
    ("server_error", 500),
    ("internal", 500),
)


def status_of(codes: frozenset[str]) -> int:
    """The status an error without one would have had; 0 when only its words can tell."""
    for part, status in _FAMILIES:
        if any(part in code for code in codes):
            return status
    return 0


def is_money(status: int, body: ErrorBody) -> bool:
    """Money or a daily allowance is gone: waiting seconds cannot help."""
    if status == 402 or body.codes & _MONEY_CODES or re.search(_MONEY, body.text):  # noqa: PLR2004 - Payment Required
        return True
    return any(re.search(_MONEY, code) or re.search(_PER_DAY, code) for code in body.codes)


def is_rate_limit(status: int, body: ErrorBody) -> bool:
    """A rate limit under another status: some answer 413 to what is too large for a minute's tokens.

    Without any status, in an error that is a sentence alone, the words decide.
    """
    return bool(body.codes & _RATE_CODES) or (status == 0 and bool(re.search(_RATE, body.text)))


def is_too_large_for_budget(headers: Mapping[str, str], body: ErrorBody, wait: float | None) -> bool:
    """This one request is larger than the whole budget: no wait is long enough.

    By its words, or by a refusal that names no wait while a token budget is untouched and none is used up.
    """
    if re.search(_TOO_LARGE, body.text):
        return True
    if wait is not None:
        return False
    untouched = False
    for name, remaining in headers.items():
        if "ratelimit" not in name or "remaining" not in name:
            continue
        if remaining.strip() == "0":
            return False
        untouched |= "token" in name and headers.get(name.replace("remaining", "limit")) == remaining
    return untouched


def is_overload(status: int, body: ErrorBody) -> bool:
    """The provider, or somebody it asks, has no room for anybody now."""
    if status == 529 or body.codes & _OVERLOAD_CODES:  # noqa: PLR2004 - overloaded, outside the RFCs
        return True
    return bool(re.search(_OVERLOAD, body.text))


def is_context(status: int, body: ErrorBody) -> bool:
    """The prompt is larger than the context window."""
    if any(re.search(_CONTEXT_CODE, code) for code in body.codes) or re.search(_CONTEXT, body.text):
        return True
    return status in _PROMPT_STATUSES and any(map(_bounds_the_prompt, re.split(r"[.;]\s", body.text)))


def _bounds_the_prompt(sentence: str) -> bool:
    about = all(re.search(each, sentence) for each in (_OF_TOKENS, _OF_PROMPT, _OF_BOUND))
    return about and not re.search(_OF_ANSWER_OR_TIME, sentence)


def is_policy(status: int, body: ErrorBody) -> bool:
    """The content was refused, not the caller."""
    if body.codes & _POLICY_CODES:
        return True
    return status in {0, 400, 403, 451} and bool(re.search(_POLICY, body.text))


def is_key(status: int, body: ErrorBody) -> bool:
    """The key was refused, under whatever status."""
    if body.codes & _KEY_CODES:
        return True
    return status in {0, 400, 401, 403} and bool(re.search(_KEY, body.text))


def is_unknown_model(_status: int, body: ErrorBody) -> bool:
    """The model is not served (any more, or to this key)."""
    return bool(body.codes & _MODEL_CODES or re.search(_MODEL, body.text))


def is_model_mistake(_status: int, body: ErrorBody) -> bool:
    """The model's own output was unusable: the request is not at fault, another model may do better."""
    return bool(body.codes & _MISTAKE_CODES)


def is_unable(status: int, body: ErrorBody) -> bool:
    """The model cannot take a part of the request, said with the status of a failure."""
    return status in {0, 500, 501} and bool(re.search(_UNABLE, body.text))


def is_malformed(_status: int, body: ErrorBody) -> bool:
    """No provider could read the request: asking another one cannot help."""
    return bool(body.codes & _MALFORMED_CODES or re.search(_MALFORMED, body.text))
