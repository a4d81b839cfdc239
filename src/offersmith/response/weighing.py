"""From what was measured about an offer to what the estimates carry: prior and measurement by their precision."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from offersmith.response.base import Floats, History, OfferEffect
from offersmith.response.prior import FittedPrior
from offersmith.response.scores import Measured, Slope
from offersmith.vocabulary import Offer


def expected(
    prior: FittedPrior, profiles: pa.Table, offer: Offer, depth: float | None, used: Floats | None, weight: Floats
) -> tuple[float, float]:
    """Return the prior's mean effect on revenue over these customers and its spread, major units a customer.

    Args:
        prior: the beliefs.
        profiles: n customers.
        offer: which.
        depth: percentage points it took off in the past, where its terms do not say; None = ask the terms.
        used: (n,) the learned chance to use it; None = the prior's.
        weight: (n,) adding up to 1.
    """
    if not profiles.num_rows:
        return 0.0, 0.0
    belief = prior.belief(profiles, offer, used=used, depth=depth)
    return float(weight @ (belief.gained * belief.basket)), float(weight @ (belief.spread * belief.basket))


def believed(
    history: History, offer: Offer, prior: tuple[float, float], measured: Measured | None, slope: Slope | None = None
) -> OfferEffect:
    """Weigh prior and measurement; a placebo's bias counts as error, and without a placebo only the lot is believed."""
    mean, sd = prior
    if measured is None:
        return OfferEffect(offer.offer_id, mean, sd, None, None, None, mean, sd)
    by_lot = history.randomised or measured.logged
    bias = 0.0 if by_lot else history.bias.get(offer.offer_id)
    spread = None if bias is None else float(np.hypot(measured.standard_error, bias))
    if spread is None:
        used, used_sd = mean, max(sd, measured.standard_error)
    elif sd > 0:
        used, used_sd = weigh(mean, sd, measured.mean, spread)
    else:
        # Terms that say nothing leave no belief to weigh against: the measurement stands alone if it is by lot.
        used, used_sd = (measured.mean if by_lot else mean), spread
    return OfferEffect(
        offer_id=offer.offer_id,
        prior=mean,
        prior_sd=sd,
        measured=measured.mean,
        standard_error=measured.standard_error,
        bias=bias,
        used=used,
        used_sd=used_sd,
        slope=slope.value if slope else None,
    )


def weigh(prior: float, prior_sd: float, found: float | None, spread: float) -> tuple[float, float]:
    """Return mean and spread of a belief after a measurement with a normal error of `spread`.

    A measurement farther from the prior than both spreads explain widens the prior by the excess (a commensurate
    prior, by moments): a wrong belief gives way to data, and little data do not overthrow it.
    """
    if found is None or not np.isfinite(spread):
        return prior, prior_sd
    if prior_sd <= 0:
        return prior, 0.0
    excess = max(0.0, (found - prior) ** 2 - prior_sd**2 - spread**2)
    one, two = 1 / (prior_sd**2 + excess), 1 / max(spread, 1e-12) ** 2
    return (prior * one + found * two) / (one + two), float((one + two) ** -0.5)


def trust(history: History, effect: OfferEffect) -> float:
    """Return how far learned differences between customers are believed, from 0 to 1.

    Where offers were not decided by lot they are as open to selection as the mean is, so they get the weight that the
    measured mean has beside the prior (`weigh`): it falls with the sampling error and with the placebo's bias.
    """
    if history.randomised or effect.bias == 0.0:
        return 1.0
    if effect.bias is None or effect.standard_error is None or effect.prior_sd <= 0:
        return 0.0
    spread = max(float(np.hypot(effect.standard_error, effect.bias)), 1e-12)
    return min(1.0, (effect.used_sd / spread) ** 2)
