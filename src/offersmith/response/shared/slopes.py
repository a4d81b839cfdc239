"""How far predicted changes hold up: by how much an average of models is too timid, and what held-out customers say.

An average of calibrated predictors errs less than they do and so varies less, though what it follows varies as much:
its regression slope is the members' mean square over its own (the ambiguity decomposition, Krogh & Vedelsby 1995).
To that comes a slope read from doubly robust scores of customers the prediction had not seen (Semenova & Chernozhukov
2021), shrunk arm by arm towards their common value and that towards one, each by its standard error. Slopes turn the
differences between customers; what an arm changes on average is moved by the mean of the same scores, as far as that
is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats, Ints

COMMON_SD, OWN_SD = 0.15, 0.1
"""Prior spread of the common slope about one, and of an arm's about the common one."""
_ALIKE = 0.5
"""Correlation of the arms' errors: half of each is the control's."""
_LOW, _HIGH = 0.2, 2.0
_TIMID = 1.25
"""Averaging calls for no more: members that follow nothing but noise disagree about everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Per arm (k,); nothing is said of the control.

    Attributes:
        usual: mean predicted change.
        middle: the same, corrected by the mean of held-out scores as far as that is known.
        ambiguity: what averaging alone calls for.
        measured: the slope of held-out scores on the prediction so corrected; NaN where nothing was predicted.
        standard_error: of `measured`.
        held: `measured`, shrunk, for models of all rows.
    """

    usual: Floats
    middle: Floats
    ambiguity: Floats
    measured: Floats
    standard_error: Floats
    held: Floats

    @property
    def used(self) -> Floats:
        """What differences of predicted changes between customers are multiplied by."""
        return np.clip(self.ambiguity * self.held, _LOW, _HIGH)

    def fold(self, given: Floats) -> tuple[Floats, Floats]:
        """Return (k, k) and (k,): a matrix and constants that turn what arms add to the level, control's included.

        The level is the mean over the arms as they were given. What more the others are said to change is therefore
        less for the control: `given` @ what is added stays as it was. Where chances hang on the customer this holds of
        the average customer; the effects themselves are held to scores that know each one's chances.

        Args:
            given: (k,) shares of the arms.
        """
        k = len(given)
        lift = np.eye(k) - np.eye(k)[0]
        turned, shift = self.used[:, None] * lift, self.middle - self.used * self.usual
        control = np.eye(k)[0] + given @ (lift - turned)
        return control + turned, shift - given @ shift


def ambiguity(change: Floats, weight: Floats) -> Floats:
    """Return (k,) the slope of an average of calibrated members.

    Args:
        change: (members, n, k) predicted changes from the control.
        weight: (members,) adding up to one.
    """
    apart = change - change.mean(axis=1, keepdims=True)
    mean = np.tensordot(weight, apart, axes=1)
    own = np.einsum("m,mnk->k", weight, apart**2)
    both = np.sum(mean**2, axis=0)
    return np.asarray(np.minimum(np.where(both > 0, own / np.where(both > 0, both, 1.0), 1.0), _TIMID))


def scores(arm: Ints, propensity: Floats, y: Floats, expected: Floats) -> Floats:
    """Return (n, k) doubly robust scores of every arm's effect over arm 0 (Robins, Rotnitzky & Zhao 1994).

    Args:
        arm: (n,) what was given.
        propensity: (n,) its chance.
        y: (n,) outcome.
        expected: (n, k) expectation under each arm, by models that did not see the row's customer.
    """
    n = len(arm)
    given = np.arange(n)
    found = expected - expected[:, [0]]
    rest = (y - expected[given, arm]) / propensity
    found[given, arm] += rest
    found -= np.where(arm == 0, rest, 0.0)[:, None]
    found[:, 0] = 0.0
    return found


def read(change: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Return (k,) slopes of scores on predicted changes about their mean, and their robust standard errors."""
    mass = np.sum(change**2, axis=0)
    known = mass > 0
    safe = np.where(known, mass, 1.0)
    slope = np.where(known, np.sum(change * score, axis=0) / safe, np.nan)
    rest = score - score.mean(axis=0) - change * np.nan_to_num(slope)
    error = np.where(known, np.sqrt(np.sum(change**2 * rest**2, axis=0)) / safe, np.nan)
    return slope, error


def corrected(middle: Floats, predicted: Floats, score: Floats) -> Floats:
    """Return (k,) mean changes, moved by what held-out scores have above what was predicted of the same rows.

    By how much a prediction may be out is of the order of the effects themselves, so its prior spread is a share of
    their root mean square; the shift is the posterior mean, and an arm that was said to do nothing can be moved too.

    Args:
        middle: (k,) mean changes of the models that are kept.
        predicted: (k,) mean changes of those that did not see the rows.
        score: (n, k) doubly robust scores.
    """
    error = score.std(axis=0) / np.sqrt(max(len(score), 1))
    prior = COMMON_SD * float(np.sqrt(np.mean(predicted[1:] ** 2))) if len(predicted) > 1 else 0.0
    total = prior**2 + error**2
    trust = np.where(total > 0, prior**2 / np.where(total > 0, total, 1.0), 0.0)
    return np.asarray(middle + trust * (score.mean(axis=0) - predicted))


def grown(slope: Floats, share: float) -> Floats:
    """Return what slopes of models of part of the rows are for models of all of them.

    A slope m below one says that the part 1 - m of what was predicted is noise; noise falls with the rows, so of the
    full model's it is the `share` of them: m / (m + share (1 - m)). A slope of nothing stays nothing.

    Args:
        slope: (k,) believed.
        share: rows the measured models learned from, of all.
    """
    low = np.clip(slope, 0.0, 1.0)
    return np.where(slope < 1.0, low / (low + share * (1 - low)), slope)


def shrink(slope: Floats, error: Floats) -> Floats:
    """Return (k,) posterior means: each arm's towards the common slope, the common one towards one.

    Arms are compared with the same control, so what is wrong with one is half wrong with all.
    """
    known = np.isfinite(slope) & np.isfinite(error) & (error > 0)
    held = np.ones(len(slope))
    if not known.any():
        return held
    spread = error[known] ** 2 + OWN_SD**2
    weight = 1 / spread / np.sum(1 / spread)
    alone = float(np.sum(weight**2 * spread))
    together = float(np.sum(weight * error[known])) ** 2
    doubt = max(alone, (1 - _ALIKE) * alone + _ALIKE * together)
    pull = COMMON_SD**2 / (COMMON_SD**2 + doubt)
    common = pull * float(np.sum(weight * slope[known])) + (1 - pull)
    own = OWN_SD**2 / spread
    held[known] = own * slope[known] + (1 - own) * common
    return held


def slopes(
    whole: Floats,
    held_out: Floats,
    whole_weight: Floats,
    held_weight: Floats,
    arm: Ints,
    propensity: Floats,
    y: Floats,
    base: Floats,
    share: float,
) -> Slopes:
    """Work out the slopes of a part.

    Args:
        whole: (members, n, k) changes from the control by the models that are kept, on any rows.
        held_out: (members, n, k) changes by models that did not see the rows.
        whole_weight: (members,) of each of `whole` in the average.
        held_weight: (members,) of `held_out`.
        arm: (n,) what was given.
        propensity: (n,) its chance.
        y: (n,) outcome.
        base: (n,) expectation under the control, out of fold.
        share: rows each model of `held_out` learned from, of all.
    """
    timid = ambiguity(held_out, held_weight)
    change = np.tensordot(held_weight, held_out, axes=1)
    middle = change.mean(axis=0)
    apart = (change - middle) * timid
    score = scores(arm, propensity, y, base[:, None] + middle + apart)
    measured, error = read(apart, score)
    usual = np.tensordot(whole_weight, whole, axes=1).mean(axis=0)
    return Slopes(
        usual,
        corrected(usual, middle, score),
        ambiguity(whole, whole_weight),
        measured,
        error,
        grown(shrink(measured, error), share),
    )
