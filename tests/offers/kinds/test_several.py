import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.offers.pricing import basket, price, promotion, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.context import Context, Customer
from offersmith.offers.kinds.merged import Trial
from offersmith.offers.stacking import evaluate
from offersmith.offers.till import Take, Till


def parts(*of):
    return {"parts": [{"kind": kind, "terms": terms} for kind, terms in of]}


def test_an_order_part_works_on_what_the_item_part_left():
    terms = parts(
        ("percent_off", {"percent": 20, "on": "unit", "items": {"category": "jackets"}}),
        ("amount_off", {"amount": "50.00"}),
    )
    effects = price("several", basket(Line("jacket", 7, 10_000, "jackets")), terms)
    assert (effects.off, effects.total) == (19_000, 51_000)
    mixed = basket(Line("trousers", 1, 8000, "trousers"), Line("jacket", 1, 10_000, "jackets"))
    assert price("several", mixed, parts(*[("percent_off", {"percent": 10})] * 2)).off == 1800 + 1620


def test_percentages_of_pieces_are_all_of_what_there_was_when_it_began():
    terms = parts(("percent_off", {"percent": 20, "on": "unit"}), ("percent_off", {"percent": 10, "on": "unit"}))
    assert price("several", basket(Line("a", 3, 1000)), terms).off == 900


def test_parts_on_different_items():
    terms = parts(
        ("amount_off", {"amount": "10.00", "on": "unit", "items": {"min_unit_price": "50.00"}}),
        ("amount_off", {"amount": "5.00", "on": "unit", "items": {"category": "tshirts"}}),
    )
    bought = basket(Line("tshirt", 1, 10_000, "tshirts"), Line("mug", 1, 2000, "mugs"))
    assert price("several", bought, terms).lines == (1500, 0)


def test_shelf_prices_act_one_after_the_other_each_on_what_the_earlier_left():
    terms = parts(
        ("catalogue_price", {"percent": 15, "items": {"category": "tea"}}),
        ("catalogue_price", {"amount": "1.00"}),
        ("catalogue_price", {"price": "7.00", "items": {"sku": "tea"}}),
    )
    # 10.50 less 15 % is 8.93, less 1.00 is 7.93, and 7.00 is less than that.
    bought = basket(Line("tea", 3, 1050, "tea"), Line("mate", 2, 1050, "tea"), Line("cup", 1, 500, floor=450))
    effects = price("several", bought, terms)
    assert effects.lines == (3 * 350, 2 * 257, 50)
    assert [(one.line, one.quantity, one.off) for one in effects.pieces] == [(0, 3, 1050), (1, 2, 514), (2, 1, 50)]


def test_shelf_prices_come_before_any_other_promotion_and_what_looks_at_full_prices():
    shelf = promotion("several", parts(*[("catalogue_price", {"percent": 50, "items": {"sku": "a"}})] * 2), name="zz")
    full = promotion("percent_off", {"percent": 10, "on": "unit", "items": {"full_price_only": True}}, name="aa")
    effects = evaluate(basket(Line("a", 2, 1000), Line("b", 1, 1000)), [full, shelf])
    assert effects.lines == (1500, 100)


def test_deliveries_gifts_and_points_come_along():
    terms = parts(
        ("spend_save", {"tiers": [{"from": "10.00", "percent": 10}]}),
        ("shipping_off", {"percent": 50}),
        ("shipping_off", {"amount": "1.00"}),
        ("gift", {"sku": "mug", "value": "4.00"}),
        ("points_spent", {"value": "0.01"}),
    )
    context = Context(customer=Customer(points=100), spend_points=100)
    effects = price("several", basket(Line("a", 1, 2000), shipping={"post": 500}), terms, context)
    assert (effects.lines, effects.shipping, effects.points_spent) == ((300, 400), (350,), 100)
    assert effects.total == 1700 + 150


def test_pieces_that_are_given_are_used_for_the_parts_after_it():
    one_one = ("buy_get", {"buy": {"quantity": 1}, "get": {"quantity": 1}})
    assert price("several", basket(Line("a", 3, 1000)), parts(one_one, one_one)).off == 1000
    assert price("several", basket(Line("a", 4, 1000)), parts(one_one, ("percent_off", {"percent": 10}))).off == 2200
    again = promotion("bundle_price", {"price": "1.00", "quantity": 2}, name="zz")
    effects = evaluate(basket(Line("a", 3, 1000)), [promotion("several", parts(one_one)), again])
    assert [one.code for one in effects.answers] == ["applied", "too_few_items"]


def test_any_part_is_enough_and_with_none_the_first_says_why():
    tier = ("spend_save", {"tiers": [{"from": "50.00", "amount": "5.00"}]})
    free = ("shipping_off", {"percent": 100})
    assert price("several", basket(Line("a", 1, 1000), shipping={"post": 300}), parts(tier, free)).total == 1000
    assert why(price("several", basket(Line("a", 1, 1000)), parts(tier, free))) == (
        "below_min_spend", {"least": 5000, "is": 1000}, {"spend_more": 4000, "then_off": 500},
    )  # fmt: skip


def test_floors_hold_for_the_parts_together():
    terms = parts(("percent_off", {"percent": 60, "on": "unit"}), ("percent_off", {"percent": 60, "on": "unit"}))
    assert price("several", basket(Line("a", 2, 1000, floor=300)), terms).off == 1400
    assert price("several", basket(Line("a", 2, 1000)), terms).total == 0


@pytest.mark.parametrize(
    ("kinds", "phase"),
    [
        (("shipping_off",), "shipping"),
        (("shipping_off", "spend_save"), "order"),
        (("spend_save", "cheapest_off", "shipping_off"), "item"),
        (("catalogue_price", "limited_time_price"), "catalogue"),
    ],
)
def test_it_belongs_to_the_earliest_phase_of_its_parts(kinds, phase):
    several = KINDS["several"]
    terms = parts(*((kind, KINDS[kind].examples[0]) for kind in kinds))
    assert several.phase(several.check(terms, "USD")) == phase


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({}, "parts"),
        ({"parts": []}, "parts"),
        (parts(("percent_off", {"percent": 5}), ("catalogue_price", {"percent": 5})), "belongs to catalogue"),
        (parts(("catalogue_price", {"percent": 5}), ("shipping_off", {"percent": 5})), "belongs to shipping"),
        (parts(("points_earned", {"points": 1, "per": "1"})), "belongs to reward"),
        (parts(("several", {"parts": []})), "kind = 'several' is unknown"),
        (parts(("percent_off", {"percent": 200})), "percent = 200"),
        ({"parts": [{"kind": "percent_off", "terms": 5}]}, "terms = 5"),
        ({"parts": [{"kind": "percent_off", "term": {}}]}, "allowed: kind, terms"),
    ],
)
def test_impossible_parts_are_refused(terms, named):
    with pytest.raises(SettingsError, match=named):
        KINDS["several"].check(terms, "USD")


@pytest.mark.parametrize(
    ("count", "each", "before", "done"),
    [
        (5, 11, 46, [Take(0, 1, 3), Take(1, 0, 2)]),
        (4, 7, 9, [Take(0, 0, 2), Take(0, 1, 1)]),
        (3, 2, 2, [Take(0, 0, 2), Take(0, 1, 1)]),
    ],
)
def test_relief_that_uneven_pieces_lead_astray_is_placed(count, each, before, done):
    till = Till(basket(Line("a", count, each)), Context())
    till.take(0, [Take(0, before)])
    trial, due = Trial(till), till.due
    trial.take(done)
    till.take(1, trial.takes())
    assert till.due == trial.fork.due == due - 1


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 500), st.integers(0, 60)), min_size=1, max_size=3),
    st.data(),
)
def test_takes_on_the_till_leave_what_is_left_on_the_copy(drawn, data):
    bought = basket(*(Line(f"p{place}", count, each, floor=floor) for place, (count, each, floor) in enumerate(drawn)))
    till = Till(bought, Context())
    for group in range(len(drawn)):  # uneven pieces, as an order offer leaves them
        till.take(0, [Take(group, data.draw(st.integers(0, till.left[group] - till.floor[group])))])
    trial = Trial(till)
    for _ in range(data.draw(st.integers(1, 4))):
        group = data.draw(st.integers(0, len(trial.fork.line) - 1))
        pieces = data.draw(st.integers(1, trial.fork.count[group]))
        off = data.draw(st.integers(0, trial.fork.room(group, pieces)))
        trial.take([Take(group, off, pieces, data.draw(st.booleans()))])
    left, floor, due = till.left[:], till.floor[:], trial.fork.due
    till.take(1, trial.takes())
    assert till.due == due
    assert all(now >= least for now, least in zip(till.left, till.floor, strict=True))
    for group in range(len(drawn)):

        def used(one: Till, line: int = group) -> int:
            return sum(
                count
                for place, count, gone in zip(one.line, one.count, one.used, strict=True)
                if gone and place == line
            )

        assert used(till) == used(trial.fork)
    assert sum(left) >= due >= sum(floor)
