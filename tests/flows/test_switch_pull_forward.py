"""Bought now what would have been bought in the weeks after: while the offer holds it looks like a gain."""

from offersmith.events.synthetic import Switches, make
from offersmith.events.synthetic.promotions import ARMS

MISSED = 5.0
"""Dollars a customer by which the count while the offers hold is too high."""


def test_the_weeks_after_take_the_gain_back(switched, tmp_path):
    """Naive: treated minus untreated, both by lot, while the offers hold."""
    shop = make(4500, 106, 2, switches=Switches(pull_forward=0.8))
    found, early = switched.while_it_holds(shop, tmp_path)
    naive = {offer: switched.plain(found, offer, early) for offer in ARMS[1:]}
    switched.overstated(shop, found, naive, MISSED)
