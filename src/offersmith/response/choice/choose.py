"""Choosing a model by what its policy earns on customers it was not fitted on, never by its own claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.progress import Progress, silent
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.candidates import DEFAULT, Candidate, candidates
from offersmith.response.choice.gate import DOUBT, Shipped, Single, gate, single
from offersmith.response.choice.held_out import fit, folds_for, folds_of, held_out
from offersmith.response.choice.rule import NONE_FITTED, pick
from offersmith.response.choice.value import Gains, Value, best, claimed
from offersmith.response.learners.base import FittedEffects
from offersmith.response.trial import Trial

NOT_FITTED = "model_not_fitted"


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate, judged.

    Attributes:
        name: of the candidate.
        value: held-out value of its own policy a customer over giving nothing; None where it could not be fitted.
        claimed: its own forecast of that value, on the same rows.
        reason: code why there is no value or no interval, else "".
    """

    name: str
    value: Value | None
    claimed: float | None
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; value and ends are None where there are none."""
        found = self.value.as_dict() if self.value else {"value": None, "low": None, "high": None}
        return {"name": self.name, **found, "claimed": self.claimed, "reason": self.reason}


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A model chosen on held-out customers, and what of it may be shipped.

    Attributes:
        tried: every candidate, in order.
        name: of the chosen one; "" where none could be fitted.
        reason: code of why it was chosen.
        effects: (n, k) its held-out predictions, less what an arm costs; zeros where there is none.
        gains: doubly robust gains of every row.
        fold: (n,) fold of every row.
        single: the best single arm.
        policy: what may be shipped.
        learned: value of the learned policy, shipped or not, chosen anew for every fold without looking at it.
        over_single: by how much it beats the best single arm, paired.
        fitted: the chosen one fitted on all rows; None where there is none.
    """

    tried: tuple[Tried, ...]
    name: str
    reason: str
    effects: Floats
    gains: Gains
    fold: Ints
    single: Single
    policy: Shipped
    learned: Value
    over_single: Value
    fitted: FittedEffects | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: what a model's judging says of the choice."""
        trial = self.gains.trial
        of_single = self.single.value
        return {
            "tried": [one.as_dict() for one in self.tried],
            "chosen": self.name,
            "choice_reason": self.reason,
            "single": {
                "arm": trial.arms[self.single.arm].name,
                "value": of_single.value,
                "low": of_single.low,
                "high": of_single.high,
            },
            "none": {"value": 0},
            "learned": self.learned.as_dict(),
            "over_single": self.over_single.as_dict(),
            "policy": self.policy.as_dict(),
        }


def choose(
    trial: Trial,
    *,
    learners: Sequence[str] = DEFAULT,
    grid: bool = False,
    folds: int | None = None,
    seed: int = 0,
    cost: Floats | None = None,
    refuse: str = "",
    progress: Progress = silent,
) -> Chosen:
    """Fit every learner on the folds' complements, judge its policy on the rest, and fit the chosen one on all rows.

    Costs folds x (1 - 1 / folds) whole fits of every learner and one of the chosen: with the default learners,
    100,000 rows, 20 features and six arms about a CPU minute.

    Args:
        trial: at least one row of the control and one of another arm.
        learners: names of `LEARNERS`, in order of preference.
        grid: whether to try the settings of `GRIDS` too.
        folds: of customers; None = by their number.
        seed: of folds and fits.
        cost: (k,) what every arm costs each customer given it: taken off predictions and gains as known arithmetic, so
            that no learner has to find it. The trial's outcome is before it. None = nothing.
        refuse: code for which nothing may be shipped, known from elsewhere (`not_randomised`).
        progress: told after each fit.
    """
    competing = candidates(learners, grid=grid)
    count = folds or folds_for(len(np.unique(trial.customer)))
    fold = folds_of(trial, count, seed)
    gains = Gains.of(trial, fold, count, cost)
    found = held_out(trial, fold, count, competing, seed, progress)
    if cost is not None:
        found = {name: effects - (cost - cost[0]) for name, effects in found.items()}
    actions = {name: best(effects) for name, effects in found.items()}
    terms = {name: gains.terms(action) for name, action in actions.items()}
    name, reason = pick(terms, gains.cluster)
    one = single(gains, fold, count)
    action = _blind(actions, terms, gains.cluster, fold, count)
    learned = gains.value(action).widened(DOUBT)
    over = gains.value(action, one.action).widened(DOUBT)
    effects = found[name] if name else np.zeros((len(trial), len(trial.arms)))
    return Chosen(
        tried=tuple(_tried(candidate, found, actions, gains) for candidate in competing),
        name=name,
        reason=reason,
        effects=effects,
        gains=gains,
        fold=fold,
        single=one,
        policy=gate(gains, action, learned, over, claimed(effects), one, refuse or ("" if name else NONE_FITTED)),
        learned=learned,
        over_single=over,
        fitted=next((fit(each, trial, seed, {}) for each in competing if each.name == name), None),
    )


def _blind(
    actions: Mapping[str, Ints], terms: Mapping[str, Floats], cluster: Ints | None, fold: Ints, count: int
) -> Ints:
    """Return (n,) what each row is given by the candidate that is chosen without its fold."""
    action = np.zeros(len(fold), dtype=np.int64)
    for part in range(count):
        others, inside = fold != part, fold == part
        if not others.any() or not terms:
            continue
        name, _ = pick({key: mine[others] for key, mine in terms.items()}, None if cluster is None else cluster[others])
        action[inside] = actions[name][inside]
    return action


def _tried(candidate: Candidate, found: Mapping[str, Floats], actions: Mapping[str, Ints], gains: Gains) -> Tried:
    if candidate.name not in found:
        return Tried(candidate.name, None, None, NOT_FITTED)
    value = gains.value(actions[candidate.name])
    return Tried(candidate.name, value, claimed(found[candidate.name]), "".join(value.reasons[:1]))
