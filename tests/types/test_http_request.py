"""A request to the HTTP client."""

from __future__ import annotations

from pointsman import HttpRequest


def test_its_repr_shows_no_secret() -> None:
    """Neither the query of its address nor anything else a key or a prompt may stand in."""
    asked = HttpRequest(
        "POST",
        "https://acme.example/v1?key=c4nary",
        headers={"authorization": "Bearer c4nary"},
        params={"key": "c4nary"},
        json={"prompt": "c4nary"},
        body=b"c4nary",
    )

    assert repr(asked) == "HttpRequest(method='POST', url='https://acme.example/v1', accept=())"


def test_equal_requests_are_equal() -> None:
    """A test can say what a plugin must have sent."""
    assert HttpRequest("GET", "http://x", headers={"a": "b"}) == HttpRequest(
        "GET", "http://x", headers={"a": "b"}
    )
