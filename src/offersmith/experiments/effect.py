"""What something changed on average, when it was not (or was) decided by lot: doubly robust, with a placebo.

The score of Robins, Rotnitzky & Zhao (1994): right when either the outcome models or the propensities are. The
nuisance functions must come from other customers than the one they are applied to (cross-fitting, Chernozhukov et al.
2018); this file is handed their predictions and never fits anything.

No correction reaches what nobody recorded. So the same comparison is made for an outcome *before* the treatment, on
which it can have had no effect: what it finds there is bias, and the claim is widened by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from offersmith.experiments.overlap import effective_size

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Verdict = Literal["raises", "lowers", "unclear", "not_supported"]

MIN_GROUP = 30
"""Below so many customers in a group no effect is stated."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An average effect in the outcome's own unit a customer, over customers whose chance lies in `[low, high]`.

    Attributes:
        estimate: treated minus not.
        standard_error: from sampling.
        ci_low: lower end of the 95 % interval.
        ci_high: upper end.
        treated: treated customers compared.
        control: the others compared.
        dropped: customers outside `[low, high]`.
        low: smallest chance compared.
        high: largest.
        ess_treated: effective sample size after weighting.
        ess_control: of the controls.
        largest_weight: the largest share one customer has in its group's weights.
        raw: the plain difference of means of everybody, for contrast.
    """

    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    treated: int
    control: int
    dropped: int
    low: float
    high: float
    ess_treated: float
    ess_control: float
    largest_weight: float
    raw: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Claim:
    """What may be said about an effect, given what its placebo found.

    Attributes:
        effect: the measurement.
        placebo: the same measurement where nothing can have happened; None when there was no earlier period.
        bias: bound on the bias: the placebo interval's end farther from zero.
        low: the effect's interval, widened by `bias` on this side.
        high: and on this.
        verdict: `raises` / `lowers` when the widened interval excludes zero, `unclear` when it does not,
            `not_supported` when there was no placebo, when it failed (its interval excludes zero) or when there were
            too few customers to compare.
        reasons: codes of `catalogue/experiments.toml`.
    """

    effect: Effect | None
    placebo: Effect | None
    bias: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "effect": self.effect.as_dict() if self.effect else None,
            "placebo": self.placebo.as_dict() if self.placebo else None,
            "bias": self.bias,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }


def scores(
    outcome: Floats, treated: Bools, p_treated: Floats, mu_treated: Floats, mu_control: Floats, p_control: Floats
) -> Floats:
    """Return each customer's doubly robust score; its mean is the average effect.

    Args:
        outcome: (n,) what happened.
        treated: (n,) whether the treatment was given; with more than two arms, rows of other arms have
            `p_control` infinite.
        p_treated: (n,) chance of the treatment.
        mu_treated: (n,) outcome expected with it, from a model fitted on other customers.
        mu_control: (n,) without it, likewise.
        p_control: (n,) chance of getting nothing (1 - p_treated with two arms).
    """
    return np.asarray(
        mu_treated
        - mu_control
        + np.where(treated, (outcome - mu_treated) / p_treated, 0.0)
        - np.where(treated, 0.0, (outcome - mu_control) / p_control)
    )


def effect(
    outcome: Floats,
    treated: Bools,
    propensity: Floats,
    mu_treated: Floats,
    mu_control: Floats,
    *,
    control: Bools | None = None,
    p_control: Floats | None = None,
    low: float = 0.1,
    high: float = 0.9,
    confidence: float = 0.95,
) -> Effect | None:
    """Return the average effect among customers whose chance of treatment lies in `[low, high]`.

    Args:
        outcome: (n,) what happened.
        treated: (n,) who was treated.
        propensity: (n,) chance of being treated; with more than two arms only that of the treated is read.
        mu_treated: (n,) expected outcome with treatment, fitted on others.
        mu_control: (n,) without it, likewise.
        control: (n,) who got nothing; None = all who were not treated.
        p_control: (n,) chance of getting nothing, infinite for who got a third thing; None = 1 - `propensity`.
        low: customers with a smaller chance are not compared.
        high: customers with a larger chance are not compared.
        confidence: of the interval.

    Returns:
        None when fewer than `MIN_GROUP` customers of either group are left to compare.
    """
    inside = (propensity >= low) & (propensity <= high)
    given, chance = treated[inside], propensity[inside]
    none = ~given if control is None else control[inside]
    rest = 1 - chance if p_control is None else p_control[inside]
    if int(given.sum()) < MIN_GROUP or int(none.sum()) < MIN_GROUP:
        return None
    score = scores(outcome[inside], given, chance, mu_treated[inside], mu_control[inside], rest)
    estimate = float(score.mean())
    error = float(score.std(ddof=1) / np.sqrt(len(score)))
    reach = float(ndtri(0.5 + confidence / 2)) * error
    weights = (1 / chance[given], 1 / rest[none])
    return Effect(
        estimate=estimate,
        standard_error=error,
        ci_low=estimate - reach,
        ci_high=estimate + reach,
        treated=int(given.sum()),
        control=int(none.sum()),
        dropped=int((~inside).sum()),
        low=low,
        high=high,
        ess_treated=effective_size(weights[0]),
        ess_control=effective_size(weights[1]),
        largest_weight=float(max(weight.max() / weight.sum() for weight in weights)),
        raw=float(outcome[treated].mean() - outcome[~treated if control is None else control].mean()),
    )


def claim(measured: Effect | None, placebo: Effect | None) -> Claim:
    """Say how much of an effect may be claimed: its interval, widened by the placebo's worst case on both sides.

    A placebo that finds an effect where there can be none disproves the comparison, however large what it measures:
    what selection did before the start it may do more of after it.
    """
    if measured is None:
        return Claim(None, placebo, None, None, None, "not_supported", ("too_few_to_compare",))
    if placebo is None:
        return Claim(measured, None, None, None, None, "not_supported", ("no_placebo",))
    bias = max(abs(placebo.ci_low), abs(placebo.ci_high))
    low, high = measured.ci_low - bias, measured.ci_high + bias
    if not placebo.ci_low <= 0 <= placebo.ci_high:
        return Claim(measured, placebo, bias, low, high, "not_supported", ("placebo_fails",))
    verdict: Verdict = "raises" if low > 0 else "lowers" if high < 0 else "unclear"
    reasons = ("effect_within_bias",) if verdict == "unclear" else ()
    return Claim(measured, placebo, bias, low, high, verdict, reasons)
