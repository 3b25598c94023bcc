"""Merges what price lists say into one price per offer, with a confidence and the disagreement shown.

Rows are joined to an offer in this order:

1. The provider's own row: the source names this provider (or lists only its own models) and the id is the
   same.
2. The same by name, where the source writes the model otherwise. An offer sold another way (free, another
   region, quantised) is another price and is not joined.
3. The maker's list price, where no source knows this provider's. At the maker itself that is the price; at
   any other host it is a guess with `ELSEWHERE` as its confidence at most.

A binding row (a contract, an override) stands above all of them. Among the rows of the best class the
configured order of sources decides, then the provider's own list, then confidence, then how many sources say
the same, then age. Where the chosen row leaves a rate open, the next one that asks the same for plain tokens
fills it; discounts come last.
"""

from pointsman.catalog.prices.pricing import Priced, Pricing
from pointsman.catalog.prices.quote_index import ELSEWHERE, Joined
from pointsman.catalog.prices.selection import select_quotes

__all__ = ["ELSEWHERE", "Joined", "Priced", "Pricing", "select_quotes"]
