"""Average effects with the noise taken out that features, or models of the outcome, can foretell.

- `lin`: a least-squares line per arm on centred features, fully interacted (Lin 2013, "Agnostic notes on regression
  adjustments to experimental data"): never less precise than the difference of means in large samples, and right
  whether or not the truth is a line. Its influences are those of the leave-one-out residuals (HC3, MacKinnon & White
  1985) and of the features' own means.
- `doubly_robust`: given predictions from models that have not seen the customer, the mean of `effect.scores` (Robins,
  Rotnitzky & Zhao 1994), right whenever the chances are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from offersmith.errors import InputError
from offersmith.experiments.effect import scores
from offersmith.experiments.uplift.average import ArmEffect, armed, rows_of
from offersmith.experiments.uplift.check import finite, one_length, propensities, spread_over
from offersmith.experiments.uplift.spread import spread

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def lin(
    arm: Ints, outcome: Floats, features: Floats, names: Sequence[str], *, customer: Ints | None = None
) -> tuple[ArmEffect, ...]:
    """Return each arm's effect adjusted by lines on the features, where chances do not depend on the customer.

    Args:
        arm: (n,) what was given, 0 to k - 1; 0 is the control.
        outcome: (n,) what happened.
        features: (n, p) what was known before the arm was drawn, numbers; columns may depend on each other.
        names: (k,) of the arms, the control's first.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: lengths differ, a value is not finite, an arm is without a name or has no more rows than features.
    """
    one_length(arm=arm, outcome=outcome, features=features, customer=customer)
    finite(outcome=outcome, features=features)
    groups = rows_of(arm, names)
    for name, rows in zip(names, groups, strict=True):
        if int(rows.sum()) <= features.shape[1] + 1:
            raise InputError(
                f"arm {name!r}: {int(rows.sum())} rows for {features.shape[1]} features; more rows than features "
                "are needed to draw a line",
                arm=name,
                rows=int(rows.sum()),
            )
    centred = features - features.mean(axis=0)
    with threadpool_limits(limits=1, user_api="blas"):
        lines = [_line(centred, outcome, rows) for rows in groups]
        found = [
            armed(
                names[i],
                "lin",
                (groups[i], groups[0]),
                outcome,
                (lines[i][0], lines[0][0]),
                spread(lines[i][1] - lines[0][1] + centred @ (lines[i][2] - lines[0][2]) / len(outcome), customer),
                customer=customer,
            )
            for i in range(1, len(names))
        ]
    return tuple(found)


def doubly_robust(
    arm: Ints,
    outcome: Floats,
    expected: Floats,
    names: Sequence[str],
    *,
    propensity: Floats | None = None,
    customer: Ints | None = None,
) -> tuple[ArmEffect, ...]:
    """Return each arm's effect as the mean of doubly robust scores.

    Args:
        arm: (n,) what was given, 0 to k - 1; 0 is the control.
        outcome: (n,) what happened.
        expected: (n, k) outcome expected with each arm, by models fitted on other customers.
        names: (k,) of the arms, the control's first.
        propensity: (n,) or (n, k) chance of the arm that was given, or of every arm, in (0, 1]; None = the arm's share.
        customer: (n,) number of the customer, where rows repeat one.

    Raises:
        InputError: lengths differ, a value is not finite, a chance is outside (0, 1], an arm without a name or rows.
    """
    one_length(arm=arm, outcome=outcome, expected=expected, propensity=propensity, customer=customer)
    finite(outcome=outcome, expected=expected)
    groups = rows_of(arm, names)
    given = np.asarray(arm)
    chance = spread_over(given, len(names)) if propensity is None else np.asarray(propensity, dtype=np.float64)
    if chance.ndim > 1:
        chance = chance[np.arange(len(given)), given]
    chance = propensities(chance, (groups[0], groups[-1]))
    found = []
    for i in range(1, len(names)):
        p_control = np.where(groups[0], chance, np.inf)
        score = scores(outcome, groups[i], chance, expected[:, i], expected[:, 0], p_control)
        base = expected[:, 0] + np.where(groups[0], (outcome - expected[:, 0]) / chance, 0.0)
        mean, level = float(score.mean()), float(base.mean())
        pair, error = (groups[i], groups[0]), spread((score - mean) / len(score), customer)
        found.append(armed(names[i], "doubly_robust", pair, outcome, (level + mean, level), error, customer=customer))
    return tuple(found)


def _line(centred: Floats, outcome: Floats, rows: Bools) -> tuple[float, Floats, Floats]:
    """Return the height of an arm's line at the mean of all customers, each row's influence on it, and its slopes."""
    design = np.column_stack([np.ones(int(rows.sum())), centred[rows]])
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)
    weights = inverse @ (design.T @ outcome[rows])
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    rest = (outcome[rows] - design @ weights) / np.maximum(1 - leverage, 1e-6)
    influence = np.zeros(len(outcome))
    influence[rows] = rest * (design @ inverse[:, 0])
    return float(weights[0]), influence, weights[1:]
