"""How well a model ranks customers by what an offer changes: Qini, AUUC, uplift at k, calibration, average effects.

`one_arm` or `many_arms` puts the customers in order; every figure is a function of that and says its definition, its
interval, and the reason where there is none.
"""

from __future__ import annotations

from offersmith.experiments.uplift.adjusted import doubly_robust, lin
from offersmith.experiments.uplift.at_k import uplift_at_k
from offersmith.experiments.uplift.auuc import auuc
from offersmith.experiments.uplift.average import ArmEffect, differences
from offersmith.experiments.uplift.calibration import UpliftCalibration, calibration, plain_scores
from offersmith.experiments.uplift.curve import Curve, curve
from offersmith.experiments.uplift.figure import Figure
from offersmith.experiments.uplift.paired import paired
from offersmith.experiments.uplift.qini import qini
from offersmith.experiments.uplift.ranked import Ranked, many_arms, one_arm
from offersmith.experiments.uplift.summary import RankingSummary, summary

__all__ = [
    "ArmEffect",
    "Curve",
    "Figure",
    "Ranked",
    "RankingSummary",
    "UpliftCalibration",
    "auuc",
    "calibration",
    "curve",
    "differences",
    "doubly_robust",
    "lin",
    "many_arms",
    "one_arm",
    "paired",
    "plain_scores",
    "qini",
    "summary",
    "uplift_at_k",
]
