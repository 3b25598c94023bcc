"""What one attempt of each operation does with a provider. The attempt loop is the same for all of them."""

from pointsman.routing.exchanges.chat import ChatExchange, StreamExchange
from pointsman.routing.exchanges.embed import EmbedExchange
from pointsman.routing.exchanges.exchange import Exchange, Turn
from pointsman.routing.exchanges.forward import ForwardExchange

__all__ = ["ChatExchange", "EmbedExchange", "Exchange", "ForwardExchange", "StreamExchange", "Turn"]
