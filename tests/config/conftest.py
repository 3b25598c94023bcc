"""What these tests share."""

from tests.plugins.distributions import site

__all__ = ["site"]
