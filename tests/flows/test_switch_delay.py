"""Those an offer wins over pay days later: what is counted too early is not there yet."""

from datetime import timedelta

import numpy as np

from offersmith.events.synthetic import Switches, make

MISSED = 0.02
"""By how much the early figure is too low, of a truth of about .06."""


def test_an_unripe_count_is_too_low_and_a_ripe_one_covers_the_truth(switched, tmp_path):
    """Naive: the day the offers end, who has not bought counts as not converted."""
    shop = make(8000, 106, 3, switches=Switches(delay=14))
    with switched.bound(shop, tmp_path) as analytics:
        found = switched.study(analytics, shop)
        _, early = switched.spent(analytics, found, 14)
        effect = switched.ours(found, "save-20", found.bought)
        # Before the horizon is over there is no figure at all: the campaign is left out and says why.
        unripe = switched.study(analytics, shop, as_of=(found.start + timedelta(days=20)).toordinal() - first(shop))
    truth = switched.truth(shop, found, "save-20").conversion
    naive = switched.plain(found, "save-20", early.astype(np.float64))
    assert naive < truth - MISSED
    assert effect.ci_low <= truth <= effect.ci_high
    assert effect.ci_low > 0
    assert unripe.table.num_rows == 0
    assert unripe.history.left_out["mailing-2/save-20"] == "outcome_open"


def first(shop):
    return shop.start.toordinal()
