"""What goes into a clustering, and how much it counts."""

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.profiles.clusters.scaling import IDEAS, MOST, Idea, learn

SHOP, _ = planted()


def test_ideas_are_declared_features_and_none_votes_twice():
    names = [name for idea in IDEAS for name in idea.columns]
    assert len(set(names)) == len(names)
    assert set(names) <= set(FEATURES)


def test_a_column_is_centred_at_its_median_and_measured_by_its_middle_half():
    scaling = learn(SHOP)
    assert scaling.names == ("recency", "orders", "spend", "tenure", "coupon_order_share")
    assert scaling.dropped == ()
    points = scaling.points(SHOP)
    assert points.shape == (800, 5)
    assert np.abs(points).max() <= MOST
    np.testing.assert_allclose(np.median(points, axis=0), 0.0, atol=1e-12)
    low, high = np.quantile(points[:, 1], [0.25, 0.75])
    assert high - low == pytest.approx(1.349)


def test_many_spend_columns_do_not_vote_many_times():
    twice = SHOP.append_column("orders_365d", SHOP["orders"])
    ideas = (*IDEAS, Idea("lately", ("orders_365d",), log=True))
    assert learn(twice, ideas).dropped == (("lately", "repeats"),)
    assert learn(twice, ideas).names == learn(SHOP).names


def test_what_is_constant_absent_or_unknown_is_left_out_and_named():
    nothing = pa.nulls(SHOP.num_rows, pa.float64())
    shop = replaced(replaced(SHOP, "tenure", np.full(SHOP.num_rows, 30.0)), "coupon_order_share", nothing)
    found = learn(shop.drop_columns(["recency"]))
    assert found.dropped == (("recency", "absent"), ("tenure", "constant"), ("coupons", "unknown"))
    assert found.names == ("orders", "spend")


def test_an_idea_takes_its_next_column_where_the_first_does_not_vary():
    shop = replaced(SHOP, "coupon_order_share", np.zeros(SHOP.num_rows)).append_column(
        "discount_share", SHOP["coupon_order_share"]
    )
    assert learn(shop).names[-1] == "discount_share"


def test_a_column_whose_middle_half_is_equal_still_counts():
    values = np.where(np.arange(SHOP.num_rows) % 10 == 0, 0.5, 0.0)
    found = learn(replaced(SHOP, "coupon_order_share", values))
    assert found.columns[-1].scale == pytest.approx(0.15, abs=0.01)


def test_what_is_unknown_stands_in_the_middle():
    recency = SHOP["recency"].to_numpy().copy()
    recency[:2] = np.nan
    shop = replaced(SHOP, "recency", pa.array(recency, mask=np.arange(len(recency)) == 0))
    assert learn(shop).points(shop)[:2, 0].tolist() == [0.0, 0.0]


def test_a_reseller_moves_nothing():
    orders, spend = SHOP["orders"].to_numpy().copy(), SHOP["spend"].to_numpy().copy()
    orders[0], spend[0] = 100_000, 9_000_000_000
    shop = replaced(replaced(SHOP, "orders", orders), "spend", spend)
    before, after = learn(SHOP), learn(shop)
    assert after.points(shop)[0, 1] <= MOST
    for one, other in zip(before.columns, after.columns, strict=True):
        assert other.centre == pytest.approx(one.centre, abs=0.02)
        assert other.scale == pytest.approx(one.scale, rel=0.02)


def test_ideas_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="ideas"):
        learn(SHOP, ())
    with pytest.raises(InputError, match="once"):
        learn(SHOP, (IDEAS[0], IDEAS[0]))
    with pytest.raises(InputError, match="tenure"):
        learn(SHOP).points(SHOP.drop_columns(["tenure"]))


def test_a_number_without_end_is_unknown():
    spend = SHOP["spend"].to_numpy().astype(float)
    spend[3] = np.inf
    shop = replaced(SHOP, "spend", spend)
    found = learn(shop)
    assert np.isfinite(found.columns[2].centre)
    assert found.points(shop)[3, 2] == 0.0
