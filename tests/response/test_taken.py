"""What the record says a use took off: uses of one basket share it, and a 0 counts where nothing contradicts it."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.taken import taken

NUMBERS = ("n", "said", "nothing", "own", "all_n", "all_said", "all_nothing", "all_own", "paid", "coupon", "discount",
           "loose_paid", "loose_coupon")  # fmt: skip
ONE = {"n": 1, "said": 0, "nothing": 0, "all_n": 1, "all_said": 0, "all_nothing": 0}


def ask(*rows):
    """Return the answer of rows of one basket, each a use of its own campaign unless it says otherwise."""
    plain = [{"customer_id": "ann", "by_order": False, **dict.fromkeys(NUMBERS), **ONE, **row} for row in rows]
    whole = {name: pa.array([row[name] for row in plain], pa.int64()) for name in NUMBERS}
    words = {name: [row[name] for row in plain] for name in ("customer_id", "by_order")}
    return taken(pa.table({**words, **whole}))


def told_of(own=None, **basket):
    """Return (told, untold, most) of a single use whose event says `own`."""
    says = {"own": own, "all_own": own, "said": int(bool(own)), "all_said": int(bool(own)), "nothing": int(own == 0)}
    found = ask({**says, **basket})
    return float(found.told[0]), float(found.untold[0]), float(found.most[0])


@pytest.mark.parametrize(
    ("own", "basket", "told", "untold"),
    [
        (None, {"paid": 900}, 0, 1),
        (0, {"paid": 900}, 0, 0),
        (0, {"paid": 900, "discount": 0}, 0, 0),
        (0, {"paid": 900, "discount": 150}, 0, 1),
        (0, {"paid": 900, "discount": 150, "coupon": 60}, 60, 0),
        (0, {"paid": 900, "discount": 150, "coupon": 0}, 0, 0),
        (None, {"paid": 900, "discount": 150, "coupon": 0}, 0, 0),
        (None, {"paid": 900, "discount": 150}, 0, 1),
        (45, {"paid": 900, "discount": 150}, 45, 0),
        (45, {"paid": 900, "discount": 150, "coupon": 60}, 60, 0),
        (80, {"paid": 900, "coupon": 60}, 80, 0),
    ],
)
def test_what_one_use_took_off(own, basket, told, untold):
    found = told_of(own, **basket)
    assert found[:2] == (told, untold)
    if untold and "discount" in basket:
        assert found[2] == basket["discount"]


def test_a_coupon_that_found_no_use_bounds_those_that_found_no_coupon():
    """By the day alone; a use whose order is on record took nothing off it."""
    loose = {"loose_paid": 4000, "loose_coupon": 300}
    none, beside, ordered = loose, {"paid": 900, "coupon": 0, **loose}, {"paid": 900, "coupon": 0, "by_order": True}
    found = ask(none, beside, {**ordered, **loose})
    assert found.untold.tolist() == [1, 1, 0]
    assert found.most[:2].tolist() == [150, 150]
    assert found.paid[:2].tolist() == [2000, 2000]
    # Spending before offers holds the coupon already: it is taken out until the cost is known.
    assert (found.told - found.counted).tolist() == [-150, -150, 0]


def test_one_recorded_cost_does_not_make_the_other_use_free():
    found = ask({"n": 2, "said": 1, "own": 45, "all_n": 2, "all_said": 1, "all_own": 45, "paid": 900, "discount": 105})
    assert (found.told[0], found.untold[0], found.paid[0], found.most[0]) == (45, 1, 450, 60)


@given(
    uses=st.lists(st.tuples(st.integers(1, 3), st.none() | st.integers(0, 500)), min_size=1, max_size=4),
    coupon=st.integers(0, 1000),
)
def test_no_part_of_a_basket_s_coupon_is_counted_twice_or_lost(uses, coupon):
    """Campaigns that share a basket took off its coupon in all, or what their events say where that is more."""
    basket = {
        "all_n": sum(n for n, _ in uses), "all_said": sum(n for n, own in uses if own), "paid": 900, "coupon": coupon,
        "all_own": sum(own or 0 for _, own in uses),
    }  # fmt: skip
    rows = [{"n": n, "said": n if own else 0, "nothing": n if own == 0 else 0, "own": own, **basket} for n, own in uses]
    found = ask(*rows)
    assert found.told.sum() == pytest.approx(max(coupon, basket["all_own"]))
    assert found.counted.sum() == pytest.approx(coupon)
    assert (found.told >= found.counted - 1e-9).all()
    assert found.untold.sum() == 0
