"""Groups of equal pieces against a plain list of pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.strategies import baskets, examples

from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context, Customer
from offersmith.offers.till import Take, Till


def pieces(till: Till, group: int) -> list[int]:
    """Return what each piece of a group costs, the cheapest first."""
    each, more = divmod(till.left[group], till.count[group])
    return [each] * (till.count[group] - more) + [each + 1] * more


@st.composite
def takes(draw: st.DrawFn, till: Till) -> Take:
    group = draw(st.integers(0, len(till.left) - 1))
    some = draw(st.integers(0, till.count[group]))
    room = till.room(group, some) if some else till.left[group] - till.floor[group]
    return Take(group, draw(st.integers(0, room)), some, draw(st.booleans()))


@examples(60)
@given(data=st.data(), basket=baskets(), bp=st.sampled_from([0, 3000]))
def test_taking_from_groups_is_taking_from_pieces(data: st.DataObject, basket: Basket, bp: int) -> None:
    till = Till(basket, Context(min_margin_bp=bp))
    if not till.left:
        return
    paid = {(place,): pieces(till, place) for place in range(len(till.left))}
    assert all(paid.values())
    for who in range(data.draw(st.integers(1, 5))):
        take = data.draw(takes(till))
        before, due = pieces(till, take.group), till.due
        used, counts = till.used[:], len(till.left)
        till.take(who, (take,))
        assert till.due == due - take.off
        if 0 < take.pieces < len(before):
            new = len(till.left) - 1
            assert counts == new
            assert pieces(till, take.group) == before[take.pieces :]
            assert till.left[new] == sum(before[: take.pieces]) - take.off
            assert till.used == [*used, used[take.group] or take.uses]
        else:
            assert counts == len(till.left)
            assert till.used[take.group] == (used[take.group] or take.uses)
        _whole(till)


def _whole(till: Till) -> None:
    """Nothing got lost: pieces, floors, and who took what."""
    for place, line in enumerate(till.lines):
        groups = [group for group, at in enumerate(till.line) if at == place]
        assert sum(till.count[group] for group in groups) == line.quantity
        for group in groups:
            taken = sum(off for _, off in till.took[group])
            assert till.left[group] == line.unit_price * till.count[group] - taken
            assert till.left[group] >= till.floor[group]
            assert till.floor[group] % till.count[group] == 0
            assert all(off > 0 for _, off in till.took[group])


@examples(100)
@given(left=st.integers(0, 500), count=st.integers(1, 9), data=st.data())
def test_the_cheapest_pieces_of_a_group(left: int, count: int, data: st.DataObject) -> None:
    till = Till(Basket((Line("a", count, 500),), "USD"), Context())
    till.left[0] = left
    some = data.draw(st.integers(1, count))
    cheapest = pieces(till, 0)[:some]
    assert till.worth(0, some) == till.room(0, some) == sum(cheapest)
    assert [each for number, each in till.prices(0, some) for _ in range(number)] == cheapest
    assert [each for number, each in till.prices(0) for _ in range(number)] == pieces(till, 0)


def test_a_fork_leaves_the_till_alone() -> None:
    basket = Basket((Line("a", 3, 100),), "USD")
    till = Till(basket, Context())
    fork = till.fork()
    fork.take(0, [Take(0, 50, 2, uses=True)])
    fork.shipping.append(1)
    fork.points -= 1
    assert (till.left, till.count, till.took, till.used) == ([300], [3], [[]], [False])
    assert (till.shipping, till.points) == ([], 0)
    assert (fork.left, fork.count, fork.took, fork.used) == ([100, 150], [1, 2], [[], [(0, 50)]], [False, True])


def test_gifts_of_an_earlier_pricing_are_left_out_and_points_are_what_is_there() -> None:
    basket = Basket((Line("a", 1, 100), Line("b", 1, 900, gift_of="x")), "USD")
    till = Till(basket, Context(customer=Customer(points=30), spend_points=50))
    assert till.left == [100]
    assert till.points == 30


@pytest.mark.parametrize(
    ("line", "bp", "floor"),
    [
        (Line("a", 2, 1000, floor=300), 0, 600),
        (Line("a", 2, 1000, floor=300, cost=600), 0, 1200),
        (Line("a", 2, 1500, cost=600), 4000, 2000),
        (Line("a", 2, 1000, cost=667), 2500, 2 * 890),
        (Line("a", 2, 500, cost=600), 4000, 1000),
        (Line("a", 2, 500, floor=900), 0, 1000),
        (Line("a", 2, 1000), 4000, 0),
    ],
)
def test_the_floor_is_the_lines_own_or_cost_and_margin(line: Line, bp: int, floor: int) -> None:
    assert Till(Basket((line,), "USD"), Context(min_margin_bp=bp)).floor == [floor]
