"""The next segment of a customer, and segments that are kept."""

import json

import numpy as np
import pytest
from tests.profiles.clusters.shops import planted, replaced

from offersmith.errors import InputError
from offersmith.profiles.clusters import kmeans
from offersmith.profiles.clusters.base import NO_PURCHASE, label
from offersmith.profiles.clusters.hdbscan import fit as hdbscan
from offersmith.profiles.clusters.kept import plain, read
from offersmith.profiles.clusters.neighbours import neighbours

SHOP, TRUTH = planted()


def test_the_next_segment_is_the_second_nearest_and_the_border_is_told(fitted):
    found = neighbours(fitted, SHOP).to_pylist()
    points = fitted.scaling.points(SHOP)
    far = np.linalg.norm(points[:, None, :] - fitted.centres[None, :, :], axis=2)
    order = far.argsort(axis=1) + 1
    assert [row["segment"] for row in found] == order[:, 0].tolist()
    assert [row["next"] for row in found] == order[:, 1].tolist()
    nearness = np.array([row["nearness"] for row in found])
    np.testing.assert_allclose(nearness, np.sort(far, axis=1)[:, 0] / np.sort(far, axis=1)[:, 1])
    assert nearness.max() <= 1.0


def test_who_has_not_bought_and_who_is_alone_has_no_next(fitted):
    orders = SHOP["orders"].to_numpy().copy()
    orders[0] = 0
    found = neighbours(fitted, replaced(SHOP, "orders", orders)).to_pylist()
    assert (found[0]["segment"], found[0]["next"], found[0]["nearness"]) == (NO_PURCHASE, None, None)
    alone = neighbours(kmeans.fit(SHOP.slice(0, 5), seed=1), SHOP)
    assert alone["next"].null_count == alone["nearness"].null_count == SHOP.num_rows
    nobody = neighbours(hdbscan(SHOP.slice(0, 5), seed=1), SHOP)
    assert set(nobody["segment"].to_pylist()) == {0}
    assert nobody["next"].null_count == SHOP.num_rows


def test_kept_segments_label_as_they_did(fitted):
    for found in (fitted, kmeans.fit(SHOP.take(np.zeros(60, np.int64)), seed=1)):
        again = read(json.loads(json.dumps(plain(found))))
        assert label(again, SHOP).equals(label(found, SHOP))
        assert again.chosen == found.chosen
        assert again.choices == found.choices
        assert plain(again) == plain(found)


@pytest.mark.parametrize("change", [{"form": 2}, {"centres": [[1.0]]}, {"scaling": {}}, {"basis": "x"}])
def test_kept_segments_of_another_form_are_refused(change, fitted):
    with pytest.raises(InputError, match="kept segments"):
        read({**plain(fitted), **change})
