"""Groups that were given something against groups that were not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.experiments.clustered import MIN_CLUSTERS, clustered


def drawn(rng, groups, size, effect=0.0, common=1.0):
    cluster = np.repeat(np.arange(groups), rng.integers(size // 2, size * 2, groups))
    treated = rng.permutation(groups)[cluster] < groups // 2
    level = rng.normal(0, common, groups)
    return level[cluster] + effect * treated + rng.normal(size=len(cluster)), treated, cluster


def test_intervals_cover_what_groups_have_in_common_and_plain_ones_do_not():
    rng, covered, plain = np.random.default_rng(3), 0, 0
    for _ in range(400):
        found = clustered(*drawn(rng, 24, 30, effect=0.5))
        covered += found.ci_low <= 0.5 <= found.ci_high
        plain += abs(found.estimate - 0.5) < 1.96 * found.naive_error
    assert 0.92 <= covered / 400 <= 0.98
    assert plain / 400 < 0.6


def test_groups_of_one_are_the_plain_comparison():
    rng = np.random.default_rng(4)
    outcome, treated = rng.normal(size=400), rng.random(400) < 0.5
    found = clustered(outcome, treated, np.arange(400))
    assert found.estimate == pytest.approx(outcome[treated].mean() - outcome[~treated].mean())
    assert found.standard_error == pytest.approx(found.naive_error, rel=0.01)


@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale(seed, shift, scale):
    outcome, treated, cluster = drawn(np.random.default_rng(seed), 10, 8)
    one, other = clustered(outcome, treated, cluster), clustered(shift + scale * outcome, treated, cluster)
    assert other.estimate == pytest.approx(scale * one.estimate, abs=1e-9)
    assert other.standard_error == pytest.approx(scale * one.standard_error)


def test_too_few_groups_have_no_interval():
    outcome, treated, cluster = drawn(np.random.default_rng(1), 2 * MIN_CLUSTERS - 2, 10)
    found = clustered(outcome, treated, [f"town {one}" for one in cluster])
    assert np.isfinite(found.estimate)
    assert found.standard_error is found.ci_low is found.ci_high is None
    assert found.as_dict()["clusters_treated"] == MIN_CLUSTERS - 1


@pytest.mark.parametrize(
    ("outcome", "treated", "cluster", "said"),
    [
        ([1.0, 2.0, 3.0], [True, False, True], [1, 1, 2], "1 of 2 groups have treated and untreated"),
        ([1.0, float("nan")], [True, False], [1, 2], "1 of 2 outcomes"),
        ([1.0, 2.0], [True, True], [1, 2], "2 of 2 groups are treated"),
        ([1.0, 2.0], [True], [1, 2], "2 outcomes, 1 treatments"),
    ],
)
def test_what_cannot_be_compared_is_named(outcome, treated, cluster, said):
    with pytest.raises(InputError, match=said):
        clustered(np.array(outcome), np.array(treated), cluster)
