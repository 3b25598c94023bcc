"""What a plugin asks the HTTP client for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen


def _without_query(url: str) -> str:
    return repr(url.partition("?")[0])


@frozen
class HttpRequest:
    """One request, for the `Http` a plugin is handed: ``await http.request(HttpRequest("GET", url))``.

    Attributes:
        method: ``GET``, ``POST`` …
        url: http or https; no password, no link-local address.
        headers: As they go out; names in any case.
        params: Added to the query of `url`.
        json: Sent as JSON when it is not None; then `body` is not looked at.
        body: Sent as it is.
        accept: Statuses outside 200 to 299 that are answers too, for example 304.
    """

    method: str
    # What else a request holds (and what a query may hold) is secret or private: a repr shows none of it.
    url: str = field(repr=_without_query)
    headers: Mapping[str, str] = field(factory=dict, kw_only=True, repr=False)
    params: Mapping[str, str] = field(factory=dict, kw_only=True, repr=False)
    json: object = field(default=None, kw_only=True, repr=False)
    body: bytes | None = field(default=None, kw_only=True, repr=False)
    accept: Sequence[int] = field(default=(), kw_only=True)
