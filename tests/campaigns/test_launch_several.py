"""A plan of several offers a customer as a campaign: a code for each, used once each, the better one in one basket."""

from pathlib import Path

import pyarrow as pa
import pytest
from tests.campaigns.conftest import AT, Shopkeeper
from tests.campaigns.test_launch import ENDS, SUMMARY, made

from offersmith.campaigns.codes_made import export
from offersmith.campaigns.definition import define
from offersmith.campaigns.form import Rule
from offersmith.campaigns.launch import Launch, launch
from offersmith.campaigns.shown import show
from offersmith.campaigns.simulate import PastOrder
from offersmith.campaigns.states import Action


def both(budget: float = 40.0, rule: Rule = "refuse") -> Launch:
    """Return a plan that gives ann both offers and bob one."""
    rows = [("ann", "five"), ("ann", "ten"), ("bob", "ten"), ("cid", "none")]
    columns = dict(zip(("customer_id", "offer_id"), zip(*rows, strict=True), strict=True))
    table = pa.table({**columns, "valid_until": pa.array([ENDS] * len(rows), pa.timestamp("us"))})
    return launch(
        "v1", {**SUMMARY, "each": 2, "budget": budget}, table, name="plan v1", zone="Europe/Berlin", rule=rule
    )


def gone_live(desk: Shopkeeper, plan: Launch) -> dict[str, str]:
    """Let a launched plan go live, and return the codes of ann by offer."""
    assert desk.launch("c", plan, "v1", author="ann", at=AT).done
    assert desk.simulate("c", (), actor="ann", at=AT, margin_rate=0.3).done
    for action, actor in ((Action.SUBMIT, "ann"), (Action.APPROVE, "boss"), (Action.SCHEDULE, "boss")):
        moved = desk.move("c", action, actor=actor, at=AT)
        assert moved.done, moved.text()
    return {one.promotion_id: one.code for one in good(desk)}


def good(desk: Shopkeeper) -> list:
    """Return the codes of ann that count."""
    return [one for one, why in desk.wallet("ann", AT) if not why]


def used(desk: Shopkeeper, key: str, *codes: str, price: str = "50.00") -> tuple[int, set[str]]:
    """Buy something as ann, and return what came off with the reasons of the codes that did nothing."""
    kept = desk.till.reserve(desk.order(*codes, customer="ann", price=price, order_id=key), key, AT)
    assert kept.outcome.code == "reserved"
    assert desk.till.confirm(kept.outcome.redemption_id, f"{key}!", AT).done
    assert kept.quote is not None
    entered = kept.quote.entered.unlocked
    said = {one.code for one in kept.quote.effects.answers if not one.applied and one.promotion_id in entered}
    return kept.quote.effects.off, said | set(kept.quote.entered.rejected.values())


def test_a_plan_of_several_offers_limits_each_customer_and_promotion() -> None:
    assert both().heads == 2
    assert both().customers == {"five": ["ann"], "ten": ["ann", "bob"]}
    limits = define(both().definition, currency="EUR", zone="Europe/Berlin").limits
    assert [(one.count, one.per, one.promotion) for one in limits] == [(1, "customer", "five"), (1, "customer", "ten")]
    alone = define(made(ann="ten").definition, currency="EUR", zone="Europe/Berlin").limits
    assert [(one.name, one.promotion) for one in alone] == [("one per customer", None)]


def test_of_two_codes_in_one_basket_the_better_counts_and_the_other_stays_good(desk: Shopkeeper) -> None:
    codes = gone_live(desk, both())
    quote = desk.till.quote(desk.order(*codes.values(), customer="ann", price="80.00"), AT)
    assert quote.effects.off == 800, "ten percent of 80.00 is more than 5.00, and they do not add up"
    assert used(desk, "o1", *codes.values(), price="80.00") == (800, {"beaten"})
    assert [one.promotion_id for one in good(desk)] == ["five"]
    assert used(desk, "o2", codes["five"]) == (500, set())
    assert not good(desk)
    assert used(desk, "o3", *codes.values()) == (0, {"code_used_up"})


def test_spent_codes_are_not_told_as_reserved(desk: Shopkeeper) -> None:
    codes = gone_live(desk, both())
    held = desk.till.reserve(desk.order(*codes.values(), customer="ann", order_id="o1"), "o1", AT)
    assert held.text().startswith("reserved as")
    assert desk.till.confirm(held.outcome.redemption_id, "o1!", AT).done
    [spent] = set(codes.values()) - {one.code for one in good(desk)}
    kept = desk.till.reserve(desk.order(spent, customer="ann", order_id="o2"), "o2", AT)
    assert kept.outcome.code == "reserved"
    assert "none of the codes counts, and nothing is held" in kept.text().splitlines()[0]
    assert "均无效" in kept.text("zh").splitlines()[0]
    assert any(spent in line for line in kept.text().splitlines()[1:])
    plain = desk.till.reserve(desk.order(customer="ann", order_id="o3"), "o3", AT)
    assert plain.text().startswith("reserved as")


def test_two_codes_are_used_in_two_baskets_in_any_order(desk: Shopkeeper) -> None:
    codes = gone_live(desk, both())
    assert used(desk, "o1", codes["five"], price="70.00") == (500, set())
    assert used(desk, "o2", codes["ten"], price="70.00") == (700, set())
    assert used(desk, "o3", codes["ten"]) == (0, {"code_used_up"})


def test_a_second_code_of_the_same_offer_is_no_second_use(desk: Shopkeeper) -> None:
    codes = gone_live(desk, both())
    assert desk.issue("c", "ten", "more", at=AT, count=0, customers=["ann"], uses=1, days=None).code == "issued"
    [more] = [one.code for one in good(desk) if one.batch == "more"]
    assert used(desk, "o1", codes["ten"])[0] == 500
    assert used(desk, "o2", more) == (0, {"limit_reached"})
    assert used(desk, "o3", codes["five"]) == (500, set())


def test_the_budget_of_a_plan_of_several_offers_holds_over_all(desk: Shopkeeper) -> None:
    codes = gone_live(desk, both(budget=7.0))
    assert used(desk, "o1", codes["five"]) == (500, set())
    assert used(desk, "o2", codes["ten"]) == (0, {"budget_spent"})
    assert used(desk, "o3", codes["ten"], price="20.00") == (200, set())


def test_customers_and_codes_are_told_where_they_differ(desk: Shopkeeper) -> None:
    desk.launch("c", both(), "v1", author="ann", at=AT)
    orders = [
        PastOrder(str(number), customer, AT, desk.order(price="60.00").basket)
        for number, customer in enumerate(("ann", "ann", "ann", "bob", "cid"))
    ]
    moved = desk.simulate("c", orders, actor="ann", at=AT, margin_rate=0.3)
    figures = moved.simulation
    assert figures is not None
    assert (figures.codes, figures.holders, figures.cost) == (3, 2, 600 + 500 + 600)
    assert figures.by_promotion == {"five": (1, 500), "ten": (2, 1200)}
    shown = show(desk, "c", AT)
    assert shown.as_dict()["holders"] == 2
    for answer in (moved, shown):
        assert "in all 3 personal codes for 2 customers" in answer.text()
        assert "共 3 个专属券码，属于 2 位顾客" in answer.text("zh")


@pytest.mark.parametrize(("rule", "cost"), [("clamp", 700), ("refuse", 600)])
def test_a_simulation_that_the_budget_cut_is_no_upper_bound(desk: Shopkeeper, rule: Rule, cost: int) -> None:
    desk.launch("c", both(budget=7.0, rule=rule), "v1", author="ann", at=AT)
    basket = desk.order(price="60.00").basket
    few = desk.simulate("c", [PastOrder("1", "bob", AT, basket)], actor="ann", at=AT, margin_rate=0.3)
    assert few.simulation
    assert not few.simulation.cut
    assert "an upper bound" in few.text()
    orders = [PastOrder(customer, customer, AT, basket) for customer in ("ann", "bob")]
    many = desk.simulate("c", orders, actor="ann", at=AT, margin_rate=0.3)
    assert many.simulation
    assert (many.simulation.cost, many.simulation.cut) == (cost, True)
    assert "no upper bound: the campaign's own budget ran short" in many.text()
    assert "at most" in few.text()
    assert "at most" not in many.text()
    assert "既非预测也非上限" in many.text("zh")


def test_a_simulation_in_which_a_code_ran_out_is_no_upper_bound(desk: Shopkeeper) -> None:
    desk.launch("c", both(), "v1", author="ann", at=AT)
    orders = [
        PastOrder(str(n), "bob", AT, desk.order(price=price).basket) for n, price in enumerate(("10.00", "1000.00"))
    ]
    both_orders = desk.simulate("c", orders, actor="ann", at=AT, margin_rate=0.3)
    assert both_orders.simulation
    assert (both_orders.simulation.cut, both_orders.simulation.once) == (False, True)
    assert "at most" not in both_orders.text()
    assert "counts for the first order it fits" in both_orders.text()
    one = desk.simulate("c", orders[:1], actor="ann", at=AT, margin_rate=0.3)
    assert one.simulation
    assert not one.simulation.once
    assert "at most" in one.text()


def test_where_each_holds_one_code_nothing_more_is_told(desk: Shopkeeper) -> None:
    desk.launch("c", made(ann="ten", bob="five"), "v1", author="ann", at=AT)
    moved = desk.simulate("c", (), actor="ann", at=AT, margin_rate=0.3)
    assert moved.done
    for answer in (moved, show(desk, "c", AT)):
        assert "personal codes" not in answer.text()


def test_an_export_tells_customers_and_codes(desk: Shopkeeper, tmp_path: Path) -> None:
    desk.launch("c", both(), "v1", author="ann", at=AT)
    whole = export(desk, "c", None, tmp_path / "codes.csv")
    assert (whole.count, whole.bound, whole.holders) == (3, 3, 2)
    assert "3 personal codes for 2 customers" in whole.text()
    batch = export(desk, "c", "plan/ten", tmp_path / "ten.csv")
    assert (batch.bound, batch.holders) == (2, 2)
    assert "personal codes" not in batch.text()
