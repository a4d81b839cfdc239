"""The average effects of a test's arms, by the narrowest way that its rows carry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from offersmith.experiments.uplift import ArmEffect, differences, doubly_robust, lin
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.held_out import folds_for, folds_of
from offersmith.response.choice.value import Gains
from offersmith.response.judging.ranking import LEAST_ARM
from offersmith.response.trial import Trial

LINE_ROWS = 10
"""An arm needs so many rows for each column before lines adjust its effect."""


def effects(trial: Trial, outcome: Floats, customer: Ints | None, chance: Floats | None) -> tuple[ArmEffect, ...]:
    """Return average effects, by the narrowest way that these rows carry.

    Lines on the features where arms were given by one lot and have rows enough for them, doubly robust scores where
    chances are stated, else differences of means.

    Args:
        trial: arms and features.
        outcome: (n,) what is compared, the trial's or another.
        customer: (n,) whose rows count as one; None = every row its own.
        chance: (n,) stated chances; None = one lot for all.
    """
    names = [arm.name for arm in trial.arms]
    p, least = trial.x.shape[1], int(trial.counts.min())
    if chance is not None and least >= LEAST_ARM and len(trial) >= LEAST_ARM * len(names):
        return doubly_robust(trial.arm, outcome, _expected(trial, outcome), names, propensity=chance, customer=customer)
    if chance is None and p and least >= max(LINE_ROWS * (p + 1), LEAST_ARM):
        return lin(trial.arm, outcome, _scaled(trial.x), names, customer=customer)
    return differences(trial.arm, outcome, names, propensity=chance, customer=customer)


def _expected(trial: Trial, outcome: Floats) -> Floats:
    count = folds_for(len(np.unique(trial.customer)))
    other = replace(trial, outcome=outcome, sale=None)
    return Gains.of(other, folds_of(other, count, 0), count).expected


def _scaled(x: Floats) -> Floats:
    """Return columns of like size: dates beside flags would leave a line's arithmetic too few digits."""
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
