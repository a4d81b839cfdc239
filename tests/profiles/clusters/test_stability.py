"""Agreement of labellings, and of halves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from offersmith.errors import InputError
from offersmith.profiles.clusters.columns import nearest
from offersmith.profiles.clusters.stability import agreement, halves, stability

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=50)


@given(LABELS)
def test_agreement_is_the_adjusted_rand_index(pairs):
    one, other = np.array(pairs).T
    assert agreement(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
    assert agreement(one, other) == agreement(other, one)
    assert agreement(one, (7 - one) * 3) == 1.0


def test_labellings_that_cannot_be_compared_are_refused():
    with pytest.raises(InputError, match="compared"):
        agreement(np.array([1, 2]), np.array([1]))
    with pytest.raises(InputError, match="compared"):
        agreement(np.array([1]), np.array([1]))


def test_halves_are_disjoint_seeded_and_differ():
    found = halves(11, 3, seed=4)
    assert all(sorted([*one, *other]) == list(range(11)) for one, other in found)
    assert [one.tolist() for one, _ in found] == [one.tolist() for one, _ in halves(11, 3, seed=4)]
    assert found[0][0].tolist() != found[1][0].tolist()


def test_true_segments_are_stable_and_chance_is_not():
    rng = np.random.default_rng(2)
    true = np.repeat([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]], 60, axis=0) + rng.normal(0, 0.5, (180, 2))
    splits = halves(180, 5, seed=1)

    def sorted_out(half):
        centres = half[[np.abs(half - corner).sum(axis=1).argmin() for corner in ((0, 0), (10, 0), (0, 10))]]
        return lambda everybody: nearest(everybody, centres)

    def at_random(half):
        dice = np.random.default_rng(int(abs(half[0, 0]) * 1e9))
        return lambda everybody: dice.integers(0, 3, len(everybody))

    assert stability(true, sorted_out, splits).tolist() == [1.0] * 5
    assert np.abs(stability(true, at_random, splits)).max() < 0.1
