"""causalml's learners on the e-mail test, each with one LightGBM configuration for all; the chances are known, 1/3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from causalml.inference.meta import BaseDRRegressor, BaseRRegressor, BaseSRegressor, BaseTRegressor, BaseXRegressor
from lightgbm import LGBMRegressor

from benchmarks._hillstrom_data import ARMS
from offersmith.response.base import Floats
from offersmith.response.trial import Trial

Effects = Callable[[Floats], Floats]

PEERS: dict[str, Callable[..., Any]] = {
    "causalml S": BaseSRegressor,
    "causalml T": BaseTRegressor,
    "causalml X": BaseXRegressor,
    "causalml R": BaseRRegressor,
    "causalml DR": BaseDRRegressor,
}


def fit(name: str, trial: Trial, seed: int) -> Effects:
    """Fit a peer as its documentation shows; an arm against the control has the chance 1/2 among those given either."""
    base = LGBMRegressor(
        num_leaves=6,
        n_estimators=100,
        learning_rate=0.05,
        min_child_samples=100,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        random_state=seed,
        verbose=-1,
    )
    chances: dict[str, Any] = {"p": _half(len(trial))} if name.split()[1] in ("X", "R", "DR") else {}
    model = PEERS[name](base, random_state=seed) if name == "causalml R" else PEERS[name](base)
    if name == "causalml R":
        model.cv_n_jobs = 1
    more = {"seed": seed} if name == "causalml DR" else {}
    model.fit(trial.x, treatment=trial.arm, y=trial.outcome, **chances, **more)

    def effects(x: Floats) -> Floats:
        known = {"p": _half(len(x))} if name == "causalml X" else {}
        return np.column_stack([np.zeros(len(x)), np.asarray(model.predict(x, **known)).reshape(len(x), -1)])

    return effects


def _half(rows: int) -> dict[int, Floats]:
    return {arm: np.full(rows, 0.5) for arm in range(1, len(ARMS))}
