import numpy as np
import pytest

from offersmith.strategy.allocation.planes import lowest


@pytest.mark.parametrize("size", [1, 3, 12])
def test_the_lowest_point_of_a_polyhedral_bowl_is_found_and_bounded(size):
    rng = np.random.default_rng(size)
    middle, slopes = rng.uniform(0.5, 2, size), rng.normal(0, 1, (40 * size, size))
    slopes = np.vstack([slopes, -slopes])  # every direction rises: the middle is lowest

    def ask(place):
        rises = slopes @ (place - middle)
        return 3.0 + float(rises.max()), slopes[int(rises.argmax())]

    free = lowest(ask, np.zeros(size), np.zeros(size), np.full(size, np.inf), np.ones(size), 1e-8)
    assert free.value == pytest.approx(3.0, rel=1e-7)
    assert free.bound <= 3.0 + 1e-7
    # The weights of the planes mix their slopes to nothing: what makes them shares of a primal answer.
    mixed = sum(weight * ask(place)[1] for weight, place in zip(free.weights, free.places, strict=True))
    assert mixed == pytest.approx(np.zeros(size), abs=1e-6)


def test_edges_hold():
    def ask(place):
        return float(place.sum()), np.ones(2)

    found = lowest(ask, np.array([5.0, 5.0]), np.array([1.0, 0.0]), np.array([9.0, 9.0]), np.ones(2), 1e-9)
    assert found.place == pytest.approx([1.0, 0.0], abs=1e-9)
    assert found.bound == pytest.approx(1.0)


def test_what_falls_without_end_is_left_at_the_least():
    def ask(place):
        return -float(place[0]), np.array([-1.0])

    found = lowest(ask, np.zeros(1), np.zeros(1), np.array([np.inf]), np.ones(1), 1e-9, least=-1e6)
    assert found.value < -1e6
