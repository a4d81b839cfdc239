"""The map of customers: where they stand, and what its axes mean."""

import numpy as np
import pytest
from tests.profiles.clusters.shops import planted

from offersmith.errors import InputError
from offersmith.profiles.clusters import kmeans
from offersmith.profiles.clusters.base import label
from offersmith.profiles.clusters.hdbscan import fit as hdbscan
from offersmith.profiles.clusters.map import draw

SHOP, TRUTH = planted()


@pytest.fixture(scope="module")
def drawn(fitted):
    return draw(fitted, SHOP, seed=1)


def test_everybody_stands_near_the_centre_of_the_own_segment(fitted, drawn):
    assert drawn.points.shape == (800, 2)
    assert np.array_equal(drawn.segment, label(fitted, SHOP)["segment"].to_numpy())
    for one, centre in enumerate(drawn.centres, 1):
        np.testing.assert_allclose(drawn.points[drawn.segment == one].mean(axis=0), centre, atol=0.05)


def test_axes_hold_most_of_the_differences_and_say_what_they_mean(fitted, drawn):
    assert [axis.shown for axis in drawn.axes] == sorted((axis.shown for axis in drawn.axes), reverse=True)
    assert 0.6 < drawn.shown <= 1.0
    variances = drawn.points.var(axis=0)
    assert variances[0] / variances[1] == pytest.approx(drawn.axes[0].shown / drawn.axes[1].shown)
    assert abs(np.corrcoef(drawn.points.T)[0, 1]) < 1e-6
    for axis in drawn.axes:
        assert axis.loads[0][1] > 0
    features = {name for axis in drawn.axes for name, _ in axis.loads}
    assert {"tenure"} < features <= set(fitted.scaling.names)
    assert "days since the first purchase" in "; ".join(axis.said() for axis in drawn.axes)
    assert "更多：" in drawn.axes[0].said("zh")


def test_a_map_is_a_sample_by_seed(fitted):
    one, same, other = (draw(fitted, SHOP, seed=seed, most=50) for seed in (1, 1, 2))
    assert len(one.points) == len(one.segment) == 50
    assert np.array_equal(one.points, same.points)
    assert not np.array_equal(one.points, other.points)


def test_odd_shops_have_maps_too(fitted):
    same = SHOP.take(np.zeros(60, np.int64))
    flat = draw(kmeans.fit(same, seed=1), same, seed=1)
    assert not flat.points.any()
    assert flat.axes == ()
    assert flat.shown == 0
    assert flat.centres.shape == (1, 2)
    nobody = draw(hdbscan(SHOP.slice(0, 3), seed=1), SHOP, seed=1)
    assert nobody.centres.shape == (0, 2)
    ideas = kmeans.IDEAS[2:3]
    by_spend = kmeans.fit(SHOP.select(["customer_id", "orders", "spend"]), seed=1, ideas=ideas, splits=2)
    line = draw(by_spend, SHOP, seed=1)
    assert len(line.axes) == 1
    assert not line.points[:, 1].any()
    with pytest.raises(InputError, match="1 at least"):
        draw(fitted, SHOP, seed=1, most=0)
