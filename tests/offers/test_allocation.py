"""Amounts split to the cent, within what everybody has room for."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.strategies import examples

from offersmith.errors import InputError
from offersmith.offers.allocation import allocate, per_unit, spread

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)
PLACES = st.lists(
    st.tuples(st.one_of(st.integers(0, 9), st.integers(0, 10_000)), st.integers(0, 100)), min_size=1, max_size=8
).map(lambda found: ([weight for weight, _ in found], [weight * percent // 100 for weight, percent in found]))
"""Weights, and rooms no larger: what is left to pay, and what of it is above the floor."""


@examples(100)
@given(weights=WEIGHTS, share=st.floats(0, 1))
def test_shares_add_up_and_stay_within_a_cent_of_the_exact_share(weights: list[int], share: float) -> None:
    amount = int(sum(weights) * share)
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    for got, weight in zip(shares, weights, strict=True):
        assert 0 <= got <= weight
        assert not amount or abs(got - Fraction(amount * weight, sum(weights))) < 1


def test_ties_go_to_the_earlier() -> None:
    assert allocate(2, [5, 5, 5]) == (1, 1, 0)
    assert spread(2, [5, 5, 5], [5, 5, 5]) == [1, 1, 0]
    assert spread(4, [5, 5, 5], [1, 5, 5]) == [1, 2, 1]


@pytest.mark.parametrize(("amount", "weights"), [(-1, [1]), (3, [1, 1]), (1, [2, -1])])
def test_impossible_splits_are_refused(amount: int, weights: list[int]) -> None:
    with pytest.raises(InputError, match="cannot split"):
        allocate(amount, weights)


@examples(100)
@given(amount=st.integers(0, 10_000), quantity=st.integers(1, 500))
def test_units_differ_by_a_cent_at_most(amount: int, quantity: int) -> None:
    runs = per_unit(amount, quantity)
    each = [off for _, off in runs]
    assert sum(pieces for pieces, _ in runs) == quantity
    assert sum(pieces * off for pieces, off in runs) == amount
    assert max(each) - min(each) <= 1


@examples(200)
@given(places=PLACES, amount=st.integers(0, 40_000))
def test_a_spread_drops_only_what_nobody_has_room_for(places: tuple[list[int], list[int]], amount: int) -> None:
    weights, rooms = places
    shares = spread(amount, weights, rooms)
    assert sum(shares) == min(amount, sum(rooms))
    assert all(0 <= share <= room for share, room in zip(shares, rooms, strict=True))


@examples(200)
@given(places=PLACES, amount=st.integers(0, 40_000))
def test_a_spread_is_the_exact_one_but_for_a_cent(places: tuple[list[int], list[int]], amount: int) -> None:
    weights, rooms = places
    exact = water_filling(amount, weights, rooms)
    for share, ideal in zip(spread(amount, weights, rooms), exact, strict=True):
        assert abs(share - ideal) < 1


def water_filling(amount: int, weights: Sequence[int], rooms: Sequence[int]) -> list[Fraction]:
    """Return exact shares: everybody's in proportion to the weight, until the room is full.

    Share i is min(room, level * weight); the level is found by going through the places in the order they fill up.
    """
    left = Fraction(min(amount, sum(rooms)))
    level = Fraction(0)
    filling = sorted(
        (Fraction(room, weight), weight) for room, weight in zip(rooms, weights, strict=True) if weight and room
    )
    for place, (full_at, _) in enumerate(filling):
        width = sum(weight for _, weight in filling[place:])
        rise = min(full_at - level, left / width)
        level += rise
        left -= rise * width
    return [
        min(Fraction(room), level * weight) if weight else Fraction(0)
        for room, weight in zip(rooms, weights, strict=True)
    ]


@examples(100)
@given(places=PLACES, amount=st.integers(0, 20_000), more=st.integers(0, 100))
def test_more_to_spread_never_takes_more_than_a_cent_from_anybody(
    places: tuple[list[int], list[int]], amount: int, more: int
) -> None:
    """Largest remainders may take one unit away as the amount grows (the Alabama paradox), never two."""
    less, larger = spread(amount, *places), spread(amount + more, *places)
    assert sum(less) <= sum(larger)
    assert all(after >= before - 1 for before, after in zip(less, larger, strict=True))


def test_the_alabama_paradox_is_there() -> None:
    weights = [6, 6, 2]
    assert spread(10, weights, weights) == [4, 4, 2]
    assert spread(11, weights, weights) == [5, 5, 1]
