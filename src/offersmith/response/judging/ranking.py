"""How well a chosen model ranks customers that it has not seen, all arms together and arm by arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.experiments.uplift import (
    Figure,
    RankingSummary,
    UpliftCalibration,
    many_arms,
    one_arm,
    summary,
)
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.choose import Chosen
from offersmith.response.choice.held_out import levelled
from offersmith.response.judging.belief import calibrations

LEAST_ARM = 30
"""Of fewer customers, or rows, of an arm nothing is learned."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How well the chosen model ranks customers it has not seen.

    Attributes:
        whole: of all arms together.
        by_arm: arm -> of that arm against the control.
        calibration: arm -> predicted against measured effects.
        varies: whether predictions tell customers apart at all; an average for everybody ranks nobody.
    """

    whole: RankingSummary
    by_arm: Mapping[str, RankingSummary]
    calibration: Mapping[str, UpliftCalibration]
    varies: bool

    @property
    def qini(self) -> Figure:
        """Of all arms together."""
        return self.whole.qini

    @property
    def auuc(self) -> Figure:
        """Of all arms together."""
        return self.whole.auuc

    @property
    def at_k(self) -> tuple[Figure, ...]:
        """Uplift among the first tenth, three tenths and half."""
        return self.whole.at_k

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the curve of all arms together only where customers are told apart."""
        plain = _figures(self.whole) | ({"curve": self.whole.curve.as_dict()} if self.varies else {})
        by_arm = [{"arm": arm, **_figures(found)} for arm, found in self.by_arm.items()]
        return plain | {
            "by_arm": by_arm,
            "calibration": [{"arm": arm, **line.as_dict()} for arm, line in self.calibration.items()],
        }


def _figures(found: RankingSummary) -> dict[str, Any]:
    return {
        "qini": found.qini.as_dict(),
        "auuc": found.auuc.as_dict(),
        "at_k": [figure.as_dict() for figure in found.at_k],
    }


def ranked(
    chosen: Chosen,
    outcome: Floats,
    customer: Ints | None,
    chance: Floats | None,
    lines: Mapping[str, UpliftCalibration] | None = None,
) -> Ranking | None:
    """Return how well the chosen model's held-out predictions rank customers, and whether they come true.

    Args:
        chosen: the model, its predictions and the rows' gains.
        outcome: (n,) what is judged.
        customer: (n,) whose rows count as one; None = every row its own.
        chance: (n,) stated chances; None = one lot for all.
        lines: of `belief.calibrations`, where they are known already.

    Returns:
        None where there is no model, or nobody was given their best arm.
    """
    trial, predicted = chosen.gains.trial, levelled(chosen.effects, chosen.fold)
    # An arm of a few rows has no predictions of its own; nobody's best arm is one that nothing is known of.
    asked = np.where(trial.counts >= LEAST_ARM, predicted, float(predicted.min()) - 1)
    if not chosen.name or not (trial.arm == 1 + np.argmax(asked[:, 1:], axis=1)).any():
        return None
    by_arm = {}
    for index, arm in enumerate(trial.arms[1:], start=1):
        rows = np.flatnonzero((trial.arm == index) | (trial.arm == 0))
        by_arm[arm.name] = summary(
            one_arm(
                predicted[rows, index],
                trial.arm[rows] == index,
                outcome[rows],
                propensity=None if chance is None else chance[rows],
                customer=None if customer is None else customer[rows],
            )
        )
    return Ranking(
        whole=summary(many_arms(asked, trial.arm, outcome, propensity=chance, customer=customer)),
        by_arm=by_arm,
        calibration=calibrations(chosen) if lines is None else lines,
        varies=bool(np.any(predicted != predicted[0])),
    )
