"""Why a customer gets what they get, as reason codes, strongest first; the words stand in `catalogue/strategy.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.strategy.explore import Explored
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.kernels import Bits, Floats
from offersmith.strategy.objective import CAUTIOUS, PROFIT, REVENUE

Condition = tuple[str, NDArray[np.bool_]]
SEVERAL = {
    "profit_above_price": "profit_above_prices",
    "fills_the_budget": "fills_the_limits",
    "not_worth_the_price": "not_worth_the_prices",
    "budget_used_up": "limits_used_up",
}
"""What is said where a plan keeps more than a budget."""
GOALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        PROFIT: {},
        REVENUE: {
            "profit_above_price": "revenue_above_price",
            "profit_above_prices": "revenue_above_prices",
            "most_profit": "most_revenue",
            "no_positive_effect": "no_more_revenue",
        },
        CAUTIOUS: {
            "profit_above_price": "sure_above_price",
            "profit_above_prices": "sure_above_prices",
            "most_profit": "most_sure_profit",
            "no_positive_effect": "no_sure_effect",
        },
    }
)
"""What is said where a plan makes something else large than profit."""
TIE = 1e-6
"""Relative distance from the price below which a customer is at it."""
ROUNDING = 1e-9
"""Major units by which a customer at a tie may seem to lie below the price."""


def reasons(
    value: Bits,
    cost: Bits,
    made: Explored,
    keep: Keeping,
    facts: Sequence[Condition],
    *,
    profit: Floats,
    goal: str = PROFIT,
    cold: bool,
) -> pa.ListArray:
    """Return the reason codes of every decision.

    Args:
        value: float32 (K, n) what is made large, -inf where not allowed.
        cost: float32 (K, n).
        made: the decisions.
        keep: the rows they keep.
        facts: further codes with where they hold, strongest first.
        profit: (K, n) expected.
        goal: what is made large, of `objective.OBJECTIVES`.
        cold: whether all was decided by lot.
    """
    decided = _cold(made) if cold else [*_warm(value, cost, made, keep, profit), *_given_up(made, profit, goal)]
    held = [*((GOALS[goal].get(code, code), where) for code, where in decided), *facts]
    matrix = np.column_stack([where for _, where in held])
    codes = pa.array([code for code, _ in held], pa.string())
    places = np.nonzero(matrix)[1]
    ends = np.concatenate([[0], np.cumsum(matrix.sum(axis=1))])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), codes.take(pa.array(places)))


def holding(reasons: pa.ListArray, code: str) -> NDArray[np.bool_]:
    """Return (n,) for which decisions a code is among the reasons."""
    held = np.zeros(len(reasons), np.bool_)
    found = pc.equal(reasons.flatten(), code).to_numpy(zero_copy_only=False)
    held[pc.list_parent_indices(reasons).to_numpy()[found]] = True
    return held


def _cold(made: Explored) -> list[Condition]:
    everybody = np.ones(made.choice.size, np.bool_)
    return [("by_lot", made.by_lot), ("too_dear_to_try", ~made.by_lot), ("cold_start", everybody)]


def _given_up(made: Explored, profit: Floats, goal: str) -> list[Condition]:
    """Return where an offer is given that is expected to lose money, for what it adds to the goal."""
    if goal == PROFIT:
        return []
    lost, given = np.zeros(made.choice.size, np.bool_), np.flatnonzero((made.choice >= 0) & ~made.by_lot)
    lost[given] = profit[made.choice[given], given] < 0
    return [("loses_profit", lost)]


def _warm(value: Bits, cost: Bits, made: Explored, keep: Keeping, profit: Floats) -> list[Condition]:
    worth = np.where(np.isfinite(value), value, -np.inf).astype(np.float64)
    top = worth.max(axis=0, initial=-np.inf)
    charged = keep.priced(made.price, cost.astype(np.float64), profit)
    net = worth - charged
    # Values, costs and prices are as good as float32: nearer than that to the price is at the price.
    tie = TIE * np.where(np.isfinite(value), np.abs(worth) + np.abs(charged), 0.0)
    priced = (net - tie).max(axis=0, initial=-np.inf)
    chosen, binds = ~made.by_lot, bool(made.price.any())
    given, nothing = chosen & (made.choice >= 0), chosen & (made.choice < 0)
    none_left = nothing & (top > 0) & (priced > 0)
    paid = np.flatnonzero(given)
    below, forced = np.zeros(made.choice.size, np.bool_), np.zeros(made.choice.size, np.bool_)
    forced[paid] = worth[made.choice[paid], paid] <= 0
    below[paid] = net[made.choice[paid], paid] < -tie[made.choice[paid], paid] - ROUNDING
    forced &= not keep.alone  # beside a budget alone, nobody is given what does not pay
    below &= binds & ~forced
    least = given & ~forced
    held = [
        ("by_lot", made.by_lot),
        ("needed_by_a_limit", forced),
        ("profit_above_price", least & binds & ~below),
        ("fills_the_budget", below),
        ("most_profit", least & (not binds)),
        ("no_offer_allowed", nothing & (top == -np.inf)),
        ("no_positive_effect", nothing & (top > -np.inf) & (top <= 0)),
        ("not_worth_the_price", nothing & (top > 0) & ~none_left),
        ("budget_used_up", none_left),
    ]
    return held if keep.alone else [(SEVERAL.get(code, code), where) for code, where in held]
