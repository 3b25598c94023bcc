"""A price for choosing among thousands: in floats, prepared once."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from pointsman.types.money import Price


@frozen
class FloatPrice:
    """The formula of `pointsman.money.cost` for plain tokens, in floats.

    Attributes:
        input, output: USD per token.
        request: USD per request.
        tiers: Threshold, input and output of each whole-request tier, highest threshold first.
        steps: The same of each marginal tier, lowest threshold first; None keeps the rate below.
    """

    input: float
    output: float
    request: float
    tiers: tuple[tuple[int, float, float], ...] = ()
    steps: tuple[tuple[int, float | None, float | None], ...] = ()

    @classmethod
    def of(cls, price: Price | None) -> FloatPrice | None:
        """None when the price of a plain token is unknown."""
        if price is None or price.rates.input is None or price.rates.output is None:
            return None
        rates = price.rates
        plain = own_input, own_output = float(rates.input or 0) / 1e6, float(rates.output or 0) / 1e6
        tiers: list[tuple[int, float, float]] = []
        steps: list[tuple[int, float | None, float | None]] = []
        for tier in sorted(rates.tiers, key=lambda tier: tier.above):
            stated = tier_input, tier_output = _per_token(tier.input), _per_token(tier.output)
            if tier.marginal:
                steps.append((tier.above, *stated))
            else:
                own_input = own_input if tier_input is None else tier_input
                own_output = own_output if tier_output is None else tier_output
                tiers.append((tier.above, own_input, own_output))
        return cls(*plain, float(rates.request or 0), tuple(reversed(tiers)), tuple(steps))

    def cost(self, input_tokens: float, output_tokens: float) -> float:
        """USD for a call of this size with nothing cached; agrees with `expected_cost` to 12 digits."""
        input_rate, output_rate, held_from = self.input, self.output, -1
        for above, tier_input, tier_output in self.tiers:
            if input_tokens > above:
                input_rate, output_rate, held_from = tier_input, tier_output, above
                break
        usd = input_tokens * input_rate + output_tokens * output_rate + self.request
        for above, step_input, step_output in self.steps:
            if above > held_from:
                higher = input_rate if step_input is None else step_input
                usd += max(input_tokens - above, 0) * (higher - input_rate)
                input_rate = higher
                higher = output_rate if step_output is None else step_output
                usd += max(output_tokens - above, 0) * (higher - output_rate)
                output_rate = higher
        return usd


def _per_token(rate: Decimal | None) -> float | None:
    return None if rate is None else float(rate) / 1e6
