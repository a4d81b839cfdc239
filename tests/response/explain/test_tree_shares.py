from itertools import combinations
from math import factorial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.response.explain.tree_shares import shares
from offersmith.response.shared import kernels


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_are_those_of_every_set_of_features(seed):
    draw = np.random.default_rng(seed)
    p, k, trees = 4, 2, 3
    feature = draw.integers(-1, p, size=(trees, 7))
    border = draw.integers(0, 5, size=(trees, 7))
    value = draw.normal(size=(trees, 8, k))
    own, usual = (draw.integers(0, 6, size=(p, rows)).astype(np.uint8) for rows in (3, 7))
    found, base = shares(own, usual, feature, border, value)

    def worth(i, inside):
        mixed = usual.copy()
        for j in inside:
            mixed[j] = own[j, i]
        return kernels.predict(mixed, feature, border, value).mean(axis=0)

    for i in range(3):
        for j in range(p):
            others = [one for one in range(p) if one != j]
            total = np.zeros(k)
            for size in range(p):
                for inside in combinations(others, size):
                    share = factorial(size) * factorial(p - size - 1) / factorial(p)
                    total += share * (worth(i, {*inside, j}) - worth(i, inside))
            assert np.allclose(found[i, :, j], total, atol=1e-12)
    assert np.allclose(base, kernels.predict(usual, feature, border, value).mean(axis=0))
    assert np.allclose(base + found.sum(axis=2), kernels.predict(own, feature, border, value), atol=1e-9)
