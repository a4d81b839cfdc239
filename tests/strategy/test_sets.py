import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.strategy.sets import MOST_SETS, checked, lost, sets_of


def test_sets_begin_with_the_single_offers_and_no_offer_is_in_one_twice():
    sets = sets_of(np.ones((3, 2), bool), ("a", "b", "c"), 3)
    assert sets.names == ("a", "b", "c", "a+b", "a+c", "b+c", "a+b+c")
    assert sets.single.tolist() == [True] * 3 + [False] * 4
    assert sets.table.tolist() == [[0, -1, -1], [1, -1, -1], [2, -1, -1], [0, 1, -1], [0, 2, -1], [1, 2, -1], [0, 1, 2]]


def test_a_set_that_nobody_may_get_is_none():
    allowed = np.array([[True, True, False], [True, False, True], [False, True, True]])
    assert sets_of(allowed, ("a", "b", "c"), 3).names == ("a", "b", "c", "a+b", "a+c", "b+c")
    assert sets_of(np.eye(3, dtype=bool), ("a", "b", "c"), 2).names == ("a", "b", "c")


def test_too_many_sets_are_refused_with_what_fits():
    offers = [f"offer {k}" for k in range(17)]
    with pytest.raises(
        InputError, match=r"each = 2: up to 2 of 17 offers a customer come to more than 150 sets"
    ) as told:
        sets_of(np.ones((17, 1), bool), offers, 2)
    assert "up to 16 offers always fit" in told.value.message
    assert len(sets_of(np.ones((16, 1), bool), offers[:16], 2).members) == 136 <= MOST_SETS
    assert len(sets_of(np.eye(17, dtype=bool), offers, 2).members) == 17


def test_an_id_that_reads_as_two_offers_is_refused():
    with pytest.raises(InputError, match=r"offer 'a\+b': an id with '\+' in it"):
        sets_of(np.ones((2, 1), bool), ("a+b", "c"), 2)


@pytest.mark.parametrize("each", [0, 4, -1, "two", "2", True, 1.5, None])
def test_how_many_is_a_whole_number_from_one_to_three(each):
    with pytest.raises(InputError, match=r"each = .* must be a whole number from 1 to 3"):
        checked(each)
    assert [checked(one) for one in (1, 2, 3)] == [1, 2, 3]


def test_a_further_offer_brings_what_the_ones_before_it_leave():
    profit, gain = np.array([[4.0], [6.0], [-1.0]]), np.array([[5.0], [8.0], [-0.5]])
    used = np.array([[0.5], [0.25], [1.0]])
    # 6 stands first; of the gain 5, a quarter is gone; a loss is never discounted.
    assert lost(profit, gain, used)[:, 0].tolist() == [1.25, 0.0, 0.0]
    assert lost(profit, np.abs(gain), used)[2, 0] == pytest.approx(0.5 * (1 - 0.75 * 0.5))


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_what_is_lost_is_never_more_than_the_gain_nor_below_zero(seed, size):
    rng = np.random.default_rng(seed)
    profit, used = rng.normal(0, 2, (size, 5)), rng.random((size, 5))
    gain = profit + rng.random((size, 5))
    gone = lost(profit, gain, used)
    assert (gone >= 0).all()
    assert (gone <= np.maximum(gain, 0) + 1e-12).all()
    assert (gone[np.argmax(profit, axis=0), np.arange(5)] == 0).all()
    assert (lost(profit, gain, np.zeros_like(used)) == 0).all()
