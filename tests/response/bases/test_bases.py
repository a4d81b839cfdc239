"""Every plain model of `bases.BASES`, and what each is known for."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from offersmith.errors import MissingExtraError
from offersmith.response.bases import BASES
from offersmith.response.bases.linear import LinearBase
from offersmith.response.bases.network import NeuralBase, installed
from offersmith.response.bases.svm import SvmBase
from offersmith.response.bases.trees import TreeBase


def curved(kind, rows=2500, seed=1):
    """Return features, outcome and its expectation; the first two columns matter, one of them by a bend."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 4)) * [1, 1, 20, 0.1] + [0, 0, 100, 0]
    raw = 1.2 * x[:, 0] + 1.5 * (np.abs(x[:, 1]) > 1) - 0.5
    if kind == "mean":
        return x, raw + draw.normal(size=rows), raw
    chance = 1 / (1 + np.exp(-raw))
    return x, (draw.random(rows) < chance).astype(float), chance


@pytest.fixture(params=sorted(BASES))
def base(request):
    """Return each base, `neural` only where torch is installed."""
    if request.param == "neural":
        pytest.importorskip("torch")
    return BASES[request.param]


@pytest.fixture(params=["chance", "mean"])
def kind(request):
    return request.param


def test_it_learns_what_is_expected(base, kind):
    x, y, _ = curved(kind)
    new, _, truth = curved(kind, seed=2)
    found = base.fit(kind, x, y, seed=3).predict(new)
    assert found.shape == (2500,)
    assert np.mean((found - truth) ** 2) < 0.6 * np.var(truth)
    if kind == "chance":
        assert found.min() >= 0
        assert found.max() <= 1
        assert found.mean() == pytest.approx(truth.mean(), abs=0.04)


def test_it_is_repeatable_and_kept_whole(base, kind):
    x, y, _ = curved(kind, 600)
    fitted = base.fit(kind, x, y, seed=3)
    files, plain = fitted.save()
    assert base.fit(kind, x, y, seed=3).save() == (files, plain)
    again = base.load(files, json.loads(json.dumps(plain, allow_nan=False)))
    np.testing.assert_array_equal(again.predict(x), fitted.predict(x))
    assert again.predict(x[:0]).shape == (0,)


def test_a_weight_of_nothing_is_as_good_as_no_row(base, kind):
    """Rows whose outcomes are turned around and weigh nothing leave predictions about where they were."""
    x, y, truth = curved(kind)
    turned = np.concatenate([y, 1 - y])
    weight = np.repeat([1.0, 1e-6], len(y))
    found = base.fit(kind, np.vstack([x, x]), turned, weight=weight, seed=3).predict(x)
    assert np.corrcoef(found, truth)[0, 1] > 0.6


def test_where_there_is_nothing_to_learn_it_says_the_average(base, kind):
    x, y, _ = curved(kind, 200)
    assert (base.fit(kind, x, np.ones(200), seed=3).predict(x) == 1).all()
    assert base.fit(kind, x[:, :0], y, seed=3).predict(x[:, :0]) == pytest.approx(y.mean())
    assert base.fit(kind, x[:4], y[:4], seed=3).predict(x) == pytest.approx(y[:4].mean())
    weighed = base.fit(kind, x[:2], np.array([0.0, 1.0]), weight=np.array([1.0, 3.0]), seed=3)
    assert weighed.predict(x[:1]) == pytest.approx(0.75)
    assert base.fit(kind, x[:0], y[:0], seed=3).predict(x[:2]) == pytest.approx(0)
    assert base.load(*weighed.save()).predict(x[:1]) == weighed.predict(x[:1])


def test_linear_is_logistic_and_ridge_regression():
    x, y, _ = curved("chance")
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = LogisticRegression(C=1 / 7, tol=1e-10).fit(scaled, y).predict_proba(scaled)[:, 1]
    np.testing.assert_allclose(LinearBase(7.0).fit("chance", x, y, seed=1).predict(x), theirs, atol=1e-6)
    x, y, _ = curved("mean")
    count = np.random.default_rng(4).uniform(0.5, 2, len(y))
    ridge = Ridge(7.0).fit(scaled, y, sample_weight=count).predict(scaled)
    np.testing.assert_allclose(LinearBase(7.0).fit("mean", x, y, weight=count, seed=1).predict(x), ridge, atol=1e-6)


def test_weighted_logistic_regression_is_that_of_repeated_rows():
    x, y, _ = curved("chance", 400)
    times = np.random.default_rng(4).integers(1, 4, 400)
    weighed = LogisticRegression(C=1 / 7, tol=1e-10).fit((x - x.mean(axis=0)) / x.std(axis=0), y, sample_weight=times)
    theirs = weighed.predict_proba((x - x.mean(axis=0)) / x.std(axis=0))[:, 1]
    ours = LinearBase(7.0).fit("chance", x, y, weight=times.astype(float), seed=1).predict(x)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_machine_sees_what_no_line_can():
    draw = np.random.default_rng(1)
    x = draw.normal(size=(3000, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    right = (SvmBase(cost=1.0).fit("chance", x, y, seed=1).predict(x) > 0.5) == y
    assert right.mean() > 0.9
    assert np.ptp(LinearBase().fit("chance", x, y, seed=1).predict(x)) < 0.2


def test_the_machine_learns_from_a_part_of_very_many_rows():
    x, y, truth = curved("chance", 4000)
    found = SvmBase(most=1000).fit("chance", x, y, seed=1).predict(x)
    assert np.corrcoef(found, truth)[0, 1] > 0.8


def test_no_leaf_is_smaller_than_asked():
    x, y, _ = curved("mean", 500)
    found = TreeBase("tree", 1, leaves=31, least_leaf=60).fit("mean", x, y, seed=1).predict(x)
    values, counts = np.unique(found, return_counts=True)
    assert len(values) > 2
    assert counts.min() >= 60
    for value in values:
        assert value == pytest.approx(y[found == value].mean(), abs=1e-5)


@pytest.mark.skipif(installed(), reason="torch is installed")
def test_without_torch_the_extra_is_named():
    x, y, _ = curved("chance", 300)
    with pytest.raises(MissingExtraError, match="torch") as caught:
        NeuralBase().fit("chance", x, y, seed=1)
    assert caught.value.facts["extra"] == "deep"
    assert "offersmith[deep]" in caught.value.hint


def test_a_network_is_asked_by_numpy_alone():
    """A kept network (made here by hand) predicts what its layers say, whether or not torch is there."""
    from io import BytesIO

    held = BytesIO()
    np.savez(held, w0=np.eye(2), b0=np.array([0.0, -1.0]), w1=np.array([[1.0], [2.0]]), b1=np.array([0.5]))
    plain = {"kind": "mean", "scaling": {"center": [0, 0], "scale": [1, 1]}, "layers": 2, "level": 10.0, "spread": 2.0}
    fitted = NeuralBase().load({"layers.npz": held.getvalue()}, plain)
    x = np.array([[1.0, 3.0], [-1.0, 0.0]])
    assert fitted.predict(x).tolist() == [10 + 2 * (1 + 2 * 2 + 0.5), 10 + 2 * 0.5]


def test_training_a_network_leaves_torch_as_it_was():
    torch = pytest.importorskip("torch")
    x, y, _ = curved("chance", 300)
    torch.manual_seed(9)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    NeuralBase(epochs=1).fit("chance", x, y, seed=1)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == threads
