"""What a plan expects stands beside what was measured, and more than that is called so."""

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.opted_out import OptedOut
from offersmith.strategy.plan import make
from offersmith.strategy.promise import promise
from offersmith.words import LANGUAGES

NOON = datetime.fromisoformat("2026-01-01T12:00")


def judged(value, low, high, kind="learned", arms=("none", "five-percent", "ten-percent", "twenty-percent")):
    policy = {"kind": kind, "value": value, "low": low, "high": high}
    return {"policy": policy, "arms": [{"arm": name} for name in arms]}


def planned(table, offers, explore=0.0, budget=100_000_000, **more):
    return make(table, offers, Money(budget, "USD"), PlanSettings(explore=explore), NOON, 7, **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_figures_are_of_as_many_customers(estimates, offers, language):
    plan = planned(estimates(400), offers)
    each = plan.expected_profit / 400
    found = promise(plan, judged(each, each - 1, each + 1))
    assert found.as_dict()["total"] == pytest.approx(plan.expected_profit)
    said = found.text("USD", language)
    for figure in (each, each - 1, each + 1, 400 * (each - 1), 400 * (each + 1), plan.expected_profit):
        assert f"{figure:,.2f}" in said
    assert not found.above
    over = promise(plan, judged(each - 2, each - 3, each - 1))
    assert over.above
    warned = over.text("USD", language)
    assert len(warned) > len(said)
    assert warned.endswith((f"do not count on more than {400 * (each - 1):,.2f}.", f"{400 * (each - 1):,.2f}。"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_rests_on_offers_never_tried_is_told_apart(estimates, offers, language):
    plan = planned(estimates(400), offers, explore=0.1)
    arms = ("none", "five-percent", "ten-percent")
    mine = pc.equal(plan.decisions["offer_id"], "twenty-percent")
    profit = pc.sum(plan.decisions.filter(mine)["expected_profit"]).as_py()
    each = plan.expected_profit / 400
    found = promise(plan, judged(each - 0.1, each - 1, each + 1, arms=arms))
    assert found.stated == pytest.approx(profit)
    assert 0 < found.untried == plan.counts["twenty-percent"] == pc.sum(mine).as_py()
    # The interval would allow for it, but no lot says anything of what lies above the value.
    assert found.above
    assert found.limit == pytest.approx(plan.expected_profit - 40)
    said = found.text("USD", language)
    assert f"{profit:,.2f}" in said
    assert said.endswith((f"do not count on more than {found.limit:,.2f}.", f"请勿指望超过 {found.limit:,.2f}。"))
    plain = found.as_dict()
    assert (plain["stated"], plain["untried"], plain["above"]) == (found.stated, found.untried, True)
    known = promise(plan, judged(each - 0.1, each - 1, each + 1))
    assert (known.stated, known.untried, known.above, known.limit) == (0, 0, False, pytest.approx(400 * (each + 1)))
    assert f"{profit:,.2f}" not in known.text("USD", language)
    within = promise(plan, judged(each + 0.1, each - 1, each + 1, arms=arms))
    assert not within.above
    assert f"{profit:,.2f}" in within.text("USD", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("offer", ["", "ten-percent"])
def test_who_has_opted_out_is_in_none_of_the_figures(estimates, offers, offer, language):
    table = estimates(400)
    ids = sorted(set(table["customer_id"].to_pylist()))
    out = OptedOut(pa.array(ids[:300]), offer)
    plan = planned(table, offers, reasons_from=pa.table({"customer_id": ids}), opted_out=out)
    rest = planned(table.filter(pc.greater_equal(table["customer_id"], ids[300])), offers)
    arms = ("none", "five-percent", "twenty-percent")
    each = rest.expected_profit / 100
    for value, known in ((each - 0.1, arms), (each - 1, (*arms, "ten-percent"))):
        measured = judged(value, value - 1, value + 0.5, arms=known)
        found, alone = promise(plan, measured), promise(rest, measured)
        assert found.as_dict() == pytest.approx({**alone.as_dict(), "opted_out": 300})
        assert found.above == alone.above is True
        assert found.limit < plan.expected_profit or not offer
        assert "300 " in found.text("USD", language)
        assert "300 " not in alone.text("USD", language)
    everybody = planned(table, offers, opted_out=OptedOut(pa.array(ids), offer))
    assert promise(everybody, judged(1.0, 0.5, 2.0)) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_that_was_tried_pays_all_gain_is_belief(estimates, offers, language):
    plan = planned(estimates(400), offers)
    found = promise(plan, judged(0.0, 0.0, 0.0, "none", arms=("none", "five-percent")))
    assert not found.shown
    assert found.above
    assert found.limit == 0
    said = found.text("USD", language)
    for figure in (found.expected, found.stated):
        assert f"{figure:,.2f}" in said
    assert "a customer (" not in said
    assert said.endswith(("do not count on more than 0.00.", "请勿指望超过 0.00。"))


def test_nothing_is_compared_where_nothing_was_shown_to_pay(estimates, offers):
    plan = planned(estimates(50), offers)
    assert promise(plan, {}) is None
    assert promise(plan, judged(0.0, 0.0, 0.0, "none")) is None
    assert promise(plan, judged(1.0, None, None)) is None
    assert promise(planned(estimates(0), offers), judged(1.0, 0.5, 2.0)) is None


def test_lots_that_give_what_loses_are_booked_as_the_loss_they_are(estimates, offers):
    """The price of learning is what is expected of the offers that lots give, however little that is."""
    table = estimates(600)
    losing = pc.subtract(pc.multiply(table["cost"], -0.2), 0.5)
    table = table.set_column(table.column_names.index("profit"), "profit", losing)
    plan = planned(table, offers, explore=0.5)
    given = plan.decisions.filter(pc.not_equal(plan.decisions["offer_id"], "none"))
    believed = {
        (row["customer_id"], row["offer_id"]): row["profit"]
        for row in table.select(["customer_id", "offer_id", "profit"]).to_pylist()
    }
    booked = given["expected_profit"].to_numpy()
    pairs = zip(given["customer_id"].to_pylist(), given["offer_id"].to_pylist(), strict=True)
    assert booked.tolist() == [believed[pair] for pair in pairs]
    assert (booked < -0.5).all()
    assert plan.expected_profit == pytest.approx(booked.sum())
    assert plan.difference.by_lot == pytest.approx(-booked.sum())
