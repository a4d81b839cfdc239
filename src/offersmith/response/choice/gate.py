"""What may be shipped: a learned policy, one arm for everybody, or nothing.

A policy that ranks noise is worth nothing, and its held-out values say so only on average: what one fold's model took
for an effect the other's takes too, so the folds' values lean the same way, and their mean has up to twice the variance
that its rows show (a degenerate U-statistic: Hoeffding 1948; for policies, Luedtke & van der Laan 2016). So intervals
reach `DOUBT` times as far wherever something was chosen by looking at the data, and the gate asks for a lower end above
0. On data without any effect 7 of 100 best-of-five arms pass with the usual reach, 2 with this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.choice.value import Gains, Value
from offersmith.response.trial import Trial

Kind = Literal["learned", "single", "none"]
DOUBT = 1.25
LEAST = 30

LEARNED_PAYS = "learned_pays"
SINGLE_PAYS = "single_pays"
NOTHING_PAYS = "nothing_pays"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is given to whom.

    Attributes:
        kind: `learned` (each customer their best arm), `single` (one arm for all) or `none`.
        arm: of `single`; the control's name for `none`; "" for `learned`.
        value: held-out value a customer over giving nothing; of the way of choosing, which was done anew for every
            fold without looking at it.
        low: lower end of its 95 % interval; None where it is withheld.
        high: upper end, likewise.
        claimed: what the model itself forecasts; the value, where there is no model.
        reason: code of `catalogue/choice.toml`.
        shares: share of customers given each arm.
    """

    kind: Kind
    arm: str
    value: float
    low: float | None
    high: float | None
    claimed: float
    reason: str
    shares: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class Single:
    """The best arm for everybody.

    Attributes:
        arm: index of the one with the highest mean gain on all rows.
        action: (n,) for every row the best on the other folds: judged by rows that had no say in it.
        value: of `action`; its interval is wider where there was an arm to choose.
    """

    arm: int
    action: Ints
    value: Value


def single(gains: Gains, fold: Ints, count: int) -> Single:
    """Return the best single arm, judged on other folds than it was chosen on.

    Arms of fewer than `LEAST` rows are not chosen among, unless all are: their luck would keep the others out.
    """
    enough = gains.trial.counts[1:] >= LEAST
    odd = np.where(enough | ~enough.any(), 0.0, np.inf)
    action = np.zeros(len(fold), dtype=np.int64)
    for part in range(count):
        others = gains.gain[fold != part, 1:]
        action[fold == part] = 1 + int(np.argmax(others.mean(axis=0) - odd)) if len(others) else 0
    value = gains.value(action).widened(DOUBT if gains.gain.shape[1] > 2 else 1.0)
    return Single(1 + int(np.argmax(gains.gain[:, 1:].mean(axis=0) - odd)), action, value)


def pays(value: Value) -> bool:
    """Whether a value is above 0 beyond doubt."""
    return value.low is not None and value.low > 0


def gate(
    gains: Gains, action: Ints, learned: Value, over: Value, said: float, one: Single, reason: str = ""
) -> Shipped:
    """Return what may be shipped.

    Args:
        gains: of all rows.
        action: (n,) what the learned policy gives, each row judged without a say in it.
        learned: what it is worth over giving nothing,
        over: and over the best single arm, paired.
        said: what the chosen model claims.
        one: the best single arm.
        reason: why nothing may be shipped whatever the values are; "" = they decide.
    """
    trial = gains.trial
    if not reason and pays(learned) and (over.high is None or over.high >= 0):
        return _shipped("learned", "", learned, said, LEARNED_PAYS, _shares(trial, action))
    if not reason and pays(one.value):
        name = trial.arms[one.arm].name
        return _shipped("single", name, one.value, one.value.value, SINGLE_PAYS, {name: 1.0})
    why = reason or "".join((learned.reasons or one.value.reasons)[:1]) or NOTHING_PAYS
    return Shipped("none", trial.arms[0].name, 0.0, 0.0, 0.0, 0.0, why, {trial.arms[0].name: 1.0})


def _shipped(kind: Kind, arm: str, value: Value, said: float, reason: str, shares: dict[str, float]) -> Shipped:
    return Shipped(kind, arm, value.value, value.low, value.high, said, reason, shares)


def _shares(trial: Trial, action: Ints) -> dict[str, float]:
    share: Floats = np.bincount(action, minlength=len(trial.arms)) / len(action)
    return {arm.name: float(part) for arm, part in zip(trial.arms, share, strict=True)}
