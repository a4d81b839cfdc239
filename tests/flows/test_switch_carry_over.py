"""An offer works on after it ended, into the next campaign, whose controls are then those who got the last one."""

from offersmith.events.synthetic import Switches, make
from offersmith.events.synthetic.promotions import ARMS

MISSED = 4.0
"""Dollars a customer by which the plain difference is too low."""


def test_controls_that_still_have_the_last_offer_are_no_controls(switched, tmp_path):
    """Naive: treated minus untreated while the offers hold. Two things are wrong with it.

    What comes after is not counted; and who got nothing last time is sent more this time, so that nine in ten of the
    controls were sent the last offer, and three in ten of the treated.
    """
    switches = Switches(carry_over=0.9, logging=1.5, logged_by="rotation")
    shop = make(7000, 106, 1, switches=switches)
    found, early = switched.while_it_holds(shop, tmp_path)
    for offer in ARMS[1:]:
        truth = switched.truth(shop, found, offer)
        effect = switched.ours(found, offer, found.revenue)
        naive = switched.plain(found, offer, early)
        assert naive < truth.gross - MISSED
        assert effect.ci_low <= truth.gross <= effect.ci_high
        assert effect.ci_low > 0
