import json

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.strategy.compare import Side, compare
from offersmith.strategy.compare.asked import Change
from offersmith.strategy.compare.base import Fortune, LimitChange, Sums, Use

LOT, CHOSEN = ["by_lot"], ["most_profit"]
FEW = [("a", "ten-percent", 3.0, 1.0), ("b", "none", 0.0, 0.0), ("c", "five-percent", 1.0, 0.5)]


def profiles(ids, seed=3):
    rng = np.random.default_rng(seed)
    size = len(ids)
    return pa.table(
        {
            "customer_id": ids,
            "recency": rng.uniform(0, 200, size),
            "tenure": rng.uniform(200, 400, size),
            "orders": rng.integers(0, 12, size),
            "spend": rng.integers(0, 9000, size),
            "cadence": rng.uniform(5, 60, size),
        }
    )


def test_real_plans_add_up(planned):
    made = compare(planned(20_000), planned(10_000, customers=310), profiles([f"c{k:05d}" for k in range(290)]))
    assert made.asked == (Change("budget", "200.00 USD", "100.00 USD"),)
    assert made.customers == 300
    assert made.only_before == Sums()
    assert made.only_after.customers == 10
    fates = made.fortune
    assert fates.better + fates.equal + fates.worse == 300
    assert fates.worse > fates.better > 0
    assert sum(flow.customers for flow in made.flows) == 300
    assert sum(flow.customers for flow in made.flows if not flow.same) == made.moved > made.by_lot > 0
    for groups in (made.by_offer, made.by_segment):
        assert sum(one.before.customers for one in groups) == 300
        assert sum(one.after.customers for one in groups) == 310
        assert sum(one.profit for one in groups) == pytest.approx(made.profit)
        assert sum(one.cost for one in groups) == pytest.approx(made.cost)
    for fate in ("better", "equal", "worse"):
        assert sum(getattr(one.fortune, fate) for one in made.by_segment) == getattr(fates, fate)
        assert sum(getattr(one.fortune, fate) for one in made.flows) == getattr(fates, fate)
    assert sum(flow.cost for flow in made.flows) + made.only_after.cost == pytest.approx(made.cost)
    assert {one.name for one in made.by_segment} >= {"", "loyal"}
    assert made.limits[0].before.bound == 200
    assert made.limits[0].after.price > made.limits[0].before.price > 0
    assert json.loads(json.dumps(made.as_dict()))["better"] == fates.better


def test_a_plan_beside_itself_changes_nothing(planned):
    one = planned(20_000)
    made = compare(one, one)
    assert (made.asked, made.moved, made.profit, made.cost, made.by_segment) == ((), 0, 0, 0, ())
    assert made.fortune == Fortune(equal=300)
    assert made.notes == ("nobody_moves", "expected_not_measured")


def test_back_is_there_turned_round(planned):
    one, two = planned(20_000), planned(10_000)
    there, back = compare(one, two), compare(two, one)
    assert (there.fortune.better, there.fortune.worse) == (back.fortune.worse, back.fortune.better)
    assert there.profit == pytest.approx(-back.profit)
    turned = {(flow.after, flow.before, flow.customers) for flow in back.flows}
    assert {(flow.before, flow.after, flow.customers) for flow in there.flows} == turned


def test_who_is_in_one_plan_only_neither_gains_nor_loses(side):
    made = compare(side(FEW), side([("c", "none", 0.0, 0.0), ("d", "ten-percent", 2.0, 1.0)], "two"))
    assert made.fortune == Fortune(worse=1)
    assert made.only_before == Sums(2, 1, 3.0, 1.0)
    assert made.only_after == Sums(1, 1, 2.0, 1.0)
    assert "only_in_one" in made.notes
    apart = compare(side(FEW), side([("d", "none", 0.0, 0.0)], "two"))
    assert (apart.customers, apart.fortune, apart.flows) == (0, Fortune(), ())
    assert "nobody_in_common" in apart.notes
    nobody = compare(side([]), side([], "two"))
    assert (nobody.customers, nobody.before.given) == (0, 0)


def test_other_terms_are_another_offer(side, offers):
    deeper = [dict(one) for one in side(FEW).summary["catalogue"]]
    place = next(k for k, one in enumerate(deeper) if one["offer_id"] == "ten-percent")
    deeper[place] |= {"terms": {"percent": 15}, "version": 2}
    after = side([("a", "ten-percent", 4.0, 1.5), ("b", "none", 0.0, 0.0), ("c", "five-percent", 1.0, 0.9)], "two",
                 catalogue=deeper)  # fmt: skip
    made = compare(side(FEW), after)
    assert made.asked == (Change("offers.ten-percent.percent", 10.0, 15),)
    assert made.fortune == Fortune(better=1, equal=2)
    assert {flow.before: flow.same for flow in made.flows} == {"ten-percent": False, "none": True, "five-percent": True}
    assert made.moved == 1
    assert "terms_not_told" not in made.notes
    # Estimates that do not tell the terms apart say nothing of the change, and that is said.
    assert "terms_not_told" in compare(side(FEW), side(FEW, "two", catalogue=deeper)).notes


def test_terms_written_differently_are_the_same_terms(side):
    rows = [("a", "five", 1.0, 0.5)]
    made = compare(side(rows, catalogue=[five("5.00", "40")]), side(rows, "two", catalogue=[five(5, 40)]))
    assert (made.moved, made.offers["five"].same) == (0, True)
    assert not compare(side(rows, catalogue=[five(5, 40)]), side(rows, catalogue=[five(5, 50)])).offers["five"].same


def five(amount, least):
    return {"offer_id": "five", "kind": "amount_off", "name": "", "terms": {"amount": amount, "min_spend": least}}


def test_a_request_says_more_than_the_rest_of_a_summary(side):
    asked = {
        "budget": "100.00 USD",
        "explore": 0.1,
        "limits": [{"name": "gifts", "kind": "stock", "at_most": 3}],
        "offers": [],
    }
    other = {**asked, "explore": 0.0, "limits": []}
    made = compare(side(FEW, request=asked), side(FEW, "two", request=other))
    assert [one.field for one in made.asked] == ["explore", "limits.gifts"]
    same = {**asked, "budget": "100 USD"}
    assert compare(side(FEW, request=asked), side(FEW, "two", request=same)).asked == ()
    # Of a plan that does not say what it was asked, only what every summary has is compared.
    assert compare(side(FEW, request=asked), side(FEW, "two")).asked == ()


def test_limits_of_one_plan_only_are_shown_and_floors_are_floors(side):
    budget = {"name": "budget", "bound": 9, "usage": 1.0, "price": 2.0, "at_least": False}
    floor = {"name": "lapsed", "bound": 3, "usage": 4.0, "price": -0.25, "at_least": True}
    made = compare(side(FEW), side(FEW, "two", certificate={"rows": [budget, floor]}))
    assert made.limits == (
        LimitChange("budget", Use(1.5, 100.0, 0.5), Use(1.0, 9, 2.0)),
        LimitChange("lapsed", None, Use(4.0, 3, -0.25, at_least=True)),
    )
    assert "lapsed: not there → 4 of at least 3, price -0.2500" in str(made)
    assert "budget: 1.50 of at most 100.00, price 0.5000 → 1 of at most 9, price 2.0000" in str(made)


def test_moves_by_lot_are_counted(side):
    one = side([("a", "none", 0.0, 0.0, CHOSEN), ("b", "none", 0.0, 0.0, CHOSEN), ("c", "none", 0.0, 0.0, LOT)])
    two = side(
        [("a", "ten-percent", 1.0, 1.0, CHOSEN), ("b", "ten-percent", 1.0, 1.0, LOT), ("c", "none", 0.0, 0.0, LOT)],
        "two",
    )
    made = compare(one, two)
    assert (made.moved, made.by_lot, made.settled) == (2, 1, Fortune(better=1))
    assert "1 of the 2 customers who move was decided by lot" in str(made)
    assert "no lot decided about, 1 gains and 0 lose" in str(made)
    assert "moved_by_lot" in made.notes


@pytest.mark.parametrize(("more", "code"), [
    ({"model_versions": ["m2"]}, "models_differ"), ({"as_of": "2026-02-01T00:00:00"}, "moments_differ"),
])  # fmt: skip
def test_what_to_beware_of(side, more, code):
    assert code in compare(side(FEW), side(FEW, "two", **more)).notes
    assert code not in compare(side(FEW), side(FEW, "two")).notes


def test_amounts_of_two_currencies_are_not_added(side):
    with pytest.raises(InputError, match=r"one is in USD, plan two in EUR"):
        compare(side(FEW), side(FEW, "two", currency="EUR"))


def test_a_table_that_is_no_plan_is_refused_by_name(side):
    whole = side(FEW)
    with pytest.raises(InputError, match="plan one lack expected_cost"):
        compare(Side(whole.summary, whole.decisions.drop_columns(["expected_cost"])), whole)


def test_customers_in_another_order_are_the_same_customers(side):
    turned = side(FEW[::-1], "two")
    made = compare(side(FEW), turned)
    assert (made.moved, made.customers) == (0, 3)
    assert compare(side(FEW), turned) == made
