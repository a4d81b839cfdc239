"""Bought now what would have been bought in the weeks after: while the offer holds it looks like a gain."""

from offersmith.events.synthetic import Switches, make

MISSED = 5.0
"""Dollars a customer by which the count while the offers hold is too high."""


def test_the_weeks_after_take_the_gain_back(switched, tmp_path):
    """Naive: treated minus untreated, both by lot, while the offers hold."""
    shop = make(4500, 106, 2, switches=Switches(pull_forward=0.8))
    with switched.bound(shop, tmp_path) as analytics:
        found = switched.study(analytics, shop)
        early, _ = switched.spent(analytics, found, 14)
    for offer in ("save-10", "save-20", "five-off"):
        truth = switched.truth(shop, found, offer)
        effect = switched.ours(found, offer, found.revenue)
        profit = switched.ours(found, offer, 0.3 * found.revenue - found.cost)
        naive = switched.plain(found, offer, early)
        assert naive > truth.gross + MISSED
        assert effect.ci_low <= truth.gross <= effect.ci_high
        assert profit.ci_low <= truth.contribution <= profit.ci_high
        assert profit.ci_high < 0
