"""Customers in the order a model would treat them, with what happened: what every uplift figure is computed from.

Two kinds of comparison become the same arrays. One arm against control: the treated are those given that arm. Many
arms: a customer counts as treated when they happened to be given the very arm the model would give them (its best one),
and such rows stand, by the inverse of their chance, for everybody whose best arm that is. Customers given anything else
take their place in the order and say nothing about outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.experiments.uplift.check import arms, finite, one_length, propensities, spread_over

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Rows in their given order, and the order they would be treated in.

    Attributes:
        order: (n,) row numbers, best first; ties in any order, they are never told apart.
        ends: (g,) where each run of equal predictions ends in `order` (exclusive); the last is n.
        treated: (n,) weight of a row as a treated one: 1 / its chance, 0 where it was not given what it is judged for.
        control: (n,) weight of a row as a control, likewise.
        outcome: (n,) what happened.
        cluster: (n,) number of the customer, 0 to c - 1; rows of one are counted as one. None = all different.
        arms: how many arms besides the control the model chooses among.
    """

    order: Ints
    ends: Ints
    treated: Floats
    control: Floats
    outcome: Floats
    cluster: Ints | None = None
    arms: int = 1

    def __len__(self) -> int:
        return len(self.order)

    @property
    def binary(self) -> bool:
        """Whether all outcomes are zeros and ones."""
        return bool(((self.outcome == 0) | (self.outcome == 1)).all())

    @property
    def group(self) -> Ints:
        """(n,) the run of equal predictions each row belongs to, 0 is the best."""
        found = np.empty(len(self.order), dtype=np.int64)
        found[self.order] = np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))
        return found


def one_arm(
    predicted: Floats,
    treated: Bools,
    outcome: Floats,
    *,
    propensity: Floats | None = None,
    customer: Ints | None = None,
) -> Ranked:
    """Rank the customers of one arm and its control.

    Args:
        predicted: (n,) predicted effect of the arm; higher is treated earlier.
        treated: (n,) given the arm; the others are the control.
        outcome: (n,) what happened, binary or continuous.
        propensity: (n,) chance of what the row was given, in (0, 1]; None = the same for all of a group.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: lengths differ, a value is not finite, a chance is outside (0, 1], or a group is empty.
    """
    given = np.asarray(treated).astype(bool)
    return _ranked(
        np.asarray(predicted, dtype=np.float64),
        (given, ~given),
        np.asarray(outcome, dtype=np.float64),
        propensity,
        customer,
        1,
    )


def many_arms(
    predicted: Floats,
    arm: Ints,
    outcome: Floats,
    *,
    propensity: Floats | None = None,
    customer: Ints | None = None,
) -> Ranked:
    """Rank customers by their best predicted effect, each judged for its best arm.

    Args:
        predicted: (n, k) predicted effect of each arm over arm 0; column 0 is not read.
        arm: (n,) what was given, 0 to k - 1; 0 is the control.
        outcome: (n,) what happened.
        propensity: (n,) chance of the arm that was given, in (0, 1]; None = the arm's share of the rows.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: as `one_arm`; also where nobody was given the arm the model would give them.
    """
    effects, given = arms(np.asarray(predicted, dtype=np.float64), np.asarray(arm))
    best = 1 + np.argmax(effects[:, 1:], axis=1)
    chance = spread_over(given, effects.shape[1]) if propensity is None else propensity
    top = effects[np.arange(len(best)), best]
    return _ranked(
        top, (given == best, given == 0), np.asarray(outcome, dtype=np.float64), chance, customer, effects.shape[1] - 1
    )


def _ranked(
    score: Floats,
    groups: tuple[Bools, Bools],
    outcome: Floats,
    propensity: Floats | None,
    customer: Ints | None,
    count: int,
) -> Ranked:
    one_length(predicted=score, given=groups[0], outcome=outcome, propensity=propensity, customer=customer)
    finite(predicted=score, outcome=outcome)
    weight = 1 / propensities(propensity, groups)
    order = np.argsort(-score, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(score[order])) + 1, len(order)]
    cluster = None if customer is None else np.unique(np.asarray(customer), return_inverse=True)[1]
    treated, control = (np.where(rows, weight, 0.0) for rows in groups)
    return Ranked(order, ends, treated, control, outcome, cluster, count)
