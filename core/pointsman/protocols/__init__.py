"""The ports: what a provider, a source, a strategy, a ledger and an observer must be able to do.

Plugins satisfy them by shape; nothing has to be inherited. All I/O is asynchronous and goes through the
`Http` that is handed in, so caps, deadlines, address policy and redaction live in one place and a test hands
in a fake.
"""

from pointsman.protocols.http import Http, HttpAnswer, HttpStream
from pointsman.protocols.ledger import Checkable, Ledger, Observer
from pointsman.protocols.providers import Embedder, Forwarder, Provider, Regional, TokenCounter
from pointsman.protocols.shared_state import SharedState
from pointsman.protocols.sources import BenchmarkSource, PricingSource
from pointsman.protocols.strategies import Learner, Strategy

__all__ = [
    "BenchmarkSource",
    "Checkable",
    "Embedder",
    "Forwarder",
    "Http",
    "HttpAnswer",
    "HttpStream",
    "Learner",
    "Ledger",
    "Observer",
    "PricingSource",
    "Provider",
    "Regional",
    "SharedState",
    "Strategy",
    "TokenCounter",
]
