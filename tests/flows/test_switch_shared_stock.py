"""What one customer takes another misses: customers drawn one by one spoil each other's comparison, towns do not."""

import numpy as np
import pyarrow.compute as pc
import pytest

from offersmith.events.synthetic import Switches, make
from offersmith.experiments.clustered import clustered

MISSED = 0.008
"""By how much the share of customers who buy seems to rise too much, of a truth of about .02."""
SHOP = {"customers": 9_000, "days": 183, "seed": 1, "switches": Switches(shared_stock=6.0), "every_days": 28}
VALID = 14


def test_drawing_towns_covers_what_drawing_customers_overstates(switched):
    """Naive: treated minus untreated while the offers hold, every customer drawn by lot."""
    one_by_one, by_town = make(**SHOP), make(**SHOP, drawn_by="town")
    naive = np.mean([plain(*one) for one in campaigns(switched, one_by_one)])
    truth, estimate, error = by_towns(switched, by_town)
    assert naive > truth + MISSED
    assert estimate - 1.96 * error <= truth <= estimate + 1.96 * error
    assert estimate - 1.96 * error > 0


@pytest.mark.slow
def test_towns_cover_over_many_shops(switched):
    gaps = []
    for seed in range(200, 216):
        shop = make(**{**SHOP, "seed": seed}, drawn_by="town")
        truth, estimate, error = by_towns(switched, shop)
        gaps.append((estimate - truth) / error)
    assert np.mean(np.abs(gaps) <= 1.96) >= 0.81
    assert abs(np.mean(gaps)) < 0.75


def by_towns(switched, shop):
    """Return the truth of 20 percent off, the estimate from towns over all campaigns, and its standard error."""
    found = []
    for bought, arm, town in campaigns(switched, shop):
        rows = arm != "other"
        found.append(clustered(bought[rows], arm[rows] == "save-20", town[rows]))
    table = shop.truth(horizon_days=VALID)
    truth = pc.mean(table.filter(pc.equal(table["offer_id"], "save-20"))["conversion"]).as_py()
    # Each campaign draws the towns anew, so that its errors are its own.
    error = np.sqrt(np.sum([one.standard_error**2 for one in found])) / len(found)
    return float(truth), float(np.mean([one.estimate for one in found])), float(error)


def campaigns(switched, shop):
    """Return for each campaign who bought while it held, what each was sent, and where each lives."""
    sold, register, drawn = switched.events(shop, "purchase"), shop.register(), shop.assignments()
    who = pc.index_in(sold["customer_id"], register["customer_id"].combine_chunks()).to_numpy()
    day = (sold["time"].to_numpy() - np.datetime64(shop.start)).astype("timedelta64[D]").astype(int)
    town, found = np.array(register["town"].to_pylist()), []
    for one in shop.campaigns():
        mine = drawn.filter(pc.equal(drawn["campaign_id"], one.campaign_id))
        arm = np.array(mine["offer_id"].to_pylist())
        inside = (day >= one.start) & (day < one.start + VALID)
        bought = (np.bincount(who[inside], minlength=len(arm)) > 0).astype(float)
        found.append((bought, np.where(np.isin(arm, ["none", "save-20"]), arm, "other"), town))
    return found


def plain(bought, arm, _town):
    return float(bought[arm == "save-20"].mean() - bought[arm == "none"].mean())
