"""The peers: causalml's S-, T-, X-, R- and DR-learner, econml's LinearDML and DRLearner, a logit with arm terms.

Each is used as its documentation shows it, on one thread, and is told the true chances of the arms: causalml takes
them as `p` (of an arm against the control, among those given either), econml through a first stage that looks them up.
The libraries learn from the outcome alone. The logit knows the arithmetic of a sale: chance to buy, times margin on
the basket that buyers fill, less what the offer costs.

Where a peer has several models inside (outcomes, effects), all are LightGBM with the one configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from causalml.inference.meta import BaseDRRegressor, BaseRRegressor, BaseSRegressor, BaseTRegressor, BaseXRegressor
from econml.dml import LinearDML
from econml.dr import DRLearner
from lightgbm import LGBMRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from benchmarks._response_task import ARMS, FIXED, SHARE, Floats, Task

Config = Mapping[str, float | int | str]
Effects = Callable[[Floats, Floats], Floats]
"""From features (n, p) and the chances of the arms (n, 6) to effects (n, 6) over arm 0."""
Fit = Callable[[Task, Config, int], Effects]

_Grid = tuple[Config, ...]
BOOSTED: _Grid = tuple({"leaves": leaves, "trees": trees} for leaves in (3, 6, 12, 24) for trees in (50, 150))
SHARED: _Grid = tuple({"leaves": leaves, "trees": trees} for leaves in (4, 6, 8, 12) for trees in (150, 300))
"""For the S-learner: the arm is one column of its one model, which few small trees would hardly ever split on."""
REGULAR: _Grid = tuple({"c": c, "basket": how} for c in (0.01, 0.03, 0.1, 1.0) for how in ("plain", "log"))
LIBRARIES = ("causalml", "econml", "lightgbm", "scikit-learn", "numpy")


def versions() -> dict[str, str]:
    """Return the versions of what the peers are made of."""
    return {name: version(name) for name in LIBRARIES}


def boosted(config: Config, seed: int) -> Any:
    """Return an unfitted LightGBM regressor, one thread, seeded."""
    return LGBMRegressor(
        num_leaves=config["leaves"],
        n_estimators=config["trees"],
        learning_rate=0.05,
        min_child_samples=100,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        random_state=seed,
        verbose=-1,
    )


def _against_control(propensity: Floats) -> dict[int, Floats]:
    return {arm: propensity[:, arm] / (propensity[:, arm] + propensity[:, 0]) for arm in range(1, len(ARMS))}


def _causalml(make: Callable[[Any, int], Any], **fitting: Any) -> Fit:
    def fit(task: Task, config: Config, seed: int) -> Effects:
        model, trial = make(boosted(config, seed), seed), task.trial
        seeded = dict.fromkeys(fitting, seed)
        chances = _against_control(task.propensity)
        model.fit(trial.x, treatment=trial.arm, y=trial.outcome, p=chances, **seeded)

        def effects(x: Floats, propensity: Floats) -> Floats:
            return _with_control(model.predict(x, p=_against_control(propensity)))

        return effects

    return fit


def _with_control(effects: Any) -> Floats:
    return np.hstack([np.zeros((len(effects), 1)), np.asarray(effects, dtype=float).reshape(len(effects), -1)])


def _r_learner(model: Any, seed: int) -> Any:
    made = BaseRRegressor(model, random_state=seed)
    made.cv_n_jobs = 1  # its constructor does not pass this on; more would start processes that no clock here sees
    return made


class KnownChances:
    """A first stage for econml that reads the chances of the arms from the last columns instead of learning them."""

    def fit(self, x: Floats, y: Floats) -> KnownChances:
        """Learn nothing."""
        del x, y
        return self

    def predict_proba(self, x: Floats) -> Floats:
        """Return the chances (n, 6)."""
        return x[:, -len(ARMS) :]


def _linear_dml(task: Task, config: Config, seed: int) -> Effects:
    model = LinearDML(
        model_y=boosted(config, seed), model_t=KnownChances(), discrete_treatment=True, cv=2, random_state=seed
    )
    return _econml(model, task)


def _dr_learner(task: Task, config: Config, seed: int) -> Effects:
    model = DRLearner(
        model_regression=boosted(config, seed),
        model_propensity=KnownChances(),
        model_final=boosted(config, seed),
        cv=2,
        random_state=seed,
    )
    return _econml(model, task)


def _econml(model: Any, task: Task) -> Effects:
    trial = task.trial
    model.fit(trial.outcome, trial.arm, X=trial.x, W=task.propensity)

    def effects(x: Floats, propensity: Floats) -> Floats:
        del propensity
        return _with_control(model.const_marginal_effect(x))

    return effects


def _logit(task: Task, config: Config, seed: int) -> Effects:
    trial = task.trial
    sale = trial.sale
    assert sale is not None
    centre, scale = trial.x.mean(0), np.maximum(trial.x.std(0), 1e-9)
    design = _by_arm((trial.x - centre) / scale, trial.arm)
    chance = LogisticRegression(C=float(config["c"]), max_iter=500, random_state=seed).fit(design, sale.bought)
    buyers, spent = design[sale.bought], sale.basket[sale.bought]
    logs = config["basket"] == "log"
    basket = Ridge(alpha=1 / float(config["c"])).fit(buyers, np.log(spent) if logs else spent)
    smear = float(np.mean(spent / np.exp(basket.predict(buyers)))) if logs else 1.0  # Duan (1983)

    def effects(x: Floats, propensity: Floats) -> Floats:
        del propensity
        profit = np.empty((len(x), len(ARMS)))
        for arm in range(len(ARMS)):
            rows = _by_arm((x - centre) / scale, np.full(len(x), arm))
            filled = basket.predict(rows)
            filled = smear * np.exp(filled) if logs else np.maximum(filled, 0)
            profit[:, arm] = chance.predict_proba(rows)[:, 1] * (filled * (sale.margin - SHARE[arm]) - FIXED[arm])
        return profit - profit[:, [0]]

    return effects


def _by_arm(x: Floats, arm: Any) -> Floats:
    """Return the features, which arm it is, and their products."""
    given = (arm[:, None] == np.arange(1, len(ARMS))).astype(float)
    return np.hstack([x, given, (given[:, :, None] * x[:, None, :]).reshape(len(x), -1)])


PEERS: dict[str, tuple[Fit, _Grid]] = {
    "causalml S": (_causalml(lambda model, _: BaseSRegressor(model)), SHARED),
    "causalml T": (_causalml(lambda model, _: BaseTRegressor(model)), BOOSTED),
    "causalml X": (_causalml(lambda model, _: BaseXRegressor(model)), BOOSTED),
    "causalml R": (_causalml(_r_learner), BOOSTED),
    "causalml DR": (_causalml(lambda model, _: BaseDRRegressor(model), seed=True), BOOSTED),
    "econml LinearDML": (_linear_dml, BOOSTED),
    "econml DRLearner": (_dr_learner, BOOSTED),
    "logit": (_logit, REGULAR),
}
"""How each peer is fitted, and its 8 configurations."""
