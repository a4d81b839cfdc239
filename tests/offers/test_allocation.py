import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.offers.allocation import allocate, per_unit

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)


@settings(deadline=None)
@given(weights=WEIGHTS, share=st.floats(0, 1))
def test_shares_add_up_and_stay_within_a_cent_of_the_exact_share(weights, share):
    amount = int(sum(weights) * share)
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    for got, weight in zip(shares, weights, strict=True):
        assert 0 <= got <= weight
        assert not amount or abs(got - amount * weight / sum(weights)) < 1


def test_ties_go_to_the_earlier():
    assert allocate(2, [5, 5, 5]) == (1, 1, 0)


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (3, [1, 1]), (1, [2, -1])])
def test_impossible_splits_are_refused(amount, weights):
    with pytest.raises(InputError, match="cannot split"):
        allocate(amount, weights)


@settings(deadline=None)
@given(amount=st.integers(0, 10_000), quantity=st.integers(1, 500))
def test_units_differ_by_a_cent_at_most(amount, quantity):
    runs = per_unit(amount, quantity)
    each = [off for _, off in runs]
    assert sum(pieces * off for pieces, off in runs) == amount
    assert max(each) - min(each) <= 1
