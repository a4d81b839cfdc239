"""What a plan expects stands beside what was measured, and more than that is called so."""

from datetime import datetime

import pyarrow.compute as pc
import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.plan import make
from offersmith.strategy.promise import promise
from offersmith.words import LANGUAGES

NOON = datetime.fromisoformat("2026-01-01T12:00")


def judged(value, low, high, kind="learned"):
    return {"policy": {"kind": kind, "value": value, "low": low, "high": high}}


def planned(table, offers, explore=0.0, budget=100_000_000):
    return make(table, offers, Money(budget, "USD"), PlanSettings(explore=explore), NOON, 7)


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
