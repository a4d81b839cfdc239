"""Good customers are sent more: a plain comparison finds good customers; chances, logged or worked out, undo it."""

import pytest

from offersmith.events.synthetic import Switches, make

MISSED = 20.0
"""Dollars a customer by which the plain difference is too high."""


@pytest.mark.parametrize("known", [True, False], ids=["chances logged", "chances hidden"])
def test_sending_to_good_customers_does_not_make_them_good(switched, tmp_path, known):
    """Naive: recipients minus the others."""
    shop = make(7000, 106, 2, switches=Switches(logging=1.0, chances_known=known))
    with switched.bound(shop, tmp_path, chances=known) as analytics:
        found = switched.study(analytics, shop)
    assert found.history.randomised == known
    for offer in ("save-10", "save-20", "five-off"):
        truth = switched.truth(shop, found, offer)
        effect = switched.ours(found, offer, found.revenue)
        profit = switched.ours(found, offer, 0.3 * found.revenue - found.cost)
        naive = switched.plain(found, offer, found.revenue)
        assert naive > truth.gross + MISSED
        assert effect.ci_low <= truth.gross <= effect.ci_high
        assert profit.ci_low <= truth.contribution <= profit.ci_high
