"""The average effect of each arm over control, with its 95 % interval.

Three ways, each named in its result:

- `conversion` / `difference` (this file): means of the two groups. Zeros and ones with equal chances: the interval of
  Agresti & Caffo (2000); other outcomes: Welch's (1947). With chances that differ between customers, or customers with
  several rows: means weighted by the inverse chance (Hajek) and the sandwich error, summed by customer.
- `lin` and `doubly_robust` (`adjusted.py`): narrower, where features or models tell something of the outcome.

Heavy tails and many zeros (spend, profit) change none of the estimators; they slow the normal approximation down.
`influential` says how many customers the variance rests on, and below `MIN_SUPPORT` no interval is stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.experiments.metrics import conversion, mean_difference
from offersmith.experiments.uplift.check import finite, one_length, propensities
from offersmith.experiments.uplift.spread import MIN_GROUP, Spread, people, spread, support

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MIN_SUPPORT = 2.0
"""No interval of means where the smaller group's part of the outcomes that differ is less than this (`support`): 95 %
intervals of rare, heavy-tailed spend cover 0.69 - 0.89 below it and 0.91 - 0.97 above."""


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """What one arm changes on average.

    Attributes:
        arm: its name.
        method: `conversion`, `difference`, `lin` or `doubly_robust`.
        rows: given the arm.
        control_rows: given the control.
        mean: expected outcome with the arm, in the outcome's unit a customer.
        control_mean: without.
        effect: the difference; exactly `mean - control_mean`.
        standard_error: of the effect.
        low: lower end of the interval; None where it is withheld.
        high: upper end, likewise. For `conversion` not centred on the effect.
        influential: how many customers the variance rests on (Kish's number of the squared influences).
        reason: why there is no interval (key of `catalogue/experiments.toml`), else empty.
    """

    arm: str
    method: str
    rows: int
    control_rows: int
    mean: float
    control_mean: float
    effect: float
    standard_error: float
    low: float | None
    high: float | None
    influential: float
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def differences(
    arm: Ints,
    outcome: Floats,
    names: Sequence[str],
    *,
    propensity: Floats | None = None,
    customer: Ints | None = None,
) -> tuple[ArmEffect, ...]:
    """Return each arm's difference of means from arm 0.

    Args:
        arm: (n,) what was given, 0 to k - 1; 0 is the control.
        outcome: (n,) what happened.
        names: (k,) of the arms, the control's first.
        propensity: (n,) chance of the arm that was given, in (0, 1]; None = the same for all of an arm.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: lengths differ, a value is not finite, a chance is outside (0, 1], an arm without a name or rows.
    """
    one_length(arm=arm, outcome=outcome, propensity=propensity, customer=customer)
    finite(outcome=outcome)
    groups = rows_of(arm, names)
    if propensity is not None or customer is not None:
        weight = 1 / propensities(propensity, (groups[0], groups[-1]))
        means = [_hajek(weight * rows, outcome) for rows in groups]
        return tuple(
            armed(
                names[i],
                "difference",
                (groups[i], groups[0]),
                outcome,
                (means[i][0], means[0][0]),
                spread(means[i][1] - means[0][1], customer),
                customer=customer,
            )
            for i in range(1, len(names))
        )
    return tuple(_plain(groups[0], groups[i], outcome, names[i]) for i in range(1, len(names)))


def rows_of(arm: Ints, names: Sequence[str]) -> list[Bools]:
    """Return who was given which arm, refusing arms without a name and arms nobody was given."""
    found = np.asarray(arm)
    bad = (found < 0) | (found >= len(names))
    if bad.any():
        raise InputError(
            f"arm: {int(bad.sum())} of {len(found)} rows hold an arm without a name, such as {found[bad][0]}; "
            f"known: 0 to {len(names) - 1}",
            column="arm",
            count=int(bad.sum()),
        )
    groups = [found == i for i in range(len(names))]
    empty = [name for name, rows in zip(names, groups, strict=True) if not rows.any()]
    if empty:
        raise InputError(f"arm {empty[0]!r}: 0 of {len(found)} rows were given it", arms=empty)
    return groups


def armed(
    name: str,
    method: str,
    groups: tuple[Bools, Bools],
    outcome: Floats,
    means: tuple[float, float],
    found: Spread,
    bounds: tuple[float, float] | None = None,
    customer: Ints | None = None,
) -> ArmEffect:
    """State an arm's effect with its interval, or say why there is none.

    Args:
        name: of the arm.
        method: how it was estimated.
        groups: who was given the arm, and who the control.
        outcome: (n,) what happened.
        means: expected outcome with the arm and without.
        found: the spread of the effect.
        bounds: of the interval; None = Student's around the effect.
        customer: (n,) number of the customer, where rows repeat one.
    """
    effect = means[0] - means[1]
    low, high = bounds or (effect - found.reach(), effect + found.reach())
    sizes = int(groups[0].sum()), int(groups[1].sum())
    reason = "uplift_few_customers" if min(people(rows, customer) for rows in groups) < MIN_GROUP else ""
    # The interval of two shares holds for rare ones and for none at all.
    if not reason and method != "conversion":
        reason = "uplift_few_outcomes" if support(outcome, *groups) < MIN_SUPPORT else ""
        # Lines through points without any noise leave rounding for an error.
        varies = found.error > 1e-12 * max(abs(means[0]), abs(means[1]))
        reason = reason if varies else "uplift_constant"
    return ArmEffect(
        arm=name,
        method=method,
        rows=sizes[0],
        control_rows=sizes[1],
        mean=means[0],
        control_mean=means[1],
        effect=effect,
        standard_error=found.error,
        low=None if reason else low,
        high=None if reason else high,
        influential=found.influential,
        reason=reason,
    )


def _hajek(weight: Floats, outcome: Floats) -> tuple[float, Floats]:
    """Return a weighted mean and each row's influence on it."""
    total = float(weight.sum())
    mean = float(weight @ outcome) / total
    return mean, weight * (outcome - mean) / total


def _plain(control: Bools, treated: Bools, outcome: Floats, name: str) -> ArmEffect:
    binary = bool(np.isin(outcome, (0.0, 1.0)).all())
    compared = (conversion if binary else mean_difference)(outcome[treated], outcome[control])
    means = [_hajek(rows.astype(np.float64), outcome) for rows in (treated, control)]
    return armed(
        name,
        "conversion" if binary else "difference",
        (treated, control),
        outcome,
        (compared.treated, compared.control),
        spread(means[0][1] - means[1][1], None),
        (compared.ci_low, compared.ci_high),
    )
