"""What is still promised: of plans that were sent, what is neither used nor taken back nor over, and nothing twice."""

import hashlib
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.campaigns.still_out import still_out
from offersmith.errors import InputError, StorageError
from offersmith.money import Money
from offersmith.store.analytics import Analytics
from offersmith.store.campaigns import Campaigns, Change
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.vouchers import Batch, Vouchers
from offersmith.strategy.funds import Funds, StillOut, left, lines
from offersmith.vocabulary import EVENTS

FIRST, NOW, ENDS = datetime(2024, 3, 1), datetime(2024, 3, 15), datetime(2024, 3, 29)
COSTS = {"ann": 4.0, "bob": 2.5, "cid": 1.25, "dan": 0.0}


def event(name, customer, campaign, time=datetime(2024, 3, 5)):
    return {"event": name, "customer_id": customer, "offer_id": "ten", "time": time, "campaign_id": campaign}


@pytest.fixture
def place(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield tmp_path, ledger


def plan(place, version="p1", as_of=FIRST, ends=ENDS, **told):
    """Enter a plan that gives `ten` to ann, bob and cid, who are expected to cost 7.75, and nothing to dan."""
    folder, ledger = place
    columns = {
        "customer_id": list(COSTS),
        "offer_id": ["ten", "ten", "ten", "none"],
        "expected_cost": list(COSTS.values()),
        "valid_until": pa.array([ends] * len(COSTS), pa.timestamp("us")),
    }
    file = folder / f"{version}.parquet"
    pq.write_table(pa.table(columns), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    ledger.record_plan(PlanRow(version, file.name, digest, as_of, as_of, {"valid_until": ends.isoformat(), **told}))


PROMOTION = {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}


def definition(**budgets):
    """Return a campaign that takes 10 % off, of budgets by name, of which those called daily start again."""
    stated = [
        {"name": name, "amount": amount, "period": "day" if name == "daily" else "ever"}
        for name, amount in budgets.items()
    ]
    return {"name": "spring", "promotions": [PROMOTION], "budgets": stated}


def campaign(place, *states, name="spring", version="p1", **budgets):
    books = Campaigns(place[1])
    books.create(name, definition(**budgets), name=name, state="draft", author="ann", at=FIRST, plan_version=version)
    for before, after in zip(("draft", *states), states, strict=False):
        assert books.move(name, Change("step", before, 1, after, "ann", FIRST)).code == "moved"


def codes(place, name="spring", customers=("ann", "bob", "cid"), uses=1, ends=ENDS):
    def mint(count):
        return [(f"{name.upper()}{number}", f"{name}-{number}") for number in range(count)]

    batch = Batch("plan/ten", name, "ten", FIRST, None, ends, uses)
    Vouchers(place[1]).issue(batch, 0, mint, customers=customers)


def meter(place, subject, taken, *, unit="use", name="voucher", cap=1):
    row = f"('{name}/{subject}', 'spring', '{name}', '{subject}', '', '{unit}', {cap}, {taken}, 0)"
    columns = "(meter_id, campaign_id, name, subject, period, unit, cap, taken, given_back)"
    with place[1].transaction(writing=True) as connection:
        connection.exec_driver_sql(f"INSERT INTO meter {columns} VALUES {row}")


def found(place, events=(), at=NOW):
    folder, ledger = place
    rows = [{"event_id": str(number), "utc_offset": 0, **one} for number, one in enumerate(events)]
    file = folder / "events.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), file)
    with Analytics(threads=1) as analytics:
        analytics.use_events([file])
        return still_out(ledger, analytics, at, "USD")


def test_a_plan_that_nobody_sent_promises_nothing_and_is_told(place):
    plan(place)
    assert found(place) == Funds("USD", (), 0, 1)
    campaign(place)
    assert found(place) == Funds("USD", (), 0, 1)
    assert found(place, at=ENDS) == Funds("USD")


def test_a_plan_that_gives_nobody_anything_is_none_that_nobody_sent(place):
    plan(place, customers=4, counts={"none": 4, "ten": 0})
    assert found(place) == Funds("USD", (), 0, 0)
    plan(place, "p2", customers=4, counts={"none": 1, "ten": 3})
    assert found(place) == Funds("USD", (), 0, 1)


@pytest.mark.parametrize("named", ["p1", "plan-p1"])
def test_a_plan_that_the_events_name_was_sent_and_who_used_it_costs_no_more(place, named):
    plan(place)
    shown = event("view_promotion", "ann", named)
    assert found(place, [shown]).held == (StillOut("p1", "p1", 3, 7.75),)
    used = [shown, event("redeem", "bob", named), event("redeem", "bob", named), event("redeem", "ann", "another")]
    assert found(place, used).held == (StillOut("p1", "p1", 2, 5.25),)
    later = event("redeem", "cid", named, NOW)
    assert found(place, [shown, later]).held == (StillOut("p1", "p1", 3, 7.75),)
    assert found(place, [later]).held == ()
    assert found(place, [shown], at=ENDS).held == ()


def test_of_a_campaign_counts_who_has_a_code_that_is_still_good(place):
    plan(place)
    campaign(place, "scheduled", "live")
    codes(place)
    assert found(place).held == (StillOut("spring", "p1", 3, 7.75),)
    meter(place, "SPRING1", 1)
    assert found(place).held == (StillOut("spring", "p1", 2, 5.25),)
    assert Vouchers(place[1]).void("SPRING0")
    assert found(place).held == (StillOut("spring", "p1", 1, 1.25),)
    assert found(place, [event("redeem", "cid", "spring")]).held == ()


def test_a_code_that_may_be_used_again_is_out_until_its_last_use(place):
    plan(place)
    campaign(place, "scheduled", "live")
    codes(place, uses=2)
    meter(place, "SPRING0", 1, cap=2)
    assert found(place).held[0].offers == 3


@pytest.mark.parametrize(("states", "out"), [
    (("approved",), 0), (("scheduled",), 3), (("scheduled", "live"), 3), (("scheduled", "live", "paused"), 3),
    (("scheduled", "live", "paused", "draft"), 3), (("scheduled", "live", "stopped"), 0),
    (("scheduled", "stopped", "archived"), 0),
])  # fmt: skip
def test_a_campaign_is_out_from_its_schedule_until_it_is_stopped(place, states, out):
    plan(place)
    campaign(place, *states)
    codes(place)
    assert sum(one.offers for one in found(place).held) == out
    if "stopped" in states:  # whatever the events show of the days before
        assert found(place, [event("view_promotion", "ann", "spring")]).held == ()


def test_no_more_is_out_than_the_campaign_s_own_budget_has_left(place):
    plan(place)
    campaign(place, "scheduled", "live", plan="10.00", daily="0.01")
    codes(place)
    meter(place, "", 450, unit="money", name="plan", cap=1000)
    assert found(place).held == (StillOut("spring", "p1", 3, 5.5),)


def test_a_budget_that_nobody_drew_on_yet_bounds_what_is_out_too(place):
    plan(place)
    campaign(place, "scheduled", "live", plan="2.50", other="100.00")
    codes(place)
    assert found(place).held == (StillOut("spring", "p1", 3, 2.5),)


@pytest.mark.parametrize("budget", [{"plan": "50.00"}, {"pot": "50.00"}, {}])
def test_a_budget_that_was_raised_or_named_otherwise_counts_as_it_is_now(place, budget):
    plan(place)
    campaign(place, "scheduled", "live", "paused", plan="10.00")
    codes(place)
    meter(place, "", 950, unit="money", name="plan", cap=1000)
    assert found(place).held == (StillOut("spring", "p1", 3, 0.5),)
    change = Change("edit", "paused", 1, "draft", "ann", FIRST)
    assert Campaigns(place[1]).revise("spring", definition(**budget), change, name="spring").code == "revised"
    assert found(place).held == (StillOut("spring", "p1", 3, 7.75),)


def test_two_plans_add_up_and_a_later_one_is_not_there_yet(place):
    plan(place)
    plan(place, "p2", datetime(2024, 3, 10))
    plan(place, "p3", datetime(2024, 3, 16))
    seen = [event("view_promotion", "ann", name) for name in ("p1", "p2", "p3")]
    both = found(place, seen)
    assert [one.plan for one in both.held] == ["p1", "p2"]
    assert both.expected == Money(1550, "USD")
    assert both.out["offers"] == 6


def test_codes_of_campaigns_without_a_plan_are_told_and_not_counted(place):
    campaign(place, "scheduled", "live", version=None)
    codes(place)
    assert found(place) == Funds("USD", (), 3, 0)
    assert found(place, at=ENDS).codes == 0
    said = lines("10.00 USD", found(place).out, found(place).uncounted, Money(1000, "USD"))
    assert "no offer of an earlier plan is still out" in said[0]
    assert said[1].startswith("Not counted: 3 live codes")


def test_what_a_what_if_states_as_out_is_told_though_no_offer_is(place):
    stated = {**found(place).out, "expected": "4.00 USD"}
    for language, words in (("en", "less 4.00 USD that was stated"), ("zh", "减去按给定数额计入的")):
        (said,) = lines("10.00 USD", stated, {}, Money(600, "USD"), language)
        assert words in said
        assert "6.00 USD" in said
    (said,) = lines("10.00 USD", found(place).out, {}, Money(1000, "USD"), "zh")
    assert "没有仍未使用的优惠" in said


def test_a_plan_whose_file_is_gone_stops_the_sum(place):
    plan(place)
    (place[0] / "p1.parquet").unlink()
    assert found(place).unsent == 1
    with pytest.raises(StorageError):
        found(place, [event("view_promotion", "ann", "p1")])


def test_what_is_left_is_rounded_against_the_budget_and_never_nothing():
    funds = Funds("USD", (StillOut("a", "a", 1, 3.3333), StillOut("b", "b", 1, 3.3333)))
    assert funds.expected == Money(667, "USD")
    assert left(Money(1000, "USD"), funds.expected) == Money(333, "USD")
    for balance in (667, 600, 0):
        with pytest.raises(InputError, match="nothing is left to plan with") as refused:
            left(Money(balance, "USD"), funds.expected)
        assert refused.value.facts["out"] == "6.67 USD"


def several(place):
    """Enter the plan `p2`, that gives ann both offers."""
    folder, ledger = place
    columns = {
        "customer_id": ["ann", "ann", "bob", "cid"],
        "offer_id": ["ten", "gift", "ten", "gift"],
        "expected_cost": [4.0, 1.0, 2.0, 8.0],
        "valid_until": pa.array([ENDS] * 4, pa.timestamp("us")),
    }
    file = folder / "p2.parquet"
    pq.write_table(pa.table(columns), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    ledger.record_plan(PlanRow("p2", file.name, digest, FIRST, FIRST, {"valid_until": ENDS.isoformat(), "each": 2}))


def test_of_several_offers_to_a_customer_one_that_is_used_closes_no_other(place):
    several(place)
    shown = event("view_promotion", "ann", "p2")
    assert found(place, [shown]).held == (StillOut("p2", "p2", 4, 15.0),)
    assert found(place, [shown, event("redeem", "ann", "p2")]).held == (StillOut("p2", "p2", 3, 11.0),)
    # Who has one offer has used it, whatever the event calls it; of several, one that is not named is not known.
    assert found(place, [shown, event("redeem", "cid", "p2")]).held == (StillOut("p2", "p2", 3, 7.0),)
    unnamed = {**event("redeem", "ann", "p2"), "offer_id": None}
    assert found(place, [shown, unnamed]).held == (StillOut("p2", "p2", 4, 15.0),)


def test_of_several_codes_of_a_customer_each_is_out_until_it_is_used(place):
    several(place)
    campaign(place, "scheduled", "live", version="p2")
    codes(place, customers=("ann", "bob"))

    def mint(count):
        return [(f"GIFT{number}", f"gift-{number}") for number in range(count)]

    gifts = Batch("plan/gift", "spring", "gift", FIRST, None, ENDS, 1)
    Vouchers(place[1]).issue(gifts, 0, mint, customers=["ann", "cid"])
    assert found(place).held == (StillOut("spring", "p2", 4, 15.0),)
    meter(place, "SPRING0", 1)
    assert found(place).held == (StillOut("spring", "p2", 3, 11.0),)
    assert found(place, [event("redeem", "ann", "spring")]).held == (StillOut("spring", "p2", 3, 11.0),)
    assert Vouchers(place[1]).void("GIFT0")
    assert found(place).held == (StillOut("spring", "p2", 2, 10.0),)
