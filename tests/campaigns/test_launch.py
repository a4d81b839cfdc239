"""A plan as a campaign: what was decided and nothing else."""

from datetime import datetime

import pyarrow as pa
import pytest
from tests.campaigns.conftest import AT, Shopkeeper

from offersmith.campaigns.definition import define
from offersmith.campaigns.launch import Launch, launch
from offersmith.campaigns.states import Action
from offersmith.errors import StateError

ENDS = datetime(2026, 6, 30, 22)
CATALOGUE = [
    {"offer_id": "ten", "kind": "percent_off", "terms": {"percent": 10}, "name": "Ten", "version": 1},
    {
        "offer_id": "five",
        "kind": "amount_off",
        "terms": {"amount": "5.00", "currency": "EUR"},
        "name": "",
        "version": 2,
    },
    {"offer_id": "unused", "kind": "percent_off", "terms": {"percent": 50}, "name": "Half", "version": 1},
]
SUMMARY = {"catalogue": CATALOGUE, "budget": 40.0, "currency": "EUR"}


def decided(**offers: str) -> pa.Table:
    return pa.table(
        {
            "customer_id": pa.array(list(offers), pa.string()),
            "offer_id": pa.array(list(offers.values()), pa.string()),
            "valid_until": pa.array([ENDS] * len(offers), pa.timestamp("us")),
        }
    )


def made(summary=SUMMARY, **offers: str) -> Launch:
    return launch("v1", summary, decided(**offers), name="plan v1", zone="Europe/Berlin")


def test_only_what_somebody_gets_is_in_it_and_only_for_them() -> None:
    plan = made(bob="ten", ann="ten", cid="five", dan="none")
    assert plan.customers == {"ten": ["ann", "bob"], "five": ["cid"]}
    definition = define(plan.definition, currency="EUR", zone="Europe/Berlin")
    assert [(one.name, one.needs_code) for one in definition.promotions] == [("five", True), ("ten", True)]
    assert definition.ends == ENDS, "midnight in Berlin"
    assert [(one.amount, one.rule) for one in definition.budgets] == [(4000, "refuse")]


def test_a_plan_without_money_becomes_no_campaign_without_a_limit() -> None:
    for budget in (0, 0.0, 0.004):
        with pytest.raises(StateError, match=r"budget of 0\.00 EUR") as refused:
            made({**SUMMARY, "budget": budget}, ann="ten")
        assert "--budget" in refused.value.hint
    with pytest.raises(StateError, match="currency"):
        made({"catalogue": CATALOGUE, "budget": 40.0}, ann="ten")


def test_a_plan_that_cannot_be_launched() -> None:
    with pytest.raises(StateError, match="nobody"):
        made(ann="none")
    with pytest.raises(StateError, match="seven"):
        made(ann="seven")
    with pytest.raises(StateError, match="does not say what ten is"):
        made({"budget": 1.0, "currency": "EUR"}, ann="ten")


def test_each_gets_a_code_and_launching_again_goes_on(desk: Shopkeeper) -> None:
    plan = made(ann="ten", bob="five")
    first = desk.launch("c", plan, "v1", author="ann", at=AT)
    again = desk.launch("c", plan, "v1", author="ann", at=AT)
    other = desk.launch("c", made(cid="ten"), "v2", author="ann", at=AT)
    assert (first.code, again.code, other.code) == ("created", "campaign_exists", "campaign_exists")
    counts = {one.batch: (one.codes, one.bound) for one in desk.vouchers.counts("c")}
    assert counts == {"plan/five": (1, 1), "plan/ten": (1, 1)}
    [(code, why)] = desk.wallet("ann", AT)
    assert (code.promotion_id, code.uses, code.ends, why) == ("ten", 1, ENDS, "campaign_not_live")


def test_launching_again_goes_on_where_it_was_cut_off(desk: Shopkeeper) -> None:
    plan = made(ann="ten", bob="five")
    desk.launch("c", plan, "v1", author="ann", at=AT)
    with desk._ledger.transaction(writing=True) as connection:
        connection.exec_driver_sql("DELETE FROM voucher WHERE batch = 'plan/ten'")
    on = desk.launch("c", plan, "v1", author="ann", at=AT)
    assert (on.code, on.done) == ("created", True), "something was written, and that is said"
    assert [one.batch for one in desk.vouchers.counts("c")] == ["plan/five", "plan/ten"]
    assert desk.launch("c", plan, "v1", author="ann", at=AT).code == "campaign_exists"


def test_a_plan_is_launched_once_unless_twice_is_meant(desk: Shopkeeper) -> None:
    plan = made(ann="ten")
    desk.launch("c", plan, "v1", author="ann", at=AT)
    second = desk.launch("d", plan, "v1", author="bob", at=AT)
    assert (second.code, second.done, second.campaign_id) == ("plan_launched", False, "c")
    assert "as c; nothing was written" in second.text()
    assert "已发布为 c" in second.text("zh")
    assert [one.campaign_id for one in desk.campaigns.all()] == ["c"]
    assert len(desk.wallet("ann", AT)) == 1
    assert desk.launch("d", plan, "v1", author="bob", at=AT, again=True).code == "created"
    assert len(desk.wallet("ann", AT)) == 2


def test_a_plan_whose_campaign_was_put_away_may_be_launched(desk: Shopkeeper) -> None:
    plan = made(ann="ten")
    desk.launch("c", plan, "v1", author="ann", at=AT)
    assert desk.move("c", Action.ARCHIVE, actor="ann", at=AT).done
    assert desk.launch("d", plan, "v1", author="ann", at=AT).code == "created"


def test_launching_again_leaves_an_edited_campaign_alone(desk: Shopkeeper) -> None:
    plan = made(ann="ten")
    desk.launch("c", plan, "v1", author="ann", at=AT)
    other = {"name": "other", "promotions": [{"promotion_id": "x", "kind": "percent_off", "terms": {"percent": 1}}]}
    assert desk.edit("c", other, actor="ann", at=AT).done
    with desk._ledger.transaction(writing=True) as connection:
        connection.exec_driver_sql("DELETE FROM voucher")
    assert desk.launch("c", plan, "v1", author="ann", at=AT).code == "campaign_exists"
    assert desk.vouchers.counts("c") == []


def test_a_plan_that_ends_in_the_hour_that_comes_twice_ends_when_it_says() -> None:
    first = datetime(2026, 10, 25, 0, 30)
    table = decided(ann="ten").set_column(2, "valid_until", pa.array([first], pa.timestamp("us")))
    plan = launch("v1", SUMMARY, table, name="plan v1", zone="Europe/Berlin")
    assert define(plan.definition, currency="EUR", zone="Europe/Berlin").ends == first


def test_an_offer_that_ends_before_the_others_is_closed_by_then() -> None:
    table = decided(ann="ten", bob="five")
    early = datetime(2026, 6, 3, 22)
    table = table.set_column(2, "valid_until", pa.array([early, ENDS], pa.timestamp("us")))
    plan = launch("v1", SUMMARY, table, name="plan v1", zone="Europe/Berlin")
    assert plan.ends == ENDS
    held = {one["promotion_id"]: one.get("conditions") for one in plan.definition["promotions"]}
    window = {"kind": "window", "ends": "2026-06-04T00:00:00", "zone": "Europe/Berlin"}
    assert held == {"ten": [window], "five": None}
    define(plan.definition, currency="EUR", zone="Europe/Berlin")
