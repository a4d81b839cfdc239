"""Rows in one order and customers in folds, so that neither the order of a file nor a neighbour changes a result."""

from __future__ import annotations

import numpy as np

from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.bases import Kind
from offersmith.response.trial import Trial


def ordered(trial: Trial) -> Trial:
    """Return the same rows by customer, arm and outcome: what is drawn by row number then ignores the file's order."""
    return trial.take(np.lexsort((trial.outcome, trial.arm, trial.customer)))


def split(customer: Ints, count: int, seed: int) -> Ints:
    """Return each row's fold in 0..count-1, equal for all rows of a customer.

    A customer's fold depends on their number and the seed alone (splitmix64, Steele, Lea & Flood 2014): it stays when
    others join or leave.
    """
    salt = (seed * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64
    mixed = customer.astype(np.uint64) + np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(count)).astype(np.int64)


def kind_of(outcome: Floats) -> Kind:
    """Return `chance` where an outcome is 0 or 1 and nothing else, `mean` otherwise."""
    return "chance" if np.all((outcome == 0.0) | (outcome == 1.0)) else "mean"


def usable(trial: Trial, least: int) -> Bools | None:
    """Return (k,) which arms have at least `least` rows.

    None where nothing can be compared: no control, no other arm, or the same outcome for everybody.
    """
    if len(trial.arms) < 2 or len(trial) == 0 or trial.outcome.min() == trial.outcome.max():
        return None
    enough = trial.counts >= least
    if not enough[0] or not enough[1:].any():
        return None
    return np.asarray(enough)
