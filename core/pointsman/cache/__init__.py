"""What may be lost: answers of sources, kept on disk between runs."""

from pointsman.cache.keyed import Cache

__all__ = ["Cache"]
