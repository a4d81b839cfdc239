"""The structural model taken apart: what each feature adds to the profit it expects of one offer.

Chances are those of their log-odds, carried over in proportion, baskets those of their logarithms; what an offer brings
and what it costs are products (`parted`). Where campaigns were not decided by lot, the model leans on the stated
beliefs as far as it does not trust what it learned: they are one share of their own, not features'.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from offersmith.response.base import Floats
from offersmith.response.boosting import FittedBoosting
from offersmith.response.costs import relief
from offersmith.response.explain.boosters import stacked
from offersmith.response.explain.parted import Parted
from offersmith.response.linear import expit
from offersmith.response.structural.core import amounts
from offersmith.vocabulary import NO_OFFER, Offer


def profit(fitted: FittedBoosting, offer: Offer, profiles: pa.Table, background: pa.Table) -> tuple[Parted, Floats]:
    """Return what each column of the encoder adds to the expected profit, and (n,) what the stated beliefs add.

    Before revenue is kept within what use allows (`estimates.within_use`). Major units, compared with the background,
    one arm wide.

    Args:
        fitted: the model.
        offer: one it learned about.
        profiles: n customers.
        background: m others.
    """
    core, held, economics = fitted.fitted.core, fitted.fitted.calibration[offer.offer_id], fitted.prior.economics
    x, usual = (fitted.fitted.encoder.matrix(table) for table in (profiles, background))
    names = np.array([NO_OFFER, offer.offer_id], dtype=np.str_)
    none, own = core.arms.codes(names)
    nothing, chance = (stacked(core.buying, x, usual, codes).through(expit) for codes in (none, own))
    basket = stacked(core.basket, x, usual).through(lambda logs: amounts(logs) * core.smear)
    with_offer = basket.scaled(core.factor.get(offer.offer_id, 1.0))
    change = chance.times(with_offer).plus(nothing.times(basket).scaled(-1.0))
    using = stacked(fitted.fitted.redeeming, x, usual, own).through(expit)
    line = fitted.fitted.costs.get(offer.offer_id)
    # A minimum basket is a step; a unit of basket is not said to change what is taken off by more than itself.
    taken = with_offer.through(line.of) if line else with_offer.through(partial(relief, offer), 0.0, 1.0)
    gained, mean = (
        _stated(fitted, offer, profiles, using.total[:, 0]),
        _stated_mean(fitted, offer, background, usual, own),
    )
    left = economics.margin_rate * (1 - held.trust)
    fixed = held.mean - held.trust * held.slope * held.center - (1 - held.trust) * held.prior_center
    found = (
        change.scaled(held.trust * held.slope)
        .shifted(fixed)
        .scaled(economics.margin_rate)
        .plus(using.times(taken).scaled(-economics.cost_share))
        .shifted(left * mean)
    )
    return found, left * (gained - mean)


def _stated_mean(fitted: FittedBoosting, offer: Offer, table: pa.Table, x: Floats, codes: Floats) -> float:
    rows = np.hstack([x, np.repeat(codes[None], len(x), axis=0)])
    return float(_stated(fitted, offer, table, expit(fitted.fitted.redeeming.predict(rows))).mean())


def _stated(fitted: FittedBoosting, offer: Offer, table: pa.Table, used: Floats) -> Floats:
    """Return (n,) the change of revenue that is believed without having been learned."""
    depth = fitted.fitted.core.arms.depth[offer.offer_id]
    belief = fitted.prior.belief(table, offer, used=used, depth=depth)
    return np.asarray(belief.gained * belief.basket)
