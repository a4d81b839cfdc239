"""The one shape in which a model's judging travels: to the report, to `learn --json`, to `evaluate uplift --json`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.support import support
from offersmith.experiments.uplift import ArmEffect
from offersmith.response.base import Floats
from offersmith.response.choice.choose import Chosen
from offersmith.response.choice.value import best
from offersmith.response.judging.ranking import Ranking
from offersmith.response.trial import Trial


def judged(
    trial: Trial,
    effects: Sequence[ArmEffect],
    chosen: Chosen | None,
    ranking: Ranking | None,
    *,
    outcome: Floats,
    called: str,
) -> dict[str, Any]:
    """Return plain values.

    Args:
        trial: the rows.
        effects: of every arm but the control.
        chosen: the model; None = none was tried.
        ranking: of the chosen model; None = it ranks nobody.
        outcome: (n,) what is judged.
        called: its name.
    """
    plain: dict[str, Any] = {
        "rows": len(trial),
        "customers": len(np.unique(trial.customer)),
        "outcome": called,
        "control": trial.arms[0].name,
        "arms": arms(trial, effects, outcome),
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
        "support": None,
    }
    if chosen is not None:
        plain |= chosen.as_dict() | {"support": supported(chosen)}
    return plain | (ranking.as_dict() if ranking else {})


def arms(trial: Trial, found: Sequence[ArmEffect], outcome: Floats) -> list[dict[str, Any]]:
    """Return plain values of every arm, the control first; what is not a number is None."""
    control = trial.arm == 0
    first = dict.fromkeys(ArmEffect.__slots__) | {
        "arm": trial.arms[0].name,
        "method": "",
        "rows": int(control.sum()),
        "mean": float(outcome[control].mean()),
        "effect": 0.0,
        "reason": "control",
    }
    return [first, *({name: _plain(value) for name, value in one.as_dict().items()} for one in found)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def supported(chosen: Chosen) -> dict[str, Any]:
    """Return how many of the rows speak for the learned policy."""
    trial = chosen.gains.trial
    weight = np.where(trial.arm == best(chosen.effects), 1 / trial.propensity, 0.0)
    flat = np.zeros(len(trial))
    return support(Logged(trial.outcome, weight, flat, flat, chosen.gains.cluster)).as_dict()
