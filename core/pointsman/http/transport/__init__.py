"""A lean HTTP/1.1 transport: asyncio and httptools below the HTTP library's own transport interface.

Bytes are parsed by llhttp (through httptools); what stands here is the rest: connecting, TLS, proxies,
keeping connections, deadlines, and refusing what is not one well-formed answer. No redirects, cookies,
decoding or HTTP/2: the first three belong to the guarded client, the last to the HTTP library, which stays
behind the same `Sender`. docs/explanation/transport.md says why this exists and what it does not do.
"""

from pointsman.http.transport.proxy import Proxy
from pointsman.http.transport.transport import Transport

__all__ = ["Proxy", "Transport"]
