"""The figures of a judged trial: effects of arms, how well a model ranks, whether its predictions come true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from offersmith.experiments.uplift import (
    ArmEffect,
    Figure,
    UpliftCalibration,
    auuc,
    calibration,
    differences,
    doubly_robust,
    lin,
    many_arms,
    one_arm,
    qini,
    uplift_at_k,
)
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.choose import Chosen
from offersmith.response.choice.held_out import folds_for, folds_of, levelled
from offersmith.response.choice.value import Gains
from offersmith.response.trial import Trial

LEAST_ARM = 30
"""Of fewer rows of an arm nothing is learned."""
LINE_ROWS = 10
"""An arm needs so many rows for each column before lines adjust its effect."""
SHARES = (0.1, 0.3, 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How well the chosen model ranks customers it has not seen.

    Attributes:
        qini: of all arms together.
        auuc: likewise.
        at_k: uplift among the first tenth, three tenths and half.
        by_arm: arm -> (Qini, uplift at k) of that arm against the control.
        calibration: arm -> predicted against measured effects.
    """

    qini: Figure
    auuc: Figure
    at_k: tuple[Figure, ...]
    by_arm: Mapping[str, tuple[Figure, tuple[Figure, ...]]]
    calibration: Mapping[str, UpliftCalibration]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "qini": self.qini.as_dict(),
            "auuc": self.auuc.as_dict(),
            "at_k": [figure.as_dict() for figure in self.at_k],
            "by_arm": [
                {"arm": arm, "qini": found.as_dict(), "at_k": [figure.as_dict() for figure in at_k]}
                for arm, (found, at_k) in self.by_arm.items()
            ],
            "calibration": [{"arm": arm, **found.as_dict()} for arm, found in self.calibration.items()],
        }


def judged(
    trial: Trial,
    found: Sequence[ArmEffect],
    chosen: Chosen | None,
    ranking: Ranking | None,
    outcome: Floats | None = None,
) -> dict[str, Any]:
    """Return plain values: the shape in which a model's judging travels.

    Args:
        trial: the rows.
        found: effects of every arm but the control.
        chosen: the model; None = none was tried.
        ranking: of the chosen model.
        outcome: (n,) what is judged; None = the trial's.
    """
    plain: dict[str, Any] = {
        "rows": len(trial),
        "customers": len(np.unique(trial.customer)),
        "control": trial.arms[0].name,
        "arms": arms(trial, found, trial.outcome if outcome is None else outcome),
        "qini": None,
        "auuc": None,
        "at_k": [],
        "by_arm": [],
        "calibration": [],
        "tried": [],
        "chosen": "",
        "choice_reason": "too_few_rows",
        "single": None,
        "none": {"value": 0},
        "policy": None,
    }
    plain |= chosen.as_dict() if chosen else {}
    return plain | (ranking.as_dict() if ranking else {})


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


def ranked(chosen: Chosen, outcome: Floats, customer: Ints | None, chance: Floats | None) -> Ranking | None:
    """Return how well the chosen model's held-out predictions rank customers, and whether they come true.

    Args:
        chosen: the model, its predictions and the rows' gains.
        outcome: (n,) what is judged.
        customer: (n,) whose rows count as one; None = every row its own.
        chance: (n,) stated chances; None = one lot for all.

    Returns:
        None where there is no model, or nobody was given their best arm.
    """
    trial, predicted = chosen.gains.trial, levelled(chosen.effects, chosen.fold)
    # An arm of a few rows has no predictions of its own; nobody's best arm is one that nothing is known of.
    asked = np.where(trial.counts >= LEAST_ARM, predicted, float(predicted.min()) - 1)
    if not chosen.name or not (trial.arm == 1 + np.argmax(asked[:, 1:], axis=1)).any():
        return None
    everybody = many_arms(asked, trial.arm, outcome, propensity=chance, customer=customer)
    by_arm, comes_true = {}, {}
    for index, arm in enumerate(trial.arms[1:], start=1):
        rows = np.flatnonzero((trial.arm == index) | (trial.arm == 0))
        if not trial.counts[index]:
            continue
        some = one_arm(
            predicted[rows, index],
            trial.arm[rows] == index,
            outcome[rows],
            propensity=None if chance is None else chance[rows],
            customer=None if customer is None else customer[rows],
        )
        by_arm[arm.name] = (qini(some), tuple(uplift_at_k(some, share) for share in SHARES))
        comes_true[arm.name] = calibration(predicted[:, index], chosen.gains.gain[:, index], customer=customer)
    at_k = tuple(uplift_at_k(everybody, share) for share in SHARES)
    return Ranking(qini(everybody), auuc(everybody), at_k, by_arm, comes_true)


def arms(trial: Trial, found: Sequence[ArmEffect], outcome: Floats) -> list[dict[str, Any]]:
    """Return plain values of every arm, the control first."""
    control = trial.arm == 0
    first = {"arm": trial.arms[0].name, "rows": int(control.sum()), "mean": float(outcome[control].mean())}
    empty = {"effect": 0.0, "low": None, "high": None, "method": "", "reason": "control"}
    keys = ("arm", "rows", "mean", "effect", "low", "high", "method", "reason")
    return [{**first, **empty}, *({key: getattr(one, key) for key in keys} for one in found)]


def _expected(trial: Trial, outcome: Floats) -> Floats:
    count = folds_for(len(np.unique(trial.customer)))
    other = replace(trial, outcome=outcome, sale=None)
    return Gains.of(other, folds_of(other, count, 0), count).expected


def _scaled(x: Floats) -> Floats:
    """Return columns of like size: dates beside flags would leave a line's arithmetic too few digits."""
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0))
