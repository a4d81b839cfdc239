"""Over many shops the intervals cover the truth as often as they say, whatever is switched on; one shop may be luck."""

import numpy as np
import pytest

from offersmith.events.synthetic import Switches, make

SHOPS = 12
CASES = {
    "none": Switches(),
    "delay": Switches(delay=14),
    "pull_forward": Switches(pull_forward=0.8),
    "cannibalised": Switches(cannibalised=0.8),
    "fatigue": Switches(fatigue=0.8),
    "waiting": Switches(waiting=0.8),
    "carry_over": Switches(carry_over=0.9, logging=1.5, logged_by="rotation"),
    "logging": Switches(logging=1.0),
    "logging, chances hidden": Switches(logging=1.0, chances_known=False),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_intervals_cover_over_many_shops(switched, tmp_path_factory, name):
    """The three offers of a shop share their controls: 36 errors are worth fewer, so the borders are wide."""
    gaps = []
    for seed in range(200, 200 + SHOPS):
        shop = make(2500, 106, seed, switches=CASES[name])
        with switched.bound(shop, tmp_path_factory.mktemp("shop"), chances=CASES[name].chances_known) as analytics:
            found = switched.study(analytics, shop)
        for offer in ("save-10", "save-20", "five-off"):
            truth = switched.truth(shop, found, offer)
            effect = switched.ours(found, offer, 0.3 * found.revenue - found.cost)
            gaps.append((effect.estimate - truth.contribution) / effect.standard_error)
    assert np.mean(np.abs(gaps) <= 1.96) >= 0.86
    assert abs(np.mean(gaps)) < 0.75
