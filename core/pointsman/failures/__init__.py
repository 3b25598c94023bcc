"""What a provider's refusal means: pure functions from status, headers and body to one of our errors.

Nothing here knows a provider. The rules read what all of them write: a status, a code, a sentence. They were
made from recorded refusals of two dozen services; see the table in ``tests/failures``.
"""

from __future__ import annotations

from pointsman.failures.classify import classify, from_error_object
from pointsman.failures.retry_after import LONGEST, exhausted, retry_after

__all__ = ["LONGEST", "classify", "exhausted", "from_error_object", "retry_after"]
