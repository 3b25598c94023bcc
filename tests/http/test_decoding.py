"""Inflating whatever comes, in whatever pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import InvalidRequestError, ResponseError
from pointsman.http.addresses import is_loopback, refuse
from pointsman.http.decoding import PIECE, Inflater, inflater

PACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


@given(
    st.binary(max_size=3000),
    st.sampled_from(sorted(PACK)),
    st.lists(st.integers(1, 200), min_size=1, max_size=50),
)
def test_however_it_is_cut(content: bytes, encoding: str, sizes: list[int]) -> None:
    """The pieces make the content, whatever pieces they came in."""
    packed, decoder, made = PACK[encoding](content), Inflater(encoding), b""
    while packed:
        size = sizes[len(made) % len(sizes)]
        made += b"".join(decoder.feed(packed[:size]))
        packed = packed[size:]
    decoder.finish()

    assert made == content


def test_pieces_are_bounded() -> None:
    """A megabyte of zeros does not come at once."""
    packed = gzip.compress(b"\0" * (4 * PIECE))

    assert {len(piece) for piece in Inflater("gzip").feed(packed)} - {0} == {PIECE}


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACK)), st.floats(0, 1, exclude_max=True))
def test_a_beginning_is_not_the_whole(content: bytes, encoding: str, share: float) -> None:
    """A body cut short anywhere is an error, at the latest at its end."""
    packed, decoder = PACK[encoding](content), Inflater(encoding)
    list(decoder.feed(packed[: int(share * len(packed))]))

    with pytest.raises(ResponseError, match="cut short"):
        decoder.finish()


@given(st.binary(min_size=3))
def test_garbage(data: bytes) -> None:
    """What does not begin as gzip does is refused at once."""
    with pytest.raises(ResponseError, match="broken"):
        list(Inflater("gzip").feed(b"\x00" + data))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,br", "x" * 10_000])
def test_encodings_nobody_asked_for(encoding: str) -> None:
    """Are refused by name, shortened."""
    with pytest.raises(ResponseError) as caught:
        inflater(encoding)

    assert len(caught.value.detail) < 120


@given(
    st.sampled_from(["http", "https", "ftp", ""]) | st.text(),
    st.sampled_from(["example.com", "127.0.0.1", "169.254.1.1", ""]) | st.ip_addresses().map(str) | st.text(),
    st.none() | st.integers(-1, 70_000),
    st.just(b"") | st.binary(),
)
def test_any_address(scheme: str, host: str, port: int | None, userinfo: bytes) -> None:
    """An address passes or is refused; nothing else can happen."""
    passed = True
    try:
        refuse(scheme, host, port, userinfo)
    except InvalidRequestError:
        passed = False

    usable = scheme in {"http", "https"} and host and not userinfo and (port is None or 0 < port < 65_536)
    assert not passed or (usable and not host.startswith(("169.254.", "fe80:")))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("2130706433", True),
        ("example.com", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    """This machine, in every notation."""
    assert is_loopback(host) == expected
