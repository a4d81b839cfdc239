"""What customers were given is counted once, whoever knows of it, and only what was really sent."""

import hashlib
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.store.analytics import Analytics
from offersmith.store.campaigns import Campaigns, Change
from offersmith.store.contacts import CONTACTS, contacts
from offersmith.store.decided import DECIDED
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.read_back import bind
from offersmith.vocabulary import EVENTS

SINCE, UNTIL = datetime(2024, 3, 1), datetime(2024, 3, 29)


def at(day, month=3):
    return datetime(2024, month, day, 9)


def shown(customer, offer, time, campaign=None, event="view_promotion"):
    return {"event": event, "customer_id": customer, "offer_id": offer, "time": time, "campaign_id": campaign}


def drawn(customer, offer, time, campaign):
    fixed = {"campaign_id": campaign, "probability": 0.5, "chances": None}
    return {"customer_id": customer, "offer_id": offer, "time": time, **fixed}


@pytest.fixture
def books(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield tmp_path, ledger


def plan(folder, ledger, version, as_of, decisions, **summary):
    customers, offers = zip(*decisions, strict=True)
    table = pa.table({"customer_id": customers, "offer_id": offers, "probability": [0.5] * len(customers)})
    file = folder / f"{version}.parquet"
    pq.write_table(table, file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    ledger.record_plan(PlanRow(version, file.name, digest, as_of, as_of, summary))


def campaign(ledger, name, version, *states, moment=SINCE):
    books = Campaigns(ledger)
    books.create(name, {}, name=name, state="draft", author="ann", at=SINCE, plan_version=version)
    for before, after in zip(("draft", *states), states, strict=False):
        action = "end" if (before, after) == ("scheduled", "stopped") else "schedule"
        assert books.move(name, Change(action, before, 1, after, "ann", moment)).code == "moved"


def table_of(books, events=(), told=(), **more):
    folder, ledger = books
    rows = [{"event_id": str(place), "utc_offset": 0, **one} for place, one in enumerate(events)]
    file = folder / "events.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), file)
    pq.write_table(pa.Table.from_pylist(list(told), schema=DECIDED), folder / "told.parquet")
    with Analytics(threads=1) as analytics:
        analytics.use_events([file])
        bind(analytics, ledger, folder / "told.parquet")
        table = contacts(analytics, ledger, SINCE, UNTIL, **more)
    assert table.schema.equals(CONTACTS)
    return table


def found(books, events=(), told=(), **more):
    table = table_of(books, events, told, **more)
    return [(row["customer_id"], row["offer_id"], row["time"].day) for row in table.to_pylist()]


def test_a_campaign_with_a_name_counts_once_and_other_offers_once_a_day(books):
    events = [
        shown("ann", "ten", at(2), "march"), shown("ann", "ten", at(5), "march"),
        shown("ann", "ten", at(6), "march", event="select_promotion"), shown("bob", "ten", at(9), "march"),
        shown("cyn", "ten", at(3)), shown("cyn", "ten", datetime(2024, 3, 3, 21)), shown("cyn", "ten", at(10)),
        shown("dan", "ten", at(28, month=2), "march"), shown("eve", "ten", UNTIL, "march"), shown("eve", "none", at(3)),
        shown(None, "ten", at(3), "march"),
    ]  # fmt: skip
    assert found(books, events) == [("ann", "ten", 6), ("bob", "ten", 9), ("cyn", "ten", 3), ("cyn", "ten", 10)]


def test_what_the_shop_told_of_its_own_decisions_goes_before_what_was_seen_of_them(books):
    events = [shown("ann", "ten", at(4), "always"), shown("bob", "ten", at(4), "always")]
    told = [drawn("ann", "ten", at(day), "always") for day in (4, 11)] + [drawn("ann", "none", at(18), "always")]
    told += [drawn("cyn", "ten", datetime(2024, 2, 28), "always"), drawn("cyn", "ten", UNTIL, "always")]
    assert found(books, events, told) == [("ann", "ten", 4), ("ann", "ten", 11), ("bob", "ten", 4)]


def test_who_was_to_get_an_offer_of_a_campaign_counts_from_its_start_whether_they_were_seen_to_open_it_or_not(books):
    folder, ledger = books
    plan(folder, ledger, "v1", SINCE, [("ann", "ten"), ("bob", "ten"), ("cyn", "none")])
    plan(folder, ledger, "v0", SINCE, [("ann", "ten"), ("bob", "ten")])
    events = [shown("ann", "ten", at(4), "plan-v1"), shown("dan", "ten", at(28, month=2), "plan-v0")]
    assert found(books, events) == [("ann", "ten", 4), ("bob", "ten", 4)]  # that of February was before


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        ((), False), (("approved",), False), (("scheduled",), True), (("live",), True), (("live", "paused"), True),
        (("scheduled", "stopped"), True), (("approved", "stopped", "archived"), False), (("live", "stopped"), True),
    ],
)  # fmt: skip
def test_a_plan_counts_once_its_campaign_is_to_go_out_and_not_before(books, states, counts):
    folder, ledger = books
    plan(folder, ledger, "v1", UNTIL, [("ann", "ten"), ("cyn", "none")])
    plan(folder, ledger, "v2", datetime(2024, 4, 1), [("ann", "ten")])
    plan(folder, ledger, "never launched", at(5), [("ann", "ten")])
    campaign(ledger, "spring", "v1", *states)
    campaign(ledger, "later", "v2", "live")
    assert found(books) == ([("ann", "ten", 29)] if counts else [])


def test_a_plan_whose_campaign_is_in_the_events_is_not_counted_again(books):
    folder, ledger = books
    plan(folder, ledger, "v1", at(2), [("ann", "ten"), ("bob", "five")])
    campaign(ledger, "spring", "v1", "live")
    assert found(books, [shown("ann", "ten", at(4), "spring")]) == [("ann", "ten", 4), ("bob", "five", 4)]


def test_a_plan_whose_file_is_not_what_was_recorded_says_nothing(books):
    folder, ledger = books
    plan(folder, ledger, "v1", at(2), [("ann", "ten")])
    campaign(ledger, "spring", "v1", "live")
    (folder / "v1.parquet").write_bytes(b"something else")
    assert found(books) == []


def test_of_a_plan_that_is_made_once_more_nothing_counts_whoever_knows_of_it(books):
    folder, ledger = books
    for version in ("v1", "v2"):
        plan(folder, ledger, version, at(2), [("ann", "ten"), ("bob", "five")])
        campaign(ledger, f"of-{version}", version, "live")
    both = [("ann", "ten", 2), ("ann", "ten", 2), ("bob", "five", 2), ("bob", "five", 2)]
    assert found(books) == both
    assert found(books, instead_of="v1") == both[::2]
    for name in ("v1", "plan-v1", "of-v1"):
        events, told = [shown("ann", "ten", at(4), name)], [drawn("cyn", "ten", at(5), name)]
        assert len(found(books, events, told)) > 3
        assert found(books, events, told, instead_of="v1") == both[::2]


@pytest.mark.parametrize(
    ("planned", "live", "day"),
    [
        (datetime(2024, 2, 20), at(9), 9),  # made long before it was sent
        (datetime(2024, 2, 20), datetime(2024, 2, 25), None),
        (at(20), at(9), 20),  # sent by a clock that is behind the one of the events, or ahead
        (at(20), datetime(2026, 1, 1), 29),
    ],
)
def test_a_plan_of_which_no_event_is_known_counts_from_when_it_went_live(books, planned, live, day):
    folder, ledger = books
    plan(folder, ledger, "v1", planned, [("ann", "ten"), ("cyn", "none")])
    campaign(ledger, "spring", "v1", "scheduled", "live", "paused", moment=live)
    assert found(books) == ([("ann", "ten", day)] if day else [])


def used(customer, offer, time, campaign):
    return shown(customer, offer, time, campaign, event="redeem")


@pytest.mark.parametrize("name", ["v1", "plan-v1"])
def test_a_plan_that_the_shop_sent_itself_counts_from_its_first_use(books, name):
    folder, ledger = books
    plan(folder, ledger, "v1", datetime(2024, 2, 10), [("ann", "ten"), ("bob", "ten"), ("cyn", "none")])
    uses = [used("bob", "ten", at(7), name), used("ann", "ten", at(9), name), used("bob", "ten", at(9), name)]
    assert found(books) == []
    assert found(books, uses) == [("ann", "ten", 7), ("bob", "ten", 7)]
    assert found(books, [used("bob", "ten", at(20, 2), name), *uses]) == []
    assert found(books, [used("bob", "ten", UNTIL, name)]) == []
    seen = [shown("ann", "ten", at(8), name)]
    assert found(books, [*uses, *seen]) == [("ann", "ten", 8), ("bob", "ten", 8)]
    told = [drawn("ann", "ten", at(6), name)]
    assert found(books, uses, told) == [("ann", "ten", 6)]


def test_a_plan_launched_here_counts_from_then_whenever_it_is_used(books):
    folder, ledger = books
    plan(folder, ledger, "v1", datetime(2024, 3, 2), [("ann", "ten"), ("cyn", "none")])
    campaign(ledger, "spring", "v1", "scheduled", "live", moment=datetime(2024, 3, 4))
    assert found(books, [used("ann", "ten", at(9), "spring")]) == [("ann", "ten", 4)]


def test_no_plan_counts_later_than_its_offers_ended(books):
    folder, ledger = books
    ends = datetime(2024, 2, 28)
    plan(folder, ledger, "v1", datetime(2024, 2, 10), [("ann", "ten")], valid_until=ends.isoformat())
    campaign(ledger, "spring", "v1", "live", moment=datetime(2026, 1, 1))
    assert found(books) == []


@pytest.mark.parametrize("events", [
    [], [shown("bob", "ten", at(6), "spring")],
    [shown("ann", "ten", at(6), "spring"), shown("ann", "gift", at(9), "spring")],
    [shown("ann", "ten", at(6), "spring")],
])  # fmt: skip
def test_what_a_launched_plan_gave_a_customer_is_several_offers_and_one_sending(books, events):
    folder, ledger = books
    given = [("ann", "ten"), ("ann", "gift"), ("bob", "ten"), ("cid", "none")]
    plan(folder, ledger, "p1", at(4), given, each=2)
    campaign(ledger, "spring", "p1", "live", moment=at(5))
    table = table_of(books, events)
    sent = {}
    for row in table.to_pylist():
        sent.setdefault(row["customer_id"], []).append((row["offer_id"], row["sending"]))
    assert {customer: sorted(offer for offer, _ in rows) for customer, rows in sent.items()} == {
        "ann": ["gift", "ten"], "bob": ["ten"],
    }  # fmt: skip
    assert len({sending for _, sending in sent["ann"]}) == 1


def test_offers_of_no_plan_are_sendings_of_their_own(books):
    events = [shown("ann", "ten", at(2), "always"), shown("ann", "gift", at(5), "always"), shown("ann", "ten", at(3)),
              shown("ann", "ten", at(4))]  # fmt: skip
    assert len(set(table_of(books, events)["sending"].to_pylist())) == 4
