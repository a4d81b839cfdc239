"""Who got several offers of a plan is no example of one of them: left out, counted, and known to other questions."""

import hashlib
import random
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.response.sent import past_campaigns
from offersmith.store.analytics import Analytics
from offersmith.store.contacts import contacts
from offersmith.store.decided import CHANCES, DECIDED, decided
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.outcomes import exposures
from offersmith.store.read_back import bind
from offersmith.store.together import apart
from offersmith.vocabulary import EVENTS

DAY, LATE = datetime(2024, 3, 1), datetime(2025, 1, 1)
ODDS = [("none", 0.1), ("ten", 0.2), ("gift", 0.1), ("ten+gift", 0.6)]


def row(customer, offer, chances):
    together = "+".join(sorted(offer.split("+"), reverse=True)) if "+" in offer else offer
    names = ("campaign_id", "customer_id", "offer_id", "probability", "time", "chances")
    parts = offer.split("+")
    return [
        dict(zip(names, ("c", customer, one, dict(chances)[together], None, chances), strict=True)) for one in parts
    ]


def test_chances_are_those_given_that_nothing_was_given_together():
    rows = [*row("ann", "ten+gift", ODDS), *row("bob", "ten", ODDS), *row("cid", "none", [("none", 1.0)])]
    kept, others = apart(pa.Table.from_pylist(rows, DECIDED))
    assert others.to_pylist() == [
        {"campaign_id": "c", "customer_id": "ann", "offer_id": one} for one in ("ten", "gift")
    ]
    assert kept["customer_id"].to_pylist() == ["bob", "cid"]
    assert kept["probability"].to_pylist() == [pytest.approx(0.5), 1.0]
    assert kept["chances"].to_pylist() == [
        [("none", pytest.approx(0.25)), ("ten", pytest.approx(0.5)), ("gift", pytest.approx(0.25))],
        [("none", 1.0)],
    ]
    assert kept.schema.equals(DECIDED)


def test_among_those_kept_offers_are_as_frequent_as_their_chances_say():
    draw = random.Random(5)
    names, weights = zip(*ODDS, strict=True)
    drawn = draw.choices(names, weights, k=20_000)
    rows = [one for place, offer in enumerate(drawn) for one in row(f"c{place}", offer, ODDS)]
    kept, _ = apart(pa.Table.from_pylist(rows, DECIDED))
    given = np.array(kept["offer_id"].to_pylist())
    for name, chance in kept["chances"][0].as_py():
        assert np.mean(given == name) == pytest.approx(chance, abs=4.5 * np.sqrt(0.25 / len(given)))


@pytest.fixture
def parts(tmp_path):
    made = [
        row("ann", "ten+gift", ODDS),
        row("bob", "ten", ODDS),
        row("cid", "none", ODDS),
        row("dot", "ten+gift", ODDS),
    ]
    table = pa.Table.from_pylist([one for rows in made for one in rows], DECIDED)
    file = tmp_path / "v1.parquet"
    pq.write_table(table.drop_columns(["campaign_id", "time"]), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    shown = [("ann", "ten"), ("ann", "gift"), ("bob", "ten"), ("dot", "ten")]
    events = [
        {"event_id": f"e{place}", "event": "view_promotion", "time": DAY, "utc_offset": 0, "customer_id": customer,
         "offer_id": offer, "campaign_id": "plan-v1"} for place, (customer, offer) in enumerate(shown)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(events, schema=EVENTS), tmp_path / "events.parquet")
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger, Analytics(threads=1) as analytics:
        ledger.record_plan(PlanRow("v1", file.name, digest, DAY, DAY, {"each": 2}))
        analytics.use_events([tmp_path / "events.parquet"])
        bind(analytics, ledger)
        yield analytics, ledger


def test_a_plan_is_read_back_without_them_and_what_they_saw_has_its_own_name(parts):
    analytics, _ = parts
    rows = decided(analytics, LATE)
    assert rows["customer_id"].to_pylist() == ["bob", "cid"]
    assert rows["chances"].type == CHANCES
    seen = {(one["campaign_id"], one["customer_id"], one["offer_id"]) for one in exposures(analytics, LATE).to_pylist()}
    apart_ = "plan-v1 (several offers)"
    assert seen == {
        ("plan-v1", "bob", "ten"), (apart_, "ann", "ten"), (apart_, "ann", "gift"), (apart_, "dot", "ten"),
    }  # fmt: skip


def test_each_of_their_offers_counts_as_given_once(parts):
    analytics, ledger = parts
    found = contacts(analytics, ledger, datetime(2024, 2, 1), datetime(2024, 4, 1))
    given = [(one["customer_id"], one["offer_id"]) for one in found.to_pylist()]
    assert given == [("ann", "gift"), ("ann", "ten"), ("bob", "ten"), ("dot", "gift"), ("dot", "ten")]


def test_a_campaign_of_such_a_plan_is_learned_from_as_it_was_drawn(tmp_path):
    draw = random.Random(5)
    names, weights = zip(*ODDS, strict=True)
    drawn = {f"c{place:04d}": draw.choices(names, weights)[0] for place in range(2_000)}
    table = pa.Table.from_pylist(
        [one for customer, offer in drawn.items() for one in row(customer, offer, ODDS)], DECIDED
    )
    file = tmp_path / "v1.parquet"
    pq.write_table(table.drop_columns(["campaign_id", "time"]), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    shown = [(customer, one) for customer, offer in drawn.items() for one in offer.split("+") if one != "none"]
    events = [
        {"event_id": f"e{place}", "event": "view_promotion", "time": DAY, "utc_offset": 0, "customer_id": customer,
         "offer_id": offer, "campaign_id": "plan-v1"} for place, (customer, offer) in enumerate(shown)
    ]  # fmt: skip
    events.append(
        events[0] | {"event_id": "first", "event": "purchase", "time": datetime(2023, 12, 1), "offer_id": None}
    )
    pq.write_table(pa.Table.from_pylist(events, schema=EVENTS), tmp_path / "events.parquet")
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger, Analytics(threads=1) as analytics:
        ledger.record_plan(PlanRow("v1", file.name, digest, DAY, DAY, {"each": 2}))
        analytics.use_events([tmp_path / "events.parquet"])
        bind(analytics, ledger)
        campaigns, left_out = past_campaigns(analytics, LATE, 28)
    (one,) = campaigns
    assert one.campaign_id == "plan-v1"
    assert one.lot is not None
    alone = {customer for customer, offer in drawn.items() if "+" not in offer}
    assert set(one.lot.rows["customer_id"].to_pylist()) == alone
    assert {offer: len(who) for offer, who in one.arms.items()} == {
        offer: sum(drawn[customer] == offer for customer in alone) for offer in ("ten", "gift")
    }
    assert set(left_out) == {"plan-v1 (several offers)/ten", "plan-v1 (several offers)/gift"}
