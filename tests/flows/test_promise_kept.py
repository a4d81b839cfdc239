"""A shop that tried its offers once, by lot, plans for customers who have grown older since: what the plan promises.

Customers never change here, so what offers truly change is the same on both days. What is known of them does change:
they have been customers for longer, and have bought more often than anybody had on the day of the lots.
"""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith import Shop
from offersmith.settings import FILE

FIRST, DAYS, SENT, VALID = datetime.fromisoformat("2025-01-01"), 200, 90, 14
CUSTOMERS, MARGIN = 1500, 0.5
ARMS, OFF = ("none", "ten", "twenty"), np.array([0.0, 0.1, 0.2])
KINDS = ("event", "time", "customer_id", "order_id", "amount", "coupon", "offer_id", "campaign_id")
SETTINGS = f"""
[[events]]
files = ["events.parquet"]
columns = {{ {", ".join(f'{one} = "{one}"' for one in KINDS if one != "coupon")}, coupon_discount = "coupon" }}
[[decisions]]
files = ["lots.csv"]
columns = {{ offer_id = "arm" }}
chances = {{ none = "p0", ten = "p1", twenty = "p2" }}
[economics]
margin_rate = {MARGIN}
[plan]
explore = 0
[learn]
model = "learned"
horizon_days = 28
[[offers]]
id = "ten"
kind = "percent_off"
terms = {{ percent = 10 }}
[[offers]]
id = "twenty"
kind = "percent_off"
terms = {{ percent = 20 }}
"""
UNTRIED = """
[[offers]]
id = "thirty"
kind = "percent_off"
terms = { percent = 30 }
[priors]
lift_per_point = 0.05
"""


def people(draw):
    """Return how often everybody buys (a day), how much, and (n, arms) orders that an offer adds in two weeks."""
    rate = draw.gamma(1.5, 0.025, CUSTOMERS) + 0.006
    basket = np.exp(3.6 + 0.3 * draw.normal(size=CUSTOMERS))
    lean = 1.2 * (np.log(rate) - np.log(rate).mean()) / np.log(rate).std() + 0.5 * draw.normal(size=CUSTOMERS)
    added = 1.2 * np.stack([0 * lean, 1 / (1 + np.exp(0.3 - lean)), 1.3 / (1 + np.exp(0.1 - lean))], axis=1)
    return rate, basket, added


def truth(rate, basket, added):
    """Return (n, arms) what offers truly change in profit: the margin of what is added, less the first use."""
    used = 1 - np.exp(-(rate * VALID)[:, None] - added)
    return (MARGIN * added - OFF * used) * basket[:, None]


def lived(draw, rate, basket, added):
    """Return everything that happened, and the record of the lots."""
    rows, lots = [], ["campaign_id,customer_id,arm,p0,p1,p2"]
    arms = draw.choice(3, CUSTOMERS, p=[0.4, 0.3, 0.3])
    for who, arm in enumerate(arms):
        name, own = f"c{who:05d}", draw.uniform(0, DAYS, max(1, draw.poisson(rate[who] * DAYS)))
        extra = SENT + 0.4 + draw.uniform(0, VALID - 1, draw.poisson(added[who, arm]))
        lots.append(f"once,{name},{ARMS[arm]},.4,.3,.3")
        held = arm > 0
        if held:
            rows.append(("view_promotion", SENT + 0.375, name, None, None, None, ARMS[arm], "once"))
        for number, day in enumerate(np.sort(np.concatenate([own, extra]))):
            value, off, order = basket[who] * np.exp(0.2 * draw.normal() - 0.02), 0.0, f"{who}-{number}"
            if held and SENT + 0.375 <= day < SENT + VALID:
                held, off = False, OFF[arm] * value
                rows.append(("redeem", day, name, order, None, None, ARMS[arm], "once"))
            rows.append(("purchase", day, name, order, f"{value - off:.2f}", f"{off:.2f}", None, None))
    schema = pa.schema([(one, pa.timestamp("us") if one == "time" else pa.string()) for one in KINDS])
    dated = [(row[0], FIRST + timedelta(days=float(row[1])), *row[2:]) for row in rows]
    return pa.Table.from_pylist([dict(zip(KINDS, row, strict=True)) for row in dated], schema=schema), lots


def plan(folder, seed, settings=SETTINGS):
    """Return a plan for a shop that was lived in `folder`, and its customers."""
    draw = np.random.default_rng(seed)
    crowd = people(draw)
    table, lots = lived(draw, *crowd)
    pq.write_table(table, folder / "events.parquet")
    (folder / "lots.csv").write_text("\n".join(lots))
    (folder / FILE).write_text(settings)
    shop = Shop.open(folder)
    shop.ingest()
    return shop.plan(budget=10**7, as_of=FIRST + timedelta(days=DAYS)), crowd


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_plan_promises_what_was_measured(seed, tmp_path):
    planned, crowd = plan(tmp_path, seed)
    policy = planned.fitted.evidence.judged["policy"]
    assert policy["kind"] != "none"
    decided = planned.decisions
    who = [int(name[1:]) for name in decided["customer_id"].to_pylist()]
    arm = [ARMS.index(name) for name in decided["offer_id"].to_pylist()]
    expected, true = planned.plan.expected_profit / len(who), float(truth(*crowd)[who, arm].mean())
    assert policy["low"] <= true <= policy["high"]
    assert policy["low"] <= expected <= policy["high"]
    assert not planned.promise.above
    assert planned.as_dict()["measured"]["above"] is False
    assert f"this plan expects {planned.plan.expected_profit:,.2f}" in planned.text()
    assert planned.promise.untried == 0
    assert "never tried" not in planned.text()
    # Time, and errors that were picked, had these plans promise 12 to 58 % too much.
    assert 0.85 < expected / true < 1.12


@pytest.mark.slow
def test_what_a_plan_expects_of_an_offer_nobody_tried_is_told_apart(tmp_path):
    """A shop that believes in 30 percent off, and never drew lots for it: no measurement speaks of that."""
    planned, _ = plan(tmp_path, 1, SETTINGS + UNTRIED)
    found, decided = planned.promise, planned.decisions
    mine = decided.filter(pc.equal(decided["offer_id"], "thirty"))
    assert found.untried == mine.num_rows > 0
    assert found.stated == pytest.approx(pc.sum(mine["expected_profit"]).as_py())
    assert found.stated > 0
    # The rest is held to what was measured, and the whole is called more than that.
    measured = found.value * found.customers
    assert found.expected - found.stated <= measured + 1e-6 < found.expected <= found.high * found.customers
    assert found.above
    assert planned.as_dict()["measured"]["stated"] == found.stated
    for said in (f"Of which {found.stated:,.2f} on offers never tried", f"do not count on more than {measured:,.2f}."):
        assert said in planned.text()
