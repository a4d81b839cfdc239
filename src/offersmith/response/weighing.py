"""From what was measured about an offer to what the estimates carry: prior and measurement by their precision."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from offersmith.response.base import History, OfferEffect
from offersmith.response.doubly import Measured, Slope, weigh
from offersmith.response.economy import points
from offersmith.response.prior import FittedPrior
from offersmith.vocabulary import Offer


def expected(prior: FittedPrior, profiles: pa.Table, offer: Offer, depth: float | None = None) -> tuple[float, float]:
    """Return the prior's mean effect on revenue over these customers and its spread, major units a customer.

    Args:
        prior: the beliefs.
        profiles: customers.
        offer: which.
        depth: percentage points it took off in the past, where its terms do not say; None = ask the terms.
    """
    if not profiles.num_rows:
        return 0.0, 0.0
    base = prior.baseline(profiles)
    deep = points(offer, prior.basket) or (depth or 0.0)
    gained = np.minimum(base.chance * prior.priors.lift_per_point * deep, 1 - base.chance)
    volume = float(np.mean(base.chance * base.basket))
    return float(np.mean(gained * base.basket)), prior.priors.lift_sd * deep * volume


def believed(
    history: History, offer: Offer, prior: tuple[float, float], measured: Measured | None, slope: Slope | None = None
) -> OfferEffect:
    """Weigh prior and measurement; a placebo's bias counts as error, and without a placebo only the lot is believed."""
    mean, sd = prior
    if measured is None:
        return OfferEffect(offer.offer_id, mean, sd, None, None, None, mean, sd)
    bias = 0.0 if history.randomised else history.bias.get(offer.offer_id)
    spread = None if bias is None else float(np.hypot(measured.standard_error, bias))
    if spread is None:
        used, used_sd = mean, max(sd, measured.standard_error)
    elif sd > 0:
        used, used_sd = weigh(mean, sd, measured.mean, spread)
    else:
        # Terms that say nothing leave no belief to weigh against: the measurement stands alone if it is by lot.
        used, used_sd = (measured.mean if history.randomised else mean), spread
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
