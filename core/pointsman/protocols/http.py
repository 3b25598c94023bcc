"""The guarded HTTP client handed to every plugin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from pointsman.types import HttpRequest


class HttpAnswer(Protocol):
    """A whole answer. Header names are lower-case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...

    def json(self, *, exact: bool = False) -> Any:
        """The parsed body.

        Args:
            exact: Read numbers with a fraction as `Decimal`; use it wherever money is read.

        Raises:
            ResponseError: The body is not JSON.
        """
        ...


class HttpStream(Protocol):
    """An answer that is still arriving. Header names are lower-case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, decoded from any content-encoding."""
        ...


class Http(Protocol):
    """The guarded HTTP client handed to every plugin.

    Both calls raise a `ProviderError` of the right class for every status outside 200-299 (and outside the
    request's `accept`), for every transport failure, and for bodies over the cap. Redirects are not followed.
    """

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """The whole answer."""
        ...

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        """The answer as it arrives; leaving the block closes the connection."""
        ...
