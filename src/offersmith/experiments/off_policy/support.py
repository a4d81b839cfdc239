"""Whether a log can answer for a policy: how many of its rows speak for it, and whether one row speaks for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.interval import mean_interval, totals
from offersmith.experiments.overlap import effective_size

MIN_EFFECTIVE = 100.0
"""Smallest effective sample size; on logs of 2,000 rows with hard logging what is left above it holds its coverage."""
MAX_SHARE = 0.1
"""Largest part of all weight that one customer may carry."""
MIN_OUTCOMES = 10
"""Fewest agreeing customers whose reward is not the commonest one: below it, intervals of rare events do not hold."""
FIT = 0.9999
"""Confidence with which weights must have another mean than 1 before the chances are doubted."""
NOT_ENOUGH_SUPPORT = "not_enough_support"
TOO_FEW_OUTCOMES = "too_few_outcomes"
CHANCES_DO_NOT_FIT = "chances_do_not_fit"


@dataclass(frozen=True, slots=True)
class Support:
    """What a log holds for a target.

    Attributes:
        rows: of the log.
        customers: clusters of rows; equal to `rows` where none were named.
        agreeing: rows whose action the target might have chosen.
        ess: effective sample size, (sum w)^2 / sum w^2 (Kish 1965).
        largest_weight: the largest single weight.
        largest_share: the largest part of all weight that one customer has.
        mean_weight: 1 in expectation; far from it, the chances or the target are not what they are said to be.
        outcomes: customers among the agreeing rows whose reward is not the commonest.
        reasons: codes of `catalogue/experiments.toml` for which intervals and verdicts are withheld; () = none.
    """

    rows: int
    customers: int
    agreeing: int
    ess: float
    largest_weight: float
    largest_share: float
    mean_weight: float
    outcomes: int
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"reasons": list(self.reasons)}


def support(log: Logged, also: tuple[str, ...] = ()) -> Support:
    """Return what a log holds for a target, and whether that is enough for an interval.

    Args:
        log: the log, at least one row.
        also: reasons known from elsewhere for which nothing may be claimed.
    """
    agrees = log.weight > 0
    each = totals(log.weight, log.cluster)
    whole = float(each.sum())
    ess = min(effective_size(log.weight), effective_size(each))
    share = float(each.max()) / whole if whole > 0 else 1.0
    outcomes = _outcomes(log, agrees)
    thin = ess < MIN_EFFECTIVE or share > MAX_SHARE
    reasons = also
    if thin:
        reasons += (NOT_ENOUGH_SUPPORT,)
    else:
        reasons += (TOO_FEW_OUTCOMES,) * (outcomes < MIN_OUTCOMES) + (CHANCES_DO_NOT_FIT,) * _unfit(log)
    return Support(
        rows=len(log.reward),
        customers=len(each),
        agreeing=int(agrees.sum()),
        ess=effective_size(log.weight),
        largest_weight=float(log.weight.max(initial=0.0)),
        largest_share=share,
        mean_weight=float(log.weight.mean()) if len(log.weight) else 0.0,
        outcomes=outcomes,
        reasons=reasons,
    )


def _unfit(log: Logged) -> bool:
    """Whether the mean weight is not 1: then the logged chances are not those the actions were given with."""
    found = mean_interval(log.weight, log.cluster, FIT)
    return not found.low - 1e-3 <= 1 <= found.high + 1e-3


def _outcomes(log: Logged, agrees: NDArray[np.bool_]) -> int:
    reward = log.reward[agrees]
    if not len(reward):
        return 0
    values, counts = np.unique(reward, return_counts=True)
    unlike = reward != values[int(counts.argmax())]
    return int(unlike.sum()) if log.cluster is None else len(np.unique(log.cluster[agrees][unlike]))
