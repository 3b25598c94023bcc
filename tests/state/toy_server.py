"""A toy of a shared state that lives elsewhere, as a database would: ``python -m tests.state.toy_server``.

It prints its port on loopback and serves until its standard input ends. A request is one line of JSON: a
number, whose data is meant, the name of a method of the port, its arguments; the answer is the number and the
result.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import Any

import attrs
from pointsman.types import Claim, Deadline

from tests.state.model import Model


def answer(model: Model, method: str, arguments: list[Any]) -> Any:
    """What the model says now, as JSON."""
    model.now = time.time()
    if method in {"add", "adjust"}:
        arguments = [[Claim(*each) for each in arguments[0]]]
    elif method == "extend":
        arguments[1] = Deadline(*arguments[1])
    elif method == "keep":
        arguments[1] = bytes.fromhex(arguments[1])
    result = getattr(model, method)(*arguments)
    if method == "deadlines":
        return {name: attrs.astuple(each) for name, each in result.items()}
    if method == "kept":
        return None if result is None else result.hex()
    return attrs.astuple(result) if attrs.has(type(result)) else result


async def main() -> None:
    """Serve."""
    models: defaultdict[str, Model] = defaultdict(Model)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            number, space, method, *arguments = json.loads(line)
            writer.write(json.dumps([number, answer(models[space], method, arguments)]).encode() + b"\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**24)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
