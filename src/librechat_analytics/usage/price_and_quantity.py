"""Takes the difference between two costs apart: into quantity and price, or into four causes.

Pure functions of integers: money is in millionths of a LibreChat credit. The parts always add up to the
difference, because each is the difference between two roundings of one chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens of one type and what they cost, in one range of time."""

    cost_e6: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelUse:
    """How one model was used in one range of time."""

    calls: int = 0
    prompts: Amount = Amount()
    completions: Amount = Amount()

    @property
    def cost_e6(self) -> int:
        return self.prompts.cost_e6 + self.completions.cost_e6


@dataclass(frozen=True, slots=True)
class Effects:
    """What a difference in cost consists of, in millionths of a credit; both add up to it."""

    price_e6: int
    quantity_e6: int


@dataclass(frozen=True, slots=True)
class Causes:
    """Why a cost differs, in millionths of a credit; all four add up to the difference.

    ``more_calls``: another number of calls, at what a call cost before. ``dearer_models``: another mix of
    models, new ones included. ``longer_calls``: another number of tokens in a call of a model.
    ``changed_prices``: another price of a token of a model.
    """

    more_calls_e6: int
    longer_calls_e6: int
    dearer_models_e6: int
    changed_prices_e6: int


def effects(changes: Sequence[tuple[Amount, Amount]]) -> Effects:
    """Split the change of some pairs (before, now) into price and quantity and add them up.

    Quantity is the change of tokens at the price of before, price the change of the price for the tokens of
    now. What had no tokens before has no price of before, so it is quantity.
    """
    quantity_e6 = sum(_at_old_price(before, now) - before.cost_e6 for before, now in changes)
    difference_e6 = sum(now.cost_e6 - before.cost_e6 for before, now in changes)
    return Effects(difference_e6 - quantity_e6, quantity_e6)


def causes(changes: Sequence[tuple[ModelUse, ModelUse]]) -> Causes:
    """Find out why the cost of some models differs, from pairs (before, now) of each model's use.

    From the cost before to the cost now in four steps: first the calls change, then which models answer
    them, then how long they are, then what a token costs.
    """
    before_e6 = sum(before.cost_e6 for before, _ in changes)
    now_e6 = sum(now.cost_e6 for _, now in changes)
    calls_before = sum(before.calls for before, _ in changes)
    calls = sum(now.calls for _, now in changes)
    if not calls_before:
        return Causes(now_e6 - before_e6, 0, 0, 0)
    with_calls_e6 = _scaled(before_e6, calls, calls_before)
    with_models_e6 = sum(_at_old_length(before, now) for before, now in changes)
    with_lengths_e6 = sum(_at_old_prices(before, now) for before, now in changes)
    return Causes(
        more_calls_e6=with_calls_e6 - before_e6,
        dearer_models_e6=with_models_e6 - with_calls_e6,
        longer_calls_e6=with_lengths_e6 - with_models_e6,
        changed_prices_e6=now_e6 - with_lengths_e6,
    )


def _at_old_length(before: ModelUse, now: ModelUse) -> int:
    """Return what the calls of now would have cost if each had cost what one cost before."""
    if not before.calls:
        return _at_old_prices(before, now)
    return _scaled(before.cost_e6, now.calls, before.calls)


def _at_old_prices(before: ModelUse, now: ModelUse) -> int:
    return _at_old_price(before.prompts, now.prompts) + _at_old_price(before.completions, now.completions)


def _at_old_price(before: Amount, now: Amount) -> int:
    """Return what the tokens of now would have cost at the price of before; without one, what they cost."""
    return _scaled(before.cost_e6, now.tokens, before.tokens) if before.tokens else now.cost_e6


def _scaled(cost_e6: int, part: int, whole: int) -> int:
    """Return a cost times part / whole, rounded to the nearest integer."""
    return (2 * cost_e6 * part + whole) // (2 * whole)
