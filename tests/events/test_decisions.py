"""Decisions that a shop tells: what is read of a file, and what is refused by name."""

import json
import re
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError, SettingsError
from offersmith.events.decision_file import read
from offersmith.settings import DecisionSettings, ShopSettings
from offersmith.store.decided import DECIDED, chances_of

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


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), min_size=1, max_size=20))
def test_chances_are_looked_up_as_they_were_laid_down(rows):
    values = np.array(rows)
    maps = chances_of(("none", "a", "b"), values)
    assert [[chance for _, chance in row] for row in maps.to_pylist()] == values.tolist()
    assert {tuple(name for name, _ in row) for row in maps.to_pylist()} == {("none", "a", "b")}
