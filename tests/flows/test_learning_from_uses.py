"""An offer of a playbook that stands for one of the shop's own: what came of it is learned of the shop's own."""

from datetime import datetime, timedelta

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from offersmith import Shop
from offersmith.settings import FILE
from offersmith.store.decided import decided
from offersmith.vocabulary import NO_OFFER

FIRST = datetime.fromisoformat("2025-01-01")
PLANS = {"own": FIRST + timedelta(days=70), "by playbook": FIRST + timedelta(days=105)}
END = FIRST + timedelta(days=140)
CUSTOMERS = 900

SETTINGS = """
[[events]]
files = ["*.parquet"]
[events.columns]
event = "event"
time = "time"
customer_id = "customer_id"
order_id = "order_id"
amount = "amount"
offer_id = "offer_id"
campaign_id = "campaign_id"
[economics]
margin_rate = 0.5
[plan]
explore = 0.7
[learn]
model = "constant"
horizon_days = 28
folds = 3
[[offers]]
id = "ten"
kind = "percent_off"
terms = { percent = 10 }
"""
PLAYBOOK = """
name = "regulars"
title = "Regulars"
about = "Bring them back this month."
[[offers]]
id = "ten"
use = "ten"
[[offers]]
id = "again"
use = "ten"
[[offers]]
id = "deep"
kind = "percent_off"
terms = { percent = 30 }
"""


def bought(draw, start, days):
    times = draw.uniform(0, days, (CUSTOMERS, 3))
    return [
        {
            "event": "purchase",
            "time": start + timedelta(days=float(day)),
            "amount": f"{20 * np.exp(0.2 * draw.normal()):.2f}",
            "customer_id": f"c{customer:04d}",
            "order_id": f"{start:%m%d}-{customer}-{number}",
        }
        for customer in range(CUSTOMERS)
        for number, day in enumerate(times[customer])
    ]


def given_by(planned):
    rows = planned.decisions.select(["customer_id", "offer_id"]).to_pylist()
    return {row["customer_id"]: row["offer_id"] for row in rows if row["offer_id"] != NO_OFFER}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop that planned its own offer, then a playbook's that stand for it, and launched both."""
    folder, draw = tmp_path_factory.mktemp("uses"), np.random.default_rng(3)
    (folder / FILE).write_text(SETTINGS)
    (folder / "playbooks").mkdir()
    (folder / "playbooks" / "regulars.toml").write_text(PLAYBOOK)
    kinds = ("event", "time", "customer_id", "order_id", "amount", "offer_id", "campaign_id")
    schema = pa.schema([(kind, pa.timestamp("us") if kind == "time" else pa.string()) for kind in kinds])
    opened, plans = Shop.open(folder), {}

    def happened(name, rows):
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
        opened.ingest()

    happened("before", bought(draw, FIRST, 70))
    for name, playbooks in (("own", ()), ("by playbook", ("regulars",))):
        at = PLANS[name]
        made = opened.plan(budget=20000, as_of=at, playbooks=playbooks)
        campaign = opened.launch(author="wei", at=at).moved.campaign_id
        plans[name] = (made, campaign)
        sent = {"event": "view_promotion", "time": at + timedelta(hours=9), "campaign_id": campaign}
        shown = [{**sent, "customer_id": one, "offer_id": offer} for one, offer in sorted(given_by(made).items())]
        happened(name, [*shown, *bought(draw, at + timedelta(hours=10), 34)])
    return opened, plans


def treated(shop):
    learned = shop.learn(END).fitted
    return {(use.campaign_id, use.offer_id): use.treated for use in learned.evidence.campaigns}, learned


def test_what_came_of_it_is_learned_of_the_shop_s_own_offer(shop):
    opened, plans = shop
    own, by_playbook = (given_by(made) for made, _ in plans.values())
    first, second = (campaign for _, campaign in plans.values())
    found, _ = treated(opened)
    names = list(by_playbook.values())
    stood = names.count("regulars.ten") + names.count("regulars.again")
    assert min(names.count("regulars.ten"), names.count("regulars.again"), len(own)) > 100
    assert found == {
        (first, "ten"): len(own),
        (second, "ten"): stood,
        (second, "regulars.deep"): names.count("regulars.deep"),
    }
    with opened.engine() as kept:
        assert {one.offer_id for one in kept.offers()} == {"none", "ten", "regulars.deep"}


def test_the_chance_of_it_is_that_of_either_and_the_log_stays_as_it_was(shop):
    opened, plans = shop
    made, campaign = plans["by playbook"]
    with opened.engine() as kept:
        rows = decided(kept.analytics, END)
    rows = rows.filter(pc.equal(rows["campaign_id"], campaign)).to_pylist()
    logged = {row["customer_id"]: row for row in pq.read_table(made.file).to_pylist()}
    assert len(rows) == CUSTOMERS
    for row in rows:
        log = logged[row["customer_id"]]
        before, after = dict(log["chances"]), dict(row["chances"])
        assert set(after) <= {"none", "ten", "regulars.deep"}
        assert sum(after.values()) == pytest.approx(1)
        either = before.get("regulars.ten", 0) + before.get("regulars.again", 0)
        assert after.get("ten", 0) == pytest.approx(either)
        stood = log["offer_id"] in ("regulars.ten", "regulars.again")
        assert row["offer_id"] == ("ten" if stood else log["offer_id"])
        assert row["probability"] == pytest.approx(either if stood else log["probability"])


def test_on_other_terms_it_is_another_offer_and_another_model(shop):
    opened, plans = shop
    _, campaign = plans["by playbook"]
    _, before = treated(opened)
    offers = tuple(msgspec.structs.replace(one, terms={"percent": 12}) for one in opened.settings.offers)
    found, after = treated(Shop(opened.folder, msgspec.structs.replace(opened.settings, offers=offers)))
    names = {offer for of, offer in found if of == campaign}
    assert names == {"regulars.ten", "regulars.again", "regulars.deep"}
    assert after.version != before.version
