"""The test kit for plugin authors, and the fakes the project's own tests use.

Load it as a pytest plugin, so that its asserts explain themselves::

    [tool.pytest.ini_options]
    addopts = ["-p", "pointsman.testing"]

then subclass what you wrote a plugin for, and run pytest::

    class TestAcme(ProviderTests):
        @pytest.fixture
        def upstream(self):
            with OpenAIUpstream.in_thread() as upstream:
                yield upstream

        @pytest.fixture
        def provider(self, upstream):
            return Acme(AcmeConfig(key=Secret(self.key), base_url=upstream.base_url))

The fakes need no pytest, the kits do; each loads on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsman.testing.anthropic import AnthropicUpstream
    from pointsman.testing.benchmarks import BenchmarkSourceTests
    from pointsman.testing.candidates import candidate
    from pointsman.testing.compatible import OpenAICompatibleTests
    from pointsman.testing.exchange import Received, Reply
    from pointsman.testing.fake_models import FakeModel
    from pointsman.testing.fakes import FakeHttp, Pieces
    from pointsman.testing.ledgers import LedgerTests
    from pointsman.testing.openai import OpenAIUpstream, ResponsesUpstream
    from pointsman.testing.pricing import PricingSourceTests
    from pointsman.testing.providers import ProviderTests
    from pointsman.testing.shared_states import SharedStateTests
    from pointsman.testing.speakers import SpeakerTests
    from pointsman.testing.strategies import StrategyTests
    from pointsman.testing.upstream import Upstream

# pytest reads this name when the package is loaded with ``-p``.
pytest_plugins = ("pointsman.testing.fixtures",)

_HOME = {
    "pointsman.testing.anthropic": ("AnthropicUpstream",),
    "pointsman.testing.benchmarks": ("BenchmarkSourceTests",),
    "pointsman.testing.candidates": ("candidate",),
    "pointsman.testing.compatible": ("OpenAICompatibleTests",),
    "pointsman.testing.exchange": ("Received", "Reply"),
    "pointsman.testing.fake_models": ("FakeModel",),
    "pointsman.testing.fakes": ("FakeHttp", "Pieces"),
    "pointsman.testing.openai": ("OpenAIUpstream", "ResponsesUpstream"),
    "pointsman.testing.pricing": ("PricingSourceTests",),
    "pointsman.testing.providers": ("ProviderTests",),
    "pointsman.testing.ledgers": ("LedgerTests",),
    "pointsman.testing.shared_states": ("SharedStateTests",),
    "pointsman.testing.speakers": ("SpeakerTests",),
    "pointsman.testing.strategies": ("StrategyTests",),
    "pointsman.testing.upstream": ("Upstream",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "AnthropicUpstream",
    "BenchmarkSourceTests",
    "FakeHttp",
    "FakeModel",
    "LedgerTests",
    "OpenAICompatibleTests",
    "OpenAIUpstream",
    "Pieces",
    "PricingSourceTests",
    "ProviderTests",
    "Received",
    "Reply",
    "ResponsesUpstream",
    "SharedStateTests",
    "SpeakerTests",
    "StrategyTests",
    "Upstream",
    "candidate",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
    return value
