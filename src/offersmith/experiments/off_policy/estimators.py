"""The estimators of a policy's value, each as one score a row: the estimate is their mean.

Names as in the field and formulas as in Open Bandit Pipeline (Saito et al. 2021, NeurIPS Datasets and Benchmarks).
With `w` the target's chance of the given action over the logged one, `q` a reward model made on other customers:

| name | score | source |
|---|---|---|
| `ips` | w r | Horvitz & Thompson 1952 |
| `snips` | w r / mean(w) | Swaminathan & Joachims 2015 |
| `dm` | q(target) | - |
| `dr` | q(target) + w (r - q(given)) | Dudik et al. 2014 |
| `sndr` | q(target) + w (r - q(given)) / mean(w) | Thomas & Brunskill 2016 |
| `dros` | as `dr` with s w / (w^2 + s) for w | Su et al. 2020 |
| `switch` | as `dr` with w where w <= s, else 0 | Wang et al. 2017 |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHRINK = 100.0
"""Of `dros` and `switch`, as in the published runs on Open Bandit."""


@dataclass(frozen=True, slots=True, eq=False)
class Logged:
    """A log seen from one target policy.

    Attributes:
        reward: (n,) what came of the given action.
        weight: (n,) the target's chance of the given action over the chance it was given with; 0 where the target
            would never give it.
        q_given: (n,) expected reward of the given action, from a model fitted on other customers.
        q_target: (n,) the same model's expectation under the target.
        cluster: (n,) number of the customer; rows of one count as one in every interval. None = every row its own.
    """

    reward: Floats
    weight: Floats
    q_given: Floats
    q_target: Floats
    cluster: Ints | None = None


def ips(log: Logged) -> Floats:
    """Return scores of inverse propensity scoring: unbiased, wide."""
    return log.weight * log.reward


def snips(log: Logged) -> Floats:
    """Return scores of self-normalised inverse propensity scoring; zeros where no row agrees with the target."""
    return log.weight * log.reward / _mean(log.weight)


def dm(log: Logged) -> Floats:
    """Return scores of the direct method: the model's word, with a bias nobody can see."""
    return log.q_target


def dr(log: Logged) -> Floats:
    """Return doubly robust scores: unbiased where the chances are right, and narrower as the model is better."""
    return log.q_target + log.weight * (log.reward - log.q_given)


def sndr(log: Logged) -> Floats:
    """Return self-normalised doubly robust scores."""
    return log.q_target + log.weight * (log.reward - log.q_given) / _mean(log.weight)


def dros(log: Logged, shrink: float = SHRINK) -> Floats:
    """Return doubly robust scores with optimistically shrunken weights: biased towards the model."""
    weight = log.weight if np.isinf(shrink) else shrink * log.weight / (log.weight**2 + shrink)
    return log.q_target + weight * (log.reward - log.q_given)


def switch(log: Logged, limit: float = SHRINK) -> Floats:
    """Return doubly robust scores that leave rows above a weight of `limit` to the model."""
    return log.q_target + np.where(log.weight <= limit, log.weight, 0.0) * (log.reward - log.q_given)


def _mean(weight: Floats) -> float:
    return float(weight.mean()) or 1.0


ESTIMATORS: Mapping[str, Callable[[Logged], Floats]] = MappingProxyType(
    {"ips": ips, "snips": snips, "dm": dm, "dr": dr, "sndr": sndr, "dros": dros, "switch": switch}
)
"""Every estimator by its name; a new one is one function and one line here."""

UNBIASED = ("ips", "snips", "dr", "sndr")
"""Those that get an interval (a ratio is unbiased as rows grow): around a biased one it would be an unfounded claim."""

RATIOS = ("snips", "sndr")
"""Those divided by the mean weight: no means of scores of their own."""


def influence(name: str, log: Logged) -> Floats:
    """Return one number a row whose mean is the estimate and whose spread is its error.

    For a ratio these are its linear terms (the delta method), for a mean the scores themselves.

    Args:
        name: one of `UNBIASED`.
        log: the log.
    """
    score = ESTIMATORS[name](log)
    if name not in RATIOS:
        return score
    base = log.q_target if name == "sndr" else np.zeros(len(score))
    ratio = float((score - base).mean())
    return score - ratio * (log.weight / _mean(log.weight) - 1)
