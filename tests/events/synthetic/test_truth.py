"""The truth of the synthetic shop agrees with what can be read off its events, because offers are drawn by lot."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.events.synthetic import Shop, make
from offersmith.events.synthetic.promotions import ARMS, VALID_DAYS

MARGIN = 0.3


def observed(shop: Shop) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    """Return (campaign, arm) -> customers and their outcomes (conversion, paid, profit, relief, redemption)."""
    events = pa.Table.from_batches(shop.batches())
    bought = events.filter(pc.equal(events["event"], "purchase"))
    row = pc.index_in(bought["customer_id"], shop.register()["customer_id"]).to_numpy()
    time, paid, off = (bought[name].to_numpy() for name in ("time", "amount", "discount"))
    drawn, found = shop.assignments(), {}
    for campaign in shop.campaigns():
        start = np.datetime64(datetime.combine(shop.start, datetime.min.time()) + timedelta(days=campaign.start))
        inside = (time >= start) & (time < start + np.timedelta64(VALID_DAYS, "D"))
        sums = [np.bincount(row[inside], w[inside] / 100, minlength=shop.customers) for w in (paid, off)]
        outcomes = np.stack(
            [sums[0] > 0, sums[0], MARGIN * (sums[0] + sums[1]) - sums[1], sums[1], sums[1] > 0], axis=1
        ).astype(float)
        mine = drawn.filter(pc.equal(drawn["campaign_id"], campaign.campaign_id))
        for arm in ARMS:
            who = mine.filter(pc.equal(mine["offer_id"], arm))["customer_id"]
            rows = pc.index_in(who, shop.register()["customer_id"]).to_numpy()
            found[campaign.campaign_id, arm] = (rows, outcomes[rows])
    return found


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make(customers=16_000, days=45, seed=5)


@pytest.fixture(scope="module")
def truth(shop: Shop) -> pa.Table:
    return shop.truth(MARGIN, VALID_DAYS)


@pytest.fixture(scope="module")
def seen(shop: Shop) -> dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]:
    return observed(shop)


def test_difference_of_means_by_lot_covers_the_truth(shop: Shop, truth: pa.Table, seen: dict) -> None:
    scores = []
    for campaign in shop.campaigns():
        _, control = seen[campaign.campaign_id, ARMS[0]]
        for arm in ARMS[1:]:
            rows, treated = seen[campaign.campaign_id, arm]
            mine = truth.filter(
                pc.and_(pc.equal(truth["campaign_id"], campaign.campaign_id), pc.equal(truth["offer_id"], arm))
            )
            assert mine["customer_id"].to_pylist() == shop.register()["customer_id"].to_pylist()
            for place, name in enumerate(("conversion", "revenue", "profit", "cost", "redemption")):
                lift = treated[:, place].mean() - control[:, place].mean()
                spread = np.sqrt(treated[:, place].var() / len(treated) + control[:, place].var() / len(control))
                expected = mine[name].to_numpy()[rows].mean()
                scores.append((lift - expected) / spread)
                assert abs(scores[-1]) < 3.5, (arm, name, lift, expected, spread)
    assert np.mean(np.square(scores)) < 2.0


def test_the_truth_tells_customers_apart(shop: Shop, truth: pa.Table, seen: dict) -> None:
    """Customers for whom the truth says more also respond more: the effect is theirs and not only an average."""
    campaign = shop.campaigns()[0].campaign_id
    mine = truth.filter(pc.and_(pc.equal(truth["campaign_id"], campaign), pc.equal(truth["offer_id"], "save-20")))
    effect = mine["conversion"].to_numpy()
    high = effect > np.quantile(effect, 0.75)
    (given, treated), (kept, control) = seen[campaign, "save-20"], seen[campaign, "none"]
    lift = {
        strong: treated[high[given] == strong, 0].mean() - control[high[kept] == strong, 0].mean()
        for strong in (True, False)
    }
    assert lift[True] - lift[False] == pytest.approx(effect[high].mean() - effect[~high].mean(), abs=0.04)
    assert lift[True] > lift[False] + 0.05


def test_some_customers_are_worth_an_offer_and_most_are_not(truth: pa.Table) -> None:
    profit = truth["profit"].to_numpy()
    assert 0.1 < (profit > 0).mean() < 0.5


def test_a_lower_margin_lowers_the_profit_of_who_buys_more() -> None:
    shop = make(customers=2000, days=45, seed=5)
    high, low = shop.truth(0.4), shop.truth(0.2)
    more = high["conversion"].to_numpy() > 0
    assert (high["profit"].to_numpy()[more] > low["profit"].to_numpy()[more]).all()
    assert high["cost"].equals(low["cost"])
