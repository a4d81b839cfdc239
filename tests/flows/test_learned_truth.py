"""What is learned from a synthetic shop's lots, beside what its offers truly change."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from offersmith.events.synthetic import make
from offersmith.events.synthetic.promotions import OFFERS
from offersmith.profiles import FEATURES
from offersmith.profiles.build import build as profiles
from offersmith.response.base import Economics
from offersmith.response.learn import learn
from offersmith.settings import LearnSettings, PriorSettings

MARGIN, HORIZON = 0.5, 42


@pytest.mark.slow
def test_estimates_follow_the_truth_and_beat_one_average_for_all(switched, tmp_path):
    shop = make(3000)
    at = datetime.combine(shop.start, datetime.min.time()) + timedelta(days=shop.days)
    campaign = shop.campaigns()[-1].campaign_id
    with switched.bound(shop, tmp_path) as analytics:

        def known(moment):
            return profiles(analytics, moment, features=FEATURES)

        table = known(at)
        found = {}
        for model in ("shared", "constant"):
            settings = LearnSettings(model=model, horizon_days=HORIZON, folds=3)
            found[model] = learn(
                analytics, at, profile=known, offers=OFFERS, economics=Economics(MARGIN, "USD"), settings=settings,
                priors=PriorSettings(),
            )  # fmt: skip
    truth = shop.truth(MARGIN, HORIZON, campaign)
    keys = zip(truth["customer_id"].to_pylist(), truth["offer_id"].to_pylist(), strict=True)
    place = {key: row for row, key in enumerate(keys)}
    told = found["shared"].estimate(table, OFFERS)
    rows = np.array(
        [place[key] for key in zip(told["customer_id"].to_pylist(), told["offer_id"].to_pylist(), strict=True)]
    )
    assert found["shared"].name == "learned"
    assert found["shared"].evidence.judged["chosen"] == "shared"

    def follows(model, column):
        mine, true = found[model].estimate(table, OFFERS)[column].to_numpy(), truth[column].to_numpy()[rows]
        return float(np.corrcoef(mine, true)[0, 1])

    for column, least in (("profit", 0.3), ("cost", 0.5), ("redemption", 0.6)):
        assert follows("shared", column) > max(least, follows("constant", column) + 0.1)
