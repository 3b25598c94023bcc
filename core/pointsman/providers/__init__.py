"""Building blocks for providers, public: stream readers, dialect translators, careful readers of fields.

`OpenAICompatible` is a whole provider to subclass; `OpenAIEmbedder` the same with embeddings; the rest are
the parts that they and the providers of other dialects are made of.
"""

from pointsman.dialects.counts import AnthropicCounts, Counts
from pointsman.dialects.errors import stated_error
from pointsman.dialects.media import media_data, media_url
from pointsman.dialects.refusals import not_taken, refuse, refuse_parts
from pointsman.dialects.totals import fitted
from pointsman.dialects.usage import (
    anthropic_usage,
    normalised,
    openai_usage,
    region_of,
    searches_of,
    service_tier_of,
    stated_cost,
    tokens,
)
from pointsman.failures import from_error_object
from pointsman.providers.embeddings import openai_embed_body, openai_embed_response
from pointsman.providers.forwarded import ForwardedUsage
from pointsman.providers.forwarding import with_model
from pointsman.providers.listing import (
    aliases,
    capabilities,
    granted,
    listed_quotes,
    listed_rows,
    next_url,
    openai_listing,
    output_kind,
    read_models,
)
from pointsman.providers.openai_compatible import Endpoint, OpenAICompatible, OpenAIEmbedder
from pointsman.providers.responses import OpenAIResponses
from pointsman.providers.streamed import as_chunk, gathered, streamed
from pointsman.wire.fields import as_object, json_object
from pointsman.wire.streams import Event, Reader, drained, events, objects

__all__ = [
    "AnthropicCounts",
    "Counts",
    "Endpoint",
    "Event",
    "ForwardedUsage",
    "OpenAICompatible",
    "OpenAIEmbedder",
    "OpenAIResponses",
    "Reader",
    "aliases",
    "anthropic_usage",
    "as_chunk",
    "as_object",
    "capabilities",
    "drained",
    "events",
    "fitted",
    "from_error_object",
    "gathered",
    "granted",
    "json_object",
    "listed_quotes",
    "listed_rows",
    "media_data",
    "media_url",
    "next_url",
    "normalised",
    "not_taken",
    "objects",
    "openai_embed_body",
    "openai_embed_response",
    "openai_listing",
    "openai_usage",
    "output_kind",
    "read_models",
    "refuse",
    "refuse_parts",
    "region_of",
    "searches_of",
    "service_tier_of",
    "stated_cost",
    "stated_error",
    "streamed",
    "tokens",
    "with_model",
]
