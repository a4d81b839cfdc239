"""How far a learner's effects are believed: as far as customers that it had not seen bear them out.

Three questions are asked of the doubly robust gains of held-out rows. What does the arm change on average? How far do
predicted differences between customers hold (the slope of the gains on the predictions: Chernozhukov, Demirer, Duflo &
Fernandez-Val 2018)? Both answers are shrunk towards the model by their own standard error. And may the policy be
shipped at all (`choice.gate`)? Where nothing was shown to pay, no profit is claimed; where only one arm for all was,
no differences between customers are.

What was measured is the average over the customers of past decisions. Between them and the customers of today time has
passed: everybody has been known for longer and has bought more often, so a model that learned from differences between
customers finds today's on average further along, although nothing was measured there. So the average that is believed
of today's customers is never above the measured one; differences between them are kept.

Who gives every customer what looks best picks errors too. What such a policy was worth on held-out customers is known,
so all believed gains together are taken at no more than that, in one proportion: who gets what does not change by it.
That holds for arms that were tried. What is stated of others was never measured; `strategy.promise` tells it apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.experiments.uplift import UpliftCalibration, calibration
from offersmith.response.base import Floats
from offersmith.response.choice.choose import Chosen
from offersmith.response.choice.held_out import levelled
from offersmith.response.scores import SLOPE_SD

_NOTHING = -1e-9


@dataclass(frozen=True, slots=True)
class ArmBelief:
    """What is believed of one arm, profit in major units a customer.

    Attributes:
        center: mean prediction of the learner that is shipped, over the rows it learned from or over the customers of
            today, whichever is higher: where that is predicted, `mean` is believed.
        mean: what the arm changes on average: the mean prediction on held-out customers and the measured one, weighed.
        single: the same without a model: the measured mean, a gain shrunk towards 0; a loss is believed as measured.
        mean_sd: standard error of the measured mean.
        slope: how far predicted differences hold.
        slope_sd: its spread.
        spread: how far a prediction moves when other customers are learned from.
    """

    center: float
    mean: float
    single: float
    mean_sd: float
    slope: float
    slope_sd: float
    spread: float

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of every arm.

    Attributes:
        kind: what may be shipped.
        arms: name -> belief; not the control.
        borne_out: the part of believed gains that the policy's own held-out value bears out, 0..1; losses are whole.
    """

    kind: Literal["learned", "single", "none"]
    arms: Mapping[str, ArmBelief]
    borne_out: float = 1.0

    def profit(self, name: str, effect: Floats) -> Floats:
        """Return (n,) believed changes of profit from a learner's effects of one arm."""
        held = self.arms[name]
        found = np.asarray(held.mean + held.slope * (effect - held.center))
        if self.kind == "single":
            found = np.full(len(effect), held.single)
        # A profit of exactly nothing would still be one; rounding must not make it more.
        found = np.minimum(found, _NOTHING) if self.kind == "none" else found
        return np.asarray(self.part(found) * found)

    def part(self, found: Floats) -> Floats:
        """Return (n,) the part of changes of profit that is believed: what is borne out of a gain, a loss whole."""
        return np.where(found > 0, self.borne_out, 1.0)

    def spread(self, name: str, effect: Floats) -> Floats:
        """Return (n,) standard deviations of the believed profit, as an estimate."""
        held = self.arms[name]
        if self.kind == "single":
            return np.full(len(effect), held.mean_sd)
        apart = held.slope_sd * (effect - held.center)
        return np.asarray(np.sqrt(held.mean_sd**2 + apart**2 + held.spread**2))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        arms = {name: held.as_dict() for name, held in self.arms.items()}
        return {"kind": self.kind, "arms": arms, "borne_out": self.borne_out}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Belief:
        """Make it again from `as_dict`."""
        arms = {name: ArmBelief(**held) for name, held in plain["arms"].items()}
        return cls(plain["kind"], arms, plain["borne_out"])


def calibrations(chosen: Chosen) -> dict[str, UpliftCalibration]:
    """Return arm -> held-out predictions of the chosen learner against doubly robust gains."""
    gains = chosen.gains
    # Noise between the folds' levels leans against what a fold shows, and would pull every slope down.
    predicted = levelled(chosen.effects, chosen.fold)
    return {
        arm.name: calibration(predicted[:, number], gains.gain[:, number], customer=gains.cluster)
        for number, arm in enumerate(gains.trial.arms)
        if number > 0
    }


def believe(chosen: Chosen, held: Mapping[str, UpliftCalibration], today: Floats) -> Belief:
    """Return what is believed of a chosen and fitted learner.

    Args:
        chosen: with a fitted learner.
        held: of `calibrations`.
        today: (m, k) effects that the fitted learner predicts for the customers of today, or an even sample of them.
    """
    gains = chosen.gains
    trial = gains.trial
    whole = chosen.fitted.effects(trial.x) if chosen.fitted else chosen.effects
    # Of the learner that is shipped, not of those that were judged: it has seen all rows, so its level has moved
    # towards the measured one already, and would be moved twice.
    centers = np.maximum(whole.mean(axis=0), today.mean(axis=0))
    folds = int(chosen.fold.max()) + 1
    arms = {}
    for number, arm in enumerate(trial.arms):
        if number == 0:
            continue
        line = held[arm.name]
        error = mean_interval(gains.gain[:, number], gains.cluster).standard_error
        slope, slope_sd = _slope(line)
        # Grouped jackknife (Efron & Tibshirani 1993, 11.5): each row moved by leaving out its own fold.
        moved = float(np.mean((whole[:, number] - chosen.effects[:, number]) ** 2))
        arms[arm.name] = ArmBelief(
            center=float(centers[number]),
            mean=line.predicted + _shrunk(line.measured - line.predicted, error),
            single=_shrunk(line.measured, error) if line.measured > 0 else line.measured,
            mean_sd=error,
            slope=slope,
            slope_sd=slope_sd,
            spread=float(np.sqrt((folds - 1) * moved)),
        )
    found = Belief(chosen.policy.kind, arms)
    gained = np.stack([found.profit(arm.name, today[:, number]) for number, arm in enumerate(trial.arms) if number > 0])
    promised = float(np.maximum(gained.max(axis=0), 0.0).mean())
    over = promised > chosen.policy.value
    return replace(found, borne_out=chosen.policy.value / promised) if over else found


def _slope(line: UpliftCalibration) -> tuple[float, float]:
    """Return the slope shrunk towards 1, never below 0, and its spread."""
    if not np.isfinite(line.slope):
        return 1.0, SLOPE_SD
    weight = SLOPE_SD**2 / (SLOPE_SD**2 + line.slope_error**2)
    return max(0.0, 1 + weight * (line.slope - 1)), float(np.sqrt(weight) * line.slope_error)


def _shrunk(gap: float, error: float) -> float:
    """Return a difference shrunk towards 0 by the positive-part rule (James & Stein 1961)."""
    return gap * max(0.0, 1 - (error / gap) ** 2) if gap else 0.0
