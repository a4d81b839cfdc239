"""Chances that rise with depth: held to it, and tested for it.

A deeper offer of the same kind does not make people buy less; where estimates say so it is nearly always noise, and
the best fit that rises is closer to the truth (Barlow et al. 1972). Profit does not rise with depth and is never held
to.
"""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Floats

DRAWS = 2000
LEVEL = 0.05
"""Below this p-value the chances are left as they were measured."""


def rising(values: Floats, weight: Floats) -> Floats:
    """Return the non-decreasing values nearest to (..., d) values in weighted squares.

    Pool-adjacent-violators in its min-max form: max over starts up to here of min over ends from here of the mean
    between them (Barlow et al. 1972, theorem 1.4.4).

    Args:
        values: (..., d) in the order of depth.
        weight: (d,) positive, or (..., d).
    """
    d = values.shape[-1]
    shape = (*values.shape[:-1], 1)
    mass = np.broadcast_to(weight, values.shape)
    sums = np.concatenate([np.zeros(shape), np.cumsum(mass * values, axis=-1)], axis=-1)
    masses = np.concatenate([np.zeros(shape), np.cumsum(mass, axis=-1)], axis=-1)
    found = np.full(values.shape, -np.inf)
    for start in range(d):
        means = (sums[..., start + 1 :] - sums[..., [start]]) / (masses[..., start + 1 :] - masses[..., [start]])
        least = np.minimum.accumulate(means[..., ::-1], axis=-1)[..., ::-1]
        found[..., start:] = np.maximum(found[..., start:], least)
    # What rises already is returned to the last digit.
    return np.where(np.all(np.diff(values, axis=-1) >= 0, axis=-1, keepdims=True), values, found)


def rising_p(values: Floats, covariance: Floats, seed: int = 0) -> float:
    """Return the p-value of "values rise with depth" where all are equal, the least favourable case.

    The statistic is the weighted squared distance to the nearest rising values (the E-bar test of Bartholomew 1959 and
    Robertson, Wright & Dykstra 1988); its distribution is drawn, `DRAWS` times.

    Args:
        values: (d,) estimates in the order of depth.
        covariance: (d, d) of the estimates.
        seed: of the draws.
    """
    variance = np.diag(covariance)
    if len(values) < 2 or not np.all(variance > 0):
        return 1.0
    weight = 1 / variance
    measured = float(np.sum(weight * (values - rising(values, weight)) ** 2))
    drawn = np.random.default_rng(seed).multivariate_normal(
        np.zeros(len(values)), covariance, size=DRAWS, method="eigh", check_valid="ignore"
    )
    beyond = np.sum(weight * (drawn - rising(drawn, weight)) ** 2, axis=1) >= measured - 1e-12
    return float((1 + np.sum(beyond)) / (DRAWS + 1))
