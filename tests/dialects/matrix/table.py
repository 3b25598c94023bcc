"""The matrix as a table: a row for each provider, a column for each client."""

from __future__ import annotations

from pointsman.http import Client as HttpClient

from tests.dialects.matrix.clients import CLIENTS, Client
from tests.dialects.matrix.passage import ASKED, Passage, passage
from tests.dialects.matrix.providers import SHIPPED, Shipped

CAME = ("text", "calls", "thoughts", "finish", "usage")
"""What an answer is compared by."""


async def table() -> str:
    """The table, in Markdown."""
    head = ["provider", *(f"{client.dialect} client" for client in CLIENTS)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    async with HttpClient("matrix") as http:
        for shipped in SHIPPED:
            cells = [await _cell(client, shipped, http) for client in CLIENTS]
            lines.append("| " + " | ".join([shipped.name, *cells]) + " |")
    return "\n".join(lines)


async def _cell(client: Client, shipped: Shipped, http: HttpClient) -> str:
    """One word of each way where they are alike, else both."""
    whole, streamed = [_words(await passage(client, shipped, http, stream=each)) for each in (False, True)]
    return whole if whole == streamed else f"whole: {whole}; streamed: {streamed}"


def _words(result: Passage) -> str:
    said = [f"refused: {', '.join(result.refused)}"] if result.refused else []
    lost = [name for name in ASKED if name not in result.arrived]
    said.append("all sent" if not lost else f"sent but {', '.join(lost)}")
    if result.pairs is False:
        said.append("results at other calls")
    missing = [name for name in CAME if name not in result.came]
    said.append("all back" if not missing else f"back but {', '.join(missing)}")
    if result.returned is not None:
        said.append("seal returned" if result.returned else "seal lost")
    return "; ".join(said)
