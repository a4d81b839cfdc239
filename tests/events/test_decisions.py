"""Decisions that a shop tells: what is read of a file, what is refused by name, and what must fit the events."""

import json
import re
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith import Shop
from offersmith.errors import InputError, SettingsError
from offersmith.events.decision_file import read
from offersmith.events.decision_log import state
from offersmith.events.decisions import take
from offersmith.settings import DecisionSettings, OfferSettings, Settings, ShopSettings, SourceSettings
from offersmith.store.analytics import Analytics
from offersmith.store.decided import DECIDED, chances_of
from offersmith.vocabulary import EVENTS

SHOP = ShopSettings(timezone="Europe/Berlin")
DAY = datetime.fromisoformat("2024-03-01T09:00")
GOOD = "campaign_id,customer_id,offer_id,probability\nmarch,ann,ten,0.25\nmarch,bob,none,.75\n"


def written(folder, text, **part):
    (folder / "log.csv").write_text(text)
    return read(DecisionSettings(files=("log.csv",), **part), folder, SHOP)


def test_a_file_in_our_words_needs_no_mapping(tmp_path):
    rows = written(tmp_path, GOOD)
    assert rows.schema.equals(DECIDED)
    assert rows.drop_columns(["time", "chances"]).to_pylist() == [
        {"campaign_id": "march", "customer_id": "ann", "offer_id": "ten", "probability": 0.25},
        {"campaign_id": "march", "customer_id": "bob", "offer_id": "none", "probability": 0.75},
    ]
    assert rows["time"].null_count == rows["chances"].null_count == 2


def test_columns_names_times_and_chances_are_mapped(tmp_path):
    rows = written(
        tmp_path,
        "kunde,arm,wann,p0,p10\n17.0,A,01.03.2024 10:00,0.5,0.5\n18,control,,0.9,0.1\n",
        campaign="march",
        columns={"customer_id": "kunde", "offer_id": "arm", "time": "wann"},
        names={"A": "ten", "control": "none"},
        chances={"none": "p0", "ten": "p10"},
    ).to_pylist()
    assert [row["customer_id"] for row in rows] == ["17", "18"]
    assert [row["offer_id"] for row in rows] == ["ten", "none"]
    assert {row["campaign_id"] for row in rows} == {"march"}
    assert [row["time"] for row in rows] == [DAY, None]
    assert [row["probability"] for row in rows] == [0.5, 0.9]
    assert dict(rows[1]["chances"]) == {"none": 0.9, "ten": 0.1}


def test_a_parquet_file_may_have_a_map_of_chances(tmp_path):
    chances = chances_of(("none", "ten"), np.array([[0.2, 0.8], [0.6, 0.4]]))
    table = pa.table({"campaign_id": ["c", "c"], "customer_id": [1, 2], "offer_id": pa.array(["ten", "none"]).
                      dictionary_encode(), "chances": chances})  # fmt: skip
    pq.write_table(table, tmp_path / "log.parquet")
    rows = read(DecisionSettings(files=("*.parquet",)), tmp_path, SHOP)
    assert rows["probability"].to_pylist() == [0.8, 0.6]
    assert rows["chances"].combine_chunks().equals(chances)


@pytest.mark.parametrize("value", ["0", "-0.1", "1.01", "nan", "inf", "half", ""])
def test_a_chance_is_above_zero_and_at_most_one(tmp_path, value):
    with pytest.raises(InputError) as fault:
        written(tmp_path, GOOD.replace(".75", value))
    said = fault.value.message
    assert said.startswith("log.csv: probability is ")
    assert "in 1 of 2 rows, first in row 2 (line 3); allowed: above 0 and at most 1" in said
    assert (value or "missing") in said
    assert fault.value.facts["field"] == "probability"


def test_a_missing_number_of_parquet_is_no_chance(tmp_path):
    for bad in (None, float("nan")):
        named = {"campaign_id": ["c"], "customer_id": ["a"], "offer_id": ["x"]}
        pq.write_table(
            pa.table({**named, "probability": pa.array([bad], pa.float64(), from_pandas=False)}),
            tmp_path / "log.parquet",
        )
        with pytest.raises(InputError, match=r"probability is (missing|nan) in 1 of 1 rows"):
            read(DecisionSettings(files=("log.parquet",)), tmp_path, SHOP)


@pytest.mark.parametrize(("field", "old"), [("customer_id", "bob"), ("campaign_id", "march"), ("offer_id", "ten")])
def test_a_missing_name_is_refused(tmp_path, field, old):
    with pytest.raises(InputError, match=rf"log\.csv: {field} is missing in \d of 2 rows, .*allowed: the ") as fault:
        written(tmp_path, GOOD.replace(old, ""))
    assert fault.value.facts["field"] == field


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,x,0.5,0.6", "the sum of chances is 1.1 in 1 of 1 rows"),
        ("a,x,-0.5,1.5", r"chances\.none is -0.5"),
        ("a,x,nan,1", r"chances\.none is 'nan' in 1 of 1 rows, first in row 1 \(line 2\); allowed: from 0 to 1"),
        ("a,x,1,0", r"probability is 0.0 in 1 of 1 rows"),
        ("a,other,0.5,0.5", r"chances do not name offer 'other', .* in 1 of 1 rows, .*; they name: none, x"),
    ],
)
def test_chances_of_all_offers_are_whole_and_hold_what_was_chosen(tmp_path, row, complaint):
    with pytest.raises(InputError, match=complaint):
        written(tmp_path, f"customer_id,offer_id,p0,p1\n{row}\n", campaign="c", chances={"none": "p0", "x": "p1"})


def test_a_probability_beside_chances_must_be_that_of_the_choice(tmp_path):
    with pytest.raises(InputError, match=r"probability is 0.4 in 1 of 1 rows, .*what chances say of the offer"):
        written(tmp_path, "customer_id,offer_id,probability,p0,p1\na,x,0.4,0.5,0.5\n", campaign="c",
                chances={"none": "p0", "x": "p1"})  # fmt: skip


def test_columns_that_are_not_there_are_named(tmp_path):
    with pytest.raises(InputError, match=r"log\.csv lacks the column\(s\) customer_id; found: "):
        written(tmp_path, GOOD.replace("customer_id", "client"))
    with pytest.raises(InputError, match=r"lacks the column\(s\) probability"):
        written(tmp_path, GOOD.replace("probability", "p"))
    with pytest.raises(SettingsError, match=r"\[\[decisions\]\] columns has channel; allowed: campaign_id, "):
        written(tmp_path, GOOD, columns={"channel": "channel"})
    with pytest.raises(InputError, match=r"log\.csv: time is 'soon' in 1 of 1 rows"):
        written(tmp_path, "campaign_id,customer_id,offer_id,probability,time\nc,a,x,1,soon\n")


def stored(folder, part=None, **columns):
    named = {"campaign_id": ["c"], "customer_id": ["a"], "offer_id": ["x"], "probability": [0.5]}
    pq.write_table(pa.table({name: one for name, one in (named | columns).items() if one is not None}),
                   folder / "log.parquet")  # fmt: skip
    return read(DecisionSettings(files=("log.parquet",), **(part or {})), folder, SHOP)


TWICE = datetime.fromisoformat("2024-10-27T02:30:00.000001")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([TWICE], pa.timestamp("us")), "time is '2024-10-27 02:30:00.000001' in 1 of 1 rows"),
        (pa.array([1_729_996_200_000_000_001], pa.timestamp("ns")), "time is '2024-10-27 02:30:00.000000001' in 1 of"),
        (pa.array([3600], pa.time32("s")), "time is '01:00:00.000' in 1 of 1 rows"),
        (pa.array([True]), "time (is True in 1 of 1 rows|.bool. cannot be read)"),
        (pa.array([b"\xff"]), "time holds binary; allowed: plain values"),
        (pa.array([b"\xff"], pa.binary(1)), r"time holds fixed_size_binary\[1\]; allowed: plain values"),
    ],
)
def test_a_moment_of_any_type_that_cannot_be_read_is_named(tmp_path, column, said):
    with pytest.raises(InputError, match=rf"^log\.parquet: {said}") as fault:
        stored(tmp_path, {"ambiguous_time": "refuse"}, time=column)
    json.dumps(fault.value.as_dict())


@pytest.mark.parametrize(
    "column", [pa.array([DAY]), pa.array([DAY.date()]), pa.array([True]), pa.array([b"1"], pa.large_binary())]
)
def test_a_probability_that_is_no_number_is_refused_by_its_type(tmp_path, column):
    with pytest.raises(InputError, match=r"^log\.parquet: probability holds .*; allowed: ") as fault:
        stored(tmp_path, probability=column)
    assert str(column.type) in fault.value.message


@pytest.mark.parametrize("field", ["campaign_id", "customer_id", "offer_id"])
def test_bytes_are_no_names(tmp_path, field):
    with pytest.raises(InputError, match=rf"^log\.parquet: {field} holds large_binary"):
        stored(tmp_path, **{field: pa.array([b"\xff\xfe"], pa.large_binary())})


def test_chances_that_are_no_numbers_are_refused(tmp_path):
    text = pa.array([[("x", "half"), ("none", "half")]], pa.map_(pa.string(), pa.string()))
    with pytest.raises(InputError, match=r"^log\.parquet: chances .*half"):
        stored(tmp_path, chances=text)
    days = pa.array([[("x", DAY)]], pa.map_(pa.string(), pa.timestamp("us")))
    with pytest.raises(InputError, match=r"^log\.parquet: chances holds map<string, timestamp"):
        stored(tmp_path, chances=days)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("campaign_id,customer_id,offer_id,probability,customer_id", {}),
        ("campaign_id,customer_id,offer_id,p,p", {"chances": {"ten": "p"}}),
    ],
)
def test_a_column_that_is_there_twice_is_refused(tmp_path, header, part):
    with pytest.raises(InputError, match=r"^log\.csv has the column\(s\) (customer_id|p) more than once"):
        written(tmp_path, f"{header}\nmarch,ann,ten,1,1\n", **part)


def test_a_column_that_nobody_reads_may_be_there_twice(tmp_path):
    header, *rows = GOOD.splitlines()
    assert written(tmp_path, "\n".join([f"{header},note,note", *(f"{row},a,b" for row in rows)])).num_rows == 2


def laid(*maps):
    return pa.array(maps, pa.map_(pa.string(), pa.float64()))


def test_names_are_those_of_a_map_of_chances_too(tmp_path):
    rows = stored(
        tmp_path,
        {"names": {"A": "ten", "control": "none"}},
        offer_id=["A"],
        probability=None,
        chances=laid([("A", 0.25), ("control", 0.75)]),
    ).to_pylist()
    assert (rows[0]["offer_id"], rows[0]["probability"]) == ("ten", 0.25)
    assert dict(rows[0]["chances"]) == {"ten": 0.25, "none": 0.75}


@pytest.mark.parametrize("keys", [("x", "x"), ("x", "X")])
def test_an_offer_named_twice_among_chances_is_refused(tmp_path, keys):
    maps = laid([("x", 1.0)], [(keys[0], 0.5), (keys[1], 0.5)])
    with pytest.raises(InputError, match=r"chances name offer 'x' more than once in 1 of 2 rows, first in row 2"):
        stored(tmp_path, {"names": {"X": "x"}, "campaign": "c"}, campaign_id=None, customer_id=["a", "b"],
               offer_id=["x", "x"], probability=[1.0, 0.5], chances=maps)  # fmt: skip


@pytest.mark.parametrize("own", [None, [0.5]])
def test_a_map_must_name_the_offer_that_was_chosen(tmp_path, own):
    with pytest.raises(InputError, match=r"chances do not name offer 'x', which was chosen in 1 of 1 rows, first in"):
        stored(tmp_path, probability=own, chances=laid([("ten", 0.5), ("none", 0.5)]))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), r"^\[\[decisions\]\] names no files"),
        (("gone.csv",), r"^\[\[decisions\]\] files: nothing is at 'gone.csv'"),
        (("bare.csv",), r"take it out of \[\[decisions\]\] files"),
        (("log.xlsx",), r"ends in '.xlsx'"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_of_the_decisions(tmp_path, files, said):
    (tmp_path / "bare.csv").write_text("customer_id\n")
    (tmp_path / "log.xlsx").write_text("x")
    with pytest.raises(InputError) as fault:
        read(DecisionSettings(files=files), tmp_path, SHOP)
    assert re.search(said, str(fault.value))
    assert "events" not in str(fault.value)
    assert "kind" not in str(fault.value)


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
    for chances, doubted in (("p_none", "p_ten"), []), (("p_ten", "p_none"), ["none", "ten"]):
        part = DecisionSettings(
            files=("log.csv",), campaign="march", chances=dict(zip(("none", "ten"), chances, strict=True))
        )
        shop = Shop(tmp_path, Settings(shop=SHOP, events=(source,), decisions=(part,)))
        receipt = shop.ingest()
        assert [one["offer_id"] for one in receipt.as_dict()["doubts"]] == doubted
        assert str(receipt).count("WARNING: campaign march") == len(doubted)
        assert str(shop.learn()).count("WARNING: campaign march") == len(doubted)


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


@pytest.mark.parametrize(("word", "rows"), [("nothing", 1), ("tne", 3)])
def test_a_word_that_nobody_knows_is_no_offer(tmp_path, word, rows):
    """Taken for an offer, the control's own word leaves a campaign without anybody to compare with."""
    lines = [f"march,c{one},{word if one < rows else ('none', 'ten')[one % 2]},0.5\n" for one in range(40)]
    text = "campaign_id,customer_id,offer_id,probability\n" + "".join(lines)
    events = partial(happened, tmp_path, ("march", "c39", "ten"), ("april", "c38", "old-offer"))
    with pytest.raises(InputError) as fault:
        taken(tmp_path, text, events)
    said = fault.value.message
    assert f"offer_id '{word}' ({rows} of 40 rows) is not 'none'" in said
    own = [offer.id for offer in Settings().offers]
    assert said.endswith(f"allowed: none, {', '.join(sorted({'ten', 'old-offer', *own}))}")
    assert f'names = {{ "{word}" = "none" }}' in fault.value.hint
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


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_chances_are_looked_up_as_they_were_laid_down(rows):
    values = np.array(rows)
    maps = chances_of(("none", "a", "b"), values)
    assert [[chance for _, chance in row] for row in maps.to_pylist()] == values.tolist()
    assert {tuple(name for name, _ in row) for row in maps.to_pylist()} == {("none", "a", "b")}
