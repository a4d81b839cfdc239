"""Decisions that a shop tells: what must fit the events, what is kept, and what those who learn are told of it."""

import json
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith import Shop
from offersmith.errors import InputError
from offersmith.events.decision_log import LogState, doubted, drop, keep, state
from offersmith.events.decisions import take
from offersmith.settings import DecisionSettings, OfferSettings, Settings, ShopSettings, SourceSettings
from offersmith.store.analytics import Analytics
from offersmith.store.decided import DECIDED
from offersmith.vocabulary import EVENTS

SHOP = ShopSettings(timezone="Europe/Berlin")
DAY = datetime.fromisoformat("2024-03-01T09:00")
GOOD = "campaign_id,customer_id,offer_id,probability\nmarch,ann,ten,0.25\nmarch,bob,none,.75\n"


def test_a_refused_log_says_what_was_read_and_which_log_stands(tmp_path):
    bought = "event,time,customer_id,offer_id,campaign_id\nview_promotion,2024-03-01T09:00,{},ten,march\n"
    (tmp_path / "events.csv").write_text(bought.format("ann"))
    (tmp_path / "log.csv").write_text(GOOD.replace("march", "mrch"))
    columns = {name: name for name in ("event", "time", "customer_id", "offer_id", "campaign_id")}
    source = SourceSettings(files=("*events.csv",), columns=columns, names={"view_promotion": "view_promotion"})
    shop = Shop(tmp_path, Settings(shop=SHOP, events=(source,), decisions=(DecisionSettings(files=("log.csv",)),)))
    with pytest.raises(InputError, match=r"'mrch' .*; the events were read and stay \(1 new\), no decisions are kept"):
        shop.ingest()
    (tmp_path / "log.csv").write_text(GOOD)
    assert shop.ingest().as_dict()["decisions"] == 2
    (tmp_path / "log.csv").write_text(GOOD.replace(".75", "2"))
    (tmp_path / "more-events.csv").write_text(bought.format("bob"))
    with pytest.raises(InputError, match=r"\(1 new\), the 2 decisions of an earlier log still stand$") as fault:
        shop.ingest()
    told = json.loads(json.dumps(fault.value.as_dict()))
    assert (told["field"], told["receipt"]["kept"], told["receipt"]["decisions"]) == ("probability", 1, 2)
    (tmp_path / "third-events.csv").write_text(bought.format("eve"))
    assert shop.ingest(tmp_path / "third-events.csv").as_dict()["decisions"] == 2


def test_who_learns_after_a_log_was_refused_is_told(tmp_path):
    """Without a word the campaign would count as sent to chosen customers, or by a log that was to be replaced."""
    (tmp_path / "events.csv").write_text(
        "event,time,customer_id,offer_id,campaign_id\nview_promotion,2024-03-01T09:00,ann,ten,march\n"
    )
    columns = {name: name for name in ("event", "time", "customer_id", "offer_id", "campaign_id")}
    source = SourceSettings(files=("events.csv",), columns=columns, names={"view_promotion": "view_promotion"})
    shop = Shop(tmp_path, Settings(shop=SHOP, events=(source,), decisions=(DecisionSettings(files=("log.csv",)),)))
    (tmp_path / "log.csv").write_text(GOOD.replace("none", "nothing"))
    with pytest.raises(InputError):
        shop.ingest()
    learned = shop.learn()
    assert "WARNING: the log of decisions was refused when it was read, so its campaigns are not counted" in str(
        learned
    )
    assert "offer_id 'nothing'" in str(learned)
    assert learned.as_dict()["log"]["decided"] == 0
    assert "决策日志在读取时被拒收" in learned.text("zh")
    (tmp_path / "log.csv").write_text(GOOD)
    shop.ingest()
    assert "WARNING" not in str(shop.learn())
    assert "WARNING" not in str(shop.plan(5))
    (tmp_path / "log.csv").write_text(GOOD.replace(".75", "2"))
    with pytest.raises(InputError):
        shop.ingest()
    assert "the 2 decisions of an earlier one still count: log.csv: probability is 2.0" in str(shop.learn())
    planned = shop.plan(5)
    assert "the 2 decisions of an earlier one still count: log.csv: probability is 2.0" in str(planned)
    assert planned.as_dict()["log"]["refused"].startswith("log.csv: probability is 2.0")
    (line,) = shop.facts().told["log_doubted"]
    assert "2 decisions of an earlier one still count: log.csv: probability is 2.0" in line.en


def test_a_log_that_was_never_read_is_missed(tmp_path):
    part = DecisionSettings(files=("log.csv",))
    kept = tmp_path / "tables" / "decided.parquet"
    assert state(Settings(), kept).lines() == []
    assert "that was not read yet" in state(Settings(decisions=(part,)), kept).lines()[0]


def test_a_receipt_doubts_chances_of_another_arm(tmp_path):
    (tmp_path / "events.csv").write_text(
        "event,time,customer_id,offer_id,campaign_id\nview_promotion,2024-03-01T09:00,c0,ten,march\n"
    )
    rows = [f"c{number},{'none' if number % 5 else 'ten'},0.8,0.2\n" for number in range(400)]
    (tmp_path / "log.csv").write_text("customer_id,offer_id,p_none,p_ten\n" + "".join(rows))
    columns = {name: name for name in ("event", "time", "customer_id", "offer_id", "campaign_id")}
    source = SourceSettings(files=("events.csv",), columns=columns, names={"view_promotion": "view_promotion"})
    for chances, odd_arms in (("p_none", "p_ten"), []), (("p_ten", "p_none"), ["none", "ten"]):
        part = DecisionSettings(
            files=("log.csv",), campaign="march", chances=dict(zip(("none", "ten"), chances, strict=True))
        )
        shop = Shop(tmp_path, Settings(shop=SHOP, events=(source,), decisions=(part,)))
        receipt = shop.ingest()
        assert [one["offer_id"] for one in receipt.as_dict()["doubts"]] == odd_arms
        assert str(receipt).count("WARNING: campaign march") == len(odd_arms)
        assert str(shop.learn()).count("WARNING: campaign march") == len(odd_arms)


def odd(rows):
    """Return decisions that were given ten far more often than their chances say."""
    named = {"campaign_id": ["march"] * rows, "customer_id": [f"c{one}" for one in range(rows)]}
    given = {"offer_id": ["ten"] * rows, "probability": [0.1] * rows}
    return pa.table(named | given | {"time": pa.nulls(rows), "chances": pa.nulls(rows)}).cast(DECIDED)


def test_doubts_are_worked_out_once_and_read_back_of_the_same_decisions_only(tmp_path):
    kept, note = tmp_path / "decided.parquet", tmp_path / "decided-doubts.json"
    keep(kept, odd(400))
    (found,) = doubted(kept)
    assert (found.given, found.could) == (400, 400)
    note.write_text(note.read_text().replace('"given": 400', '"given": 399'))
    assert doubted(kept)[0].given == 399
    assert LogState.of(json.loads(json.dumps(state(Settings(), kept).as_dict()))) == state(Settings(), kept)
    pq.write_table(odd(300), kept)
    assert doubted(kept)[0].given == 300
    note.write_text("{")
    assert doubted(kept)[0].given == 300
    note.unlink()
    assert doubted(kept)[0].given == 300
    keep(kept, odd(300))
    assert '"given": 300' in note.read_text()
    drop(kept)
    assert list(tmp_path.iterdir()) == []
    assert doubted(kept) == ()


@contextmanager
def happened(folder, *shown, event="view_promotion"):
    rows = [
        {"event_id": str(number), "event": event, "time": DAY, "utc_offset": 0, "customer_id": customer,
         "offer_id": offer, "campaign_id": campaign} for number, (campaign, customer, offer) in enumerate(shown)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), folder / "events.pq")
    with Analytics(threads=1) as analytics:
        analytics.use_events([folder / "events.pq"])
        yield analytics


def taken(folder, text, events):
    (folder / "log.csv").write_text(text)
    settings = Settings(events=(), decisions=(DecisionSettings(files=("log.csv",)),), shop=SHOP)
    return take(settings, folder, folder / "kept" / "decided.parquet", events, sources=())


def test_decisions_of_what_happened_are_kept(tmp_path):
    events = partial(happened, tmp_path, ("march", "ann", "ten"))
    assert taken(tmp_path, GOOD + "march,bob,none,.75\n", events) == 2
    kept = tmp_path / "kept" / "decided.parquet"
    assert pq.read_table(kept).cast(DECIDED)["customer_id"].to_pylist() == ["ann", "bob"]
    assert take(Settings(), tmp_path, kept, events, sources=()) == 0
    assert not kept.exists()


def test_a_campaign_that_nobody_knows_is_refused_and_what_was_kept_stays(tmp_path):
    events = partial(happened, tmp_path, ("march", "ann", "ten"))
    taken(tmp_path, GOOD, events)
    with pytest.raises(InputError, match=r"campaign_id 'mrch' \(2 rows\) is in no event .*in the events: march"):
        taken(tmp_path, GOOD.replace("march", "mrch"), events)
    assert set(pq.read_table(tmp_path / "kept" / "decided.parquet")["campaign_id"].to_pylist()) == {"march"}


@pytest.mark.parametrize(("time", "event", "known"), [
    ("2024-03-02", "purchase", True),  # still to be sent
    ("2024-02-01", "purchase", False),
    ("2024-02-01", "redeem", True),
    ("", "redeem", False),  # nobody knows when it started
    ("", "view_promotion", True),
])  # fmt: skip
def test_when_a_campaign_is_known(tmp_path, time, event, known):
    text = f"campaign_id,customer_id,offer_id,probability,time\nmarch,ann,ten,1,{time}\n"
    events = partial(happened, tmp_path, ("march", "ann", "ten"), event=event)
    if known:
        assert taken(tmp_path, text, events) == 1
    else:
        with pytest.raises(InputError, match="campaign_id 'march'"):
            taken(tmp_path, text, events)


def test_a_log_that_was_not_followed_is_refused(tmp_path):
    customers = [f"c{number}" for number in range(40)]
    text = "campaign_id,customer_id,offer_id,probability\n" + "".join(f"march,{one},A,0.5\n" for one in customers)
    shown = [("march", one, "ten") for one in customers]
    with pytest.raises(InputError, match=r"of 40 customers who were shown an offer, 40 were shown another .*'ten'"):
        taken(tmp_path, text, partial(happened, tmp_path, *shown))
    assert taken(tmp_path, text.replace("A", "ten").replace("c0,ten", "c0,none"), partial(happened, tmp_path, *shown))


@pytest.mark.parametrize(("word", "rows", "meant"), [("nothing", 1, "none"), ("tne", 3, "ten")])
def test_a_word_that_nobody_knows_is_no_offer(tmp_path, word, rows, meant):
    """Taken for an offer, the control's own word leaves a campaign without anybody to compare with.

    What the hint proposes will be pasted: an offer misspelt must not become none.
    """
    lines = [f"march,c{one},{word if one < rows else ('none', 'ten')[one % 2]},0.5\n" for one in range(40)]
    text = "campaign_id,customer_id,offer_id,probability\n" + "".join(lines)
    events = partial(happened, tmp_path, ("march", "c39", "ten"), ("april", "c38", "old-offer"))
    with pytest.raises(InputError) as fault:
        taken(tmp_path, text, events)
    said = fault.value.message
    assert f"offer_id '{word}' ({rows} of 40 rows) is not 'none'" in said
    own = [offer.id for offer in Settings().offers]
    assert said.endswith(f"allowed: none, {', '.join(sorted({'ten', 'old-offer', *own}))}")
    assert f'names = {{ "{word}" = "{meant}" }}' in fault.value.hint
    assert (fault.value.facts["value"], fault.value.facts["rows"]) == (word, rows)
    assert taken(tmp_path, text.replace(word, "old-offer"), events) == 40


def test_an_offer_of_the_settings_needs_no_event(tmp_path):
    events = partial(happened, tmp_path, ("march", "ann", "ten"))
    (tmp_path / "log.csv").write_text(GOOD + "march,eve,new,0.5\n")
    part = DecisionSettings(files=("log.csv",))
    offers = (OfferSettings("new", "percent_off", terms={"percent": 10}),)
    settings = Settings(decisions=(part,), shop=SHOP, offers=offers)
    assert take(settings, tmp_path, tmp_path / "kept.parquet", events, sources=()) == 3
    with pytest.raises(InputError, match="offer_id 'new'"):
        take(Settings(decisions=(part,), shop=SHOP), tmp_path, tmp_path / "kept.parquet", events, sources=())


def test_one_customer_is_decided_once_at_a_time(tmp_path):
    events = partial(happened, tmp_path, ("march", "ann", "ten"))
    with pytest.raises(InputError, match="customer_id 'ann' has two decisions of campaign 'march' at one time"):
        taken(tmp_path, GOOD + "march,ann,none,.75\n", events)
