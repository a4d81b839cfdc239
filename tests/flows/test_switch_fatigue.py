"""Each offer received lately takes away from the next: what the first campaign brought is not what the third brings."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events.synthetic import Switches, make
from offersmith.response.base import floats

MISSED = 0.02
"""By how much a promise from the first campaign is too high, of a truth of about .02."""


def test_what_worked_on_the_fresh_does_not_work_on_the_tired(switched, tmp_path):
    """Naive: the third campaign is promised what the first brought, treated minus untreated, both by lot."""
    shop = make(7500, 148, 4, switches=Switches(fatigue=0.8))
    with switched.bound(shop, tmp_path) as analytics:
        found = switched.study(analytics, shop, campaign="mailing-3")
        naive = first_campaign(switched, shop)
    truth = switched.truth(shop, found, "save-20", campaign="mailing-3")
    effect = switched.ours(found, "save-20", found.bought)
    assert naive > truth.conversion + MISSED
    assert effect.ci_low <= truth.conversion <= effect.ci_high
    # What was received lately is part of the state, so that the tired can be told from the fresh.
    tired = floats(found.table, "exposures_90d")
    assert set(np.unique(np.nan_to_num(tired))) == {0.0, 1.0, 2.0}


def first_campaign(switched, shop):
    """Return treated minus untreated of the first campaign: the share that bought within 42 days."""
    drawn = shop.assignments()
    drawn = drawn.filter(pc.equal(drawn["campaign_id"], "mailing-1"))
    sold = switched.events(shop, "purchase")
    start = np.datetime64(shop.start) + np.timedelta64(shop.campaigns()[0].start, "D")
    time = sold["time"].to_numpy()
    inside = (time >= start) & (time < start + np.timedelta64(42, "D"))
    bought = pc.is_in(drawn["customer_id"], sold.filter(pa.array(inside))["customer_id"].combine_chunks()).to_numpy()
    given = np.array(drawn["offer_id"].to_pylist())
    return float(bought[given == "save-20"].mean() - bought[given == "none"].mean())
