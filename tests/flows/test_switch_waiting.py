"""Who got a discount waits for the next one: the price of an offer is paid after it ended."""

from offersmith.events.synthetic import Switches, make
from offersmith.events.synthetic.promotions import ARMS

MISSED = 6.0
"""Dollars a customer by which the count while the offers hold is too high."""


def test_what_is_lost_by_waiting_comes_after_the_offer(switched, tmp_path):
    """Naive: treated minus untreated, both by lot, while the offers hold."""
    shop = make(7000, 106, 2, switches=Switches(waiting=0.8))
    found, early = switched.while_it_holds(shop, tmp_path)
    naive = {offer: switched.plain(found, offer, early) for offer in ARMS[1:]}
    switched.overstated(shop, found, naive, MISSED)
