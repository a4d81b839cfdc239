"""A policy's value by every estimator, with what the log can say about it; and the difference of two policies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from offersmith.experiments.off_policy.bernstein import Bound, bernstein
from offersmith.experiments.off_policy.estimators import ESTIMATORS, RATIOS, UNBIASED, Floats, Logged, influence
from offersmith.experiments.off_policy.interval import Interval, mean_interval
from offersmith.experiments.off_policy.support import Support, support

Verdict = Literal["better", "worse", "unclear", "not_supported"]


@dataclass(frozen=True, slots=True)
class Estimated:
    """One estimator's figure.

    Of a reward that is 0 or 1 both intervals are cut to 0 .. 1 (`possible`), where a policy's true value always lies.
    Of other rewards nothing is cut: what was never seen may lie outside the range seen.

    Attributes:
        name: key of `estimators.ESTIMATORS`.
        value: the estimate, in the reward's unit a row.
        interval: None for biased estimators, and where support is too thin.
        bound: the empirical Bernstein interval, likewise; None for ratios, which are no means of bounded scores.
    """

    name: str
    value: float
    interval: Interval | None
    bound: Bound | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; `low`, `high` and `interval` (its method) are None where none is given."""
        found = self.interval
        return {
            "name": self.name,
            "value": self.value,
            "low": found.low if found else None,
            "high": found.high if found else None,
            "standard_error": found.standard_error if found else None,
            "interval": found.method if found else None,
            "bernstein": self.bound.as_dict() if self.bound else None,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """A policy judged on a log: figures always, intervals where `support.reasons` is empty."""

    estimates: tuple[Estimated, ...]
    support: Support

    def of(self, name: str) -> Estimated:
        """Return one estimator's figure."""
        return next(found for found in self.estimates if found.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "estimators": [found.as_dict() for found in self.estimates],
            "support": self.support.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """One policy less another on the same rows.

    Attributes:
        value: the difference, in the reward's unit a row.
        interval: of the paired scores, narrower than two intervals side by side; None where support is too thin.
        verdict: `better` / `worse` when the interval excludes zero, `unclear` when it does not, else `not_supported`.
        reasons: codes of `catalogue/experiments.toml`.
    """

    value: float
    interval: Interval | None
    verdict: Verdict
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        found = self.interval
        return {
            "value": self.value,
            "low": found.low if found else None,
            "high": found.high if found else None,
            "interval": found.method if found else None,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }


def judge(log: Logged, *, confidence: float = 0.95, also: tuple[str, ...] = ()) -> Judged:
    """Return a policy's value by every estimator.

    Args:
        log: at least one row.
        confidence: of the intervals.
        also: reasons known from elsewhere for which intervals are withheld.
    """
    found = support(log, also)
    return Judged(tuple(_estimated(name, log, not found.reasons, confidence) for name in ESTIMATORS), found)


def _estimated(name: str, log: Logged, supported: bool, confidence: float) -> Estimated:
    value = float(ESTIMATORS[name](log).mean())
    if not supported or name not in UNBIASED:
        return Estimated(name, value, None, None)
    terms = influence(name, log)
    found, (floor, ceiling) = mean_interval(terms, log.cluster, confidence), possible(log.reward)
    # A mean of weighted scores may itself lie outside; its interval is kept around it.
    cut = replace(found, low=max(found.low, min(floor, value)), high=min(found.high, max(ceiling, value)))
    if name in RATIOS:
        return Estimated(name, value, cut, None)
    bound = bernstein(terms, log.cluster, confidence)
    low, high = (float(np.clip(end, floor, ceiling)) for end in (bound.low, bound.high))
    return Estimated(name, value, cut, replace(bound, low=low, high=high))


def possible(reward: Floats) -> tuple[float, float]:
    """Return the smallest and the largest value a policy can have: 0 and 1 of a reward that is 0 or 1, else no ends.

    Rewards are taken to be 0 or 1 where every row has one of them and both are seen. Of other rewards a sample does not
    tell the range: a loss may be too rare to be in it.

    Args:
        reward: (n,) at least one.
    """
    zero, one = reward == 0, reward == 1
    return (0.0, 1.0) if bool((zero | one).all() and zero.any() and one.any()) else (-np.inf, np.inf)


def difference(
    target: Logged, other: Logged | None = None, *, confidence: float = 0.95, also: tuple[str, ...] = ()
) -> Difference:
    """Return by how much a policy beats another, by the difference of their doubly robust scores row by row.

    Args:
        target: the log seen from the policy.
        other: the same rows seen from the other; None = the policy that made the log, whose score is the reward.
        confidence: of the interval.
        also: reasons known from elsewhere for which interval and verdict are withheld.
    """
    supports = [support(target, also)] + ([support(other)] if other else [])
    reasons = tuple(dict.fromkeys(code for found in supports for code in found.reasons))
    score = influence("dr", target) - (influence("dr", other) if other else target.reward)
    if reasons:
        return Difference(float(score.mean()), None, "not_supported", reasons)
    found = mean_interval(score, target.cluster, confidence)
    verdict: Verdict = "better" if found.low > 0 else "worse" if found.high < 0 else "unclear"
    return Difference(found.value, found, verdict, ("difference_includes_zero",) if verdict == "unclear" else ())
