"""From a host's name to a connected socket, over whichever of its addresses answers first.

By hand, after RFC 8305: asyncio's own ``happy_eyeballs_delay`` leaves sockets behind when it is cancelled.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest

from pointsman.errors import InvalidRequestError

HEAD_START = 0.25
"""Seconds each address has before the next one is tried beside it (RFC 8305 5)."""

Check = Callable[[str], None]
"""Raises `InvalidRequestError` for an address that must not be called."""

_Place = tuple[int, tuple[object, ...]]


async def connect(host: str, port: int, check: Check) -> socket.socket:
    """A connected, non-blocking socket.

    Args:
        host: A name or a literal address.
        port: 1 to 65535.
        check: Asked about every address before anything is sent there, be it to connect.

    Raises:
        InvalidRequestError: Every address of that name is forbidden.
        OSError, UnicodeError: There is no such name, or nobody answers.
        ExceptionGroup: Of those, one for each address.
    """
    loop = asyncio.get_running_loop()
    allowed, refusal = [], None
    for family, address in await _addresses(loop, host, port):
        try:
            check(str(address[0]))
        except InvalidRequestError as error:
            refusal = error
        else:
            allowed.append((family, address))
    if refusal is not None and not allowed:
        raise refusal
    if len(allowed) == 1:
        return await _attempt(loop, allowed[0])
    return await _race(loop, _alternating(allowed))


async def _addresses(loop: asyncio.AbstractEventLoop, host: str, port: int) -> Sequence[_Place]:
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [(family, address) for family, _, _, _, address in found]
    return [(socket.AF_INET if literal.version == 4 else socket.AF_INET6, (host, port))]  # noqa: PLR2004


def _alternating(places: Sequence[_Place]) -> list[_Place]:
    """The resolver's order, but the families take turns: one that is broken costs one head start."""
    first = [place for place in places if place[0] == places[0][0]]
    second = [place for place in places if place[0] != places[0][0]]
    return [place for place in chain.from_iterable(zip_longest(first, second)) if place is not None]


async def _attempt(loop: asyncio.AbstractEventLoop, place: _Place) -> socket.socket:
    family, address = place
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _race(loop: asyncio.AbstractEventLoop, places: list[_Place]) -> socket.socket:
    """The first connection that stands; those under way are ended, and closed if they stand after all."""
    failures: list[Exception] = []
    running: set[asyncio.Task[socket.socket]] = set()
    try:
        while places or running:
            if places:
                running.add(loop.create_task(_attempt(loop, places.pop(0))))
            wait = HEAD_START if places else None
            done, _ = await asyncio.wait(running, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                running.discard(task)
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, Exception):
                    raise error
                failures.append(error)
        raise ExceptionGroup("no address answers", failures or [OSError("the name has no address")])
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_discard)


def _discard(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
