"""Maximum likelihood over positive parameters: their logarithms are searched, with the gradient in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from offersmith.profiles.lifetime.base import Floats

WIDEST = 3.0
"""Standard error of a logarithm at most: what the data leave open is not told as wider than a factor of twenty."""
FURTHEST = 12.0
"""Bounds of the logarithms, either way: a shop where a parameter runs off is told as not converged."""
_STEP = 1e-5

Likelihood = Callable[[Floats], tuple[float, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Where the likelihood is highest.

    Attributes:
        values: (k,) parameters.
        covariance: (k, k) of their logarithms: the inverse of the observed information.
        log_likelihood: there.
        converged: whether the search ended at an optimum.
    """

    values: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool


def maximise(likelihood: Likelihood, start: Floats) -> Found:
    """Return the maximum.

    Args:
        likelihood: returns the log-likelihood at (k,) parameters, and its gradient by them.
        start: (k,) where to begin, positive.
    """

    def lost(logs: Floats) -> tuple[float, Floats]:
        values = np.exp(logs)
        found, slope = likelihood(values)
        return -found, -slope * values

    made = minimize(
        lost, np.log(start), jac=True, method="L-BFGS-B", bounds=[(-FURTHEST, FURTHEST)] * len(start),
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-6},
    )  # fmt: skip
    logs = np.asarray(made.x)
    curve = np.column_stack(
        [(lost(logs + _STEP * unit)[1] - lost(logs - _STEP * unit)[1]) / (2 * _STEP) for unit in np.eye(len(logs))]
    )
    curve = (curve + curve.T) / 2
    values, vectors = np.linalg.eigh(curve)
    # Where the search stopped short of a maximum a direction may look flat or worse.
    kept = np.maximum(values, 1 / WIDEST**2)
    covariance = (vectors / kept) @ vectors.T
    inside = bool(made.success) and bool((np.abs(logs) < FURTHEST - 1e-6).all())
    return Found(np.exp(logs), covariance, likelihood(np.exp(logs))[0], inside)


def sides(values: Floats, covariance: Floats) -> tuple[tuple[Floats, Floats], ...]:
    """Return parameters one standard error to either side of the best, along each principal axis of their covariance.

    Half the difference of a function there is its change along that axis, and the root of the squares of all of them
    its standard error: the delta method, without derivatives by hand.

    Args:
        values: (k,) parameters.
        covariance: (k, k) of their logarithms.
    """
    spread, axes = np.linalg.eigh(covariance)
    steps = (axes * np.sqrt(np.maximum(spread, 0.0))).T
    logs = np.log(values)
    return tuple((np.exp(logs + step), np.exp(logs - step)) for step in steps)
