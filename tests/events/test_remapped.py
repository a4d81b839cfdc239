"""Another mapping for what was read before: everything once, nothing lost."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError, SettingsError
from offersmith.events.sources.files import find
from offersmith.settings import SourceSettings

COLUMNS = {"time": "when", "customer_id": "who", "product_id": "sku", "quantity": "qty", "amount": "paid"}


def part(*files: str, **more: Any) -> SourceSettings:
    return SourceSettings(**{"files": files, "columns": COLUMNS, **more})


def orders(first: int, last: int, header: str = "when,who,sku,qty,paid") -> str:
    rows = [f"2024-05-{1 + n % 28:02} 10:00,{n},apple,1,{n}.50" for n in range(first, last)]
    return "\n".join([header, *rows, ""])


def customers(bench: Any) -> Counter[str]:
    return Counter(str(row["customer_id"]) for row in bench.events())


def once(first: int, last: int) -> Counter[str]:
    return Counter(str(n) for n in range(first, last))


@pytest.mark.parametrize("change", [{"timezone": "Asia/Shanghai"}, {"currency": "JPY"}, {"timezone": "Europe/London"}])
def test_a_file_that_grew_counts_once_under_another_mapping(bench: Any, change: dict[str, str]) -> None:
    for rows in (50, 100, 200):
        bench.write("s.csv", orders(0, rows))
        bench.ingest(bench.settings(part("s.csv")))
    assert customers(bench) == once(0, 200)
    receipt = bench.ingest(bench.settings(part("s.csv"), **change))
    assert (receipt.read, receipt.kept, receipt.total.replaced) == (200, 200, 200)
    assert customers(bench) == once(0, 200)
    assert "200 events that an earlier mapping gave were replaced" in str(receipt)
    again = bench.ingest(bench.settings(part("s.csv"), **change))
    assert (again.read, again.outdated) == (0, ())
    assert bench.leftovers() == []


def test_it_also_counts_once_when_it_grew_and_was_renamed_before_the_mapping_changed(bench: Any) -> None:
    for rows in (100, 200):
        bench.write("old.csv", orders(0, rows))
        bench.ingest(bench.settings(part("*.csv")))
    (bench.folder / "old.csv").rename(bench.folder / "new.csv")
    bench.ingest(bench.settings(part("*.csv"), timezone="Asia/Tokyo"))
    assert customers(bench) == once(0, 200)


def test_grown_and_remapped_at_the_same_time(bench: Any) -> None:
    bench.write("s.csv", orders(0, 100))
    bench.ingest(bench.settings(part("s.csv")))
    bench.write("s.csv", orders(0, 200))
    bench.ingest(bench.settings(part("s.csv"), timezone="Asia/Tokyo"))
    assert customers(bench) == once(0, 200)


def test_ids_of_the_shops_own_do_not_conflict_with_what_is_about_to_go(bench: Any) -> None:
    columns = {**COLUMNS, "event_id": "who"}
    for name, first, last in (("a.csv", 0, 60), ("b.csv", 40, 100)):
        bench.write(name, orders(first, last))
    bench.ingest(bench.settings(part("*.csv", columns=columns)))
    receipt = bench.ingest(bench.settings(part("*.csv", columns=columns), timezone="Asia/Tokyo"))
    assert (receipt.kept, receipt.redelivered, receipt.quarantined) == (100, 20, 0)
    assert customers(bench) == once(0, 100)
    assert {row["time"].hour for row in bench.events()} == {1}


def test_rows_that_are_no_longer_there_are_not_lost_in_silence(bench: Any) -> None:
    bench.write("s.csv", orders(0, 100))
    bench.ingest(bench.settings(part("s.csv")))
    bench.write("s.csv", orders(100, 200))
    bench.ingest(bench.settings(part("s.csv")))
    before = bench.events()
    with pytest.raises(InputError, match="100 events read from it before could not be read again") as fault:
        bench.ingest(bench.settings(part("s.csv"), timezone="Asia/Tokyo"))
    assert "another name" in fault.value.hint
    assert bench.events() == before
    assert bench.leftovers() == []
    bench.write("zzz.csv", orders(0, 100))
    bench.ingest(bench.settings(part("*.csv"), timezone="Asia/Tokyo"))
    assert customers(bench) == once(0, 200)
    assert {row["time"].hour for row in bench.events()} == {1}


def week(bench: Any, name: str, first: int, last: int) -> None:
    text = orders(first, last)
    rows = [line.split(",") for line in text.splitlines()]
    if name.endswith(".csv"):
        bench.write(name, text)
    else:
        bench.write(name, pa.table({head: [row[i] for row in rows[1:]] for i, head in enumerate(rows[0])}))


@pytest.mark.parametrize("name", ["s.csv", "s.parquet"])
def test_a_file_overwritten_by_more_rows_does_not_drop_the_earlier_ones(bench: Any, name: str) -> None:
    week(bench, name, 0, 90)
    bench.ingest(bench.settings(part(name)))
    before = bench.events()
    week(bench, name, 90, 190)
    with pytest.raises(InputError, match=r"90 events read from it before .* nothing was changed"):
        bench.ingest(bench.settings(part(name), timezone="Asia/Tokyo"))
    assert (bench.events(), bench.leftovers()) == (before, [])
    (bench.folder / name).rename(bench.folder / f"new-{name}")
    bench.ingest(bench.settings(part(f"new-{name}"), timezone="Asia/Tokyo"))
    assert customers(bench) == once(0, 190)


def test_a_last_line_without_an_end_is_found_again_when_the_file_grew(bench: Any) -> None:
    bench.write("s.csv", orders(0, 10).rstrip("\n"))
    bench.ingest(bench.settings(part("s.csv")))
    bench.write("s.csv", orders(0, 30))
    bench.ingest(bench.settings(part("s.csv"), timezone="Asia/Tokyo"))
    assert customers(bench) == once(0, 30)


def test_a_slip_in_the_mapping_does_not_empty_the_store(bench: Any) -> None:
    bench.write("s.csv", orders(0, 100))
    bench.ingest(bench.settings(part("s.csv")))
    before = bench.events()
    slip = part("s.csv", columns={**COLUMNS, "amount": "sku"})
    with pytest.raises(InputError, match=r"only 0 rows are accepted.*100 events; most are refused as \w+ \(100 rows\)"):
        bench.ingest(bench.settings(slip))
    assert (bench.events(), bench.leftovers()) == (before, [])


def test_rows_ignored_before_do_not_make_up_for_rows_refused_now(bench: Any) -> None:
    text = "when,who,sku,qty,paid,what\n" + "".join(
        f"2024-05-01 10:00,{n},apple,1,{n}.50,{'buy' if n < 10 else 'look'}\n" for n in range(100)
    )
    bench.write("s.csv", text)
    columns = {**COLUMNS, "event": "what"}

    def mapped(**more: Any) -> Any:
        given = {"buy": "purchase", "look": "", **more.pop("names", {})}
        return bench.settings(part("s.csv", **{"columns": columns, "names": given, **more}))

    assert bench.ingest(mapped()).kept == 10
    with pytest.raises(InputError, match="10 events"):
        bench.ingest(mapped(columns={**columns, "amount": "sku"}))
    assert len(bench.events()) == 10
    assert bench.ingest(mapped(names={"look": "view_item"})).kept == 100
    receipt = bench.ingest(mapped())
    assert (receipt.kept, receipt.total.replaced) == (10, 100)


def test_a_file_nobody_names_any_more_keeps_its_events_and_is_said(bench: Any) -> None:
    bench.write("gone.csv", orders(0, 10))
    bench.write("here.csv", orders(10, 20))
    bench.ingest(bench.settings(part("*.csv")))
    (bench.folder / "gone.csv").unlink()
    assert bench.ingest(bench.settings(part("*.csv"))).outdated == ()
    receipt = bench.ingest(bench.settings(part("*.csv"), timezone="Asia/Tokyo"))
    assert receipt.outdated == ("gone.csv",)
    assert receipt.as_dict()["files_outdated"] == ["gone.csv"]
    assert "gone.csv: no longer named" in str(receipt)
    assert "gone.csv：已不在配置中" in receipt.text("zh")
    assert customers(bench) == once(0, 20)
    assert {row["time"] for row in bench.events() if row["customer_id"] == "0"} == {datetime(2024, 5, 1, 10)}


def test_one_file_cannot_be_read_in_two_ways_at_once(bench: Any) -> None:
    bench.write("s.csv", orders(0, 10))
    with pytest.raises(SettingsError, match=r"two \[\[events\]\] read s\.csv in different ways"):
        bench.ingest(bench.settings(part("s.csv"), part("s.csv", event="view_item")))
    assert bench.ingest(bench.settings(part("s.csv"), part("s.csv"))).kept == 10


def test_one_file_by_its_relative_and_its_absolute_path_is_one_file(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.write("sales/s.csv", orders(0, 10))
    (bench.folder / "link.csv").symlink_to(path)
    assert find(["sales/s.csv", str(path), "sales/../sales/s.csv", "link.csv"], bench.folder) == [path]
    bench.ingest(bench.settings(part("sales/s.csv")))
    bench.write("sales/s.csv", orders(0, 20))
    receipt = bench.ingest(bench.settings(part(str(path)), timezone="Asia/Tokyo"))
    assert [file.source for file in receipt.files] == ["sales/s.csv"]
    assert customers(bench) == once(0, 20)
    monkeypatch.chdir(bench.folder.parent)
    bench.folder = Path(bench.folder.name)
    bench.write("sales/s.csv", orders(0, 30))
    receipt = bench.ingest(bench.settings(part(str(path.resolve())), timezone="UTC"))
    assert [file.source for file in receipt.files] == ["sales/s.csv"]
    assert customers(bench) == once(0, 30)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["UTC", "Asia/Tokyo"])), max_size=4))
def test_however_files_grow_and_mappings_change_the_end_is_that_of_one_reading(
    fresh_bench: Any, states: list[tuple[int, int, str]]
) -> None:
    bench, sizes = fresh_bench(), [0, 0]
    for more, also, zone in [*states, (1, 1, "Asia/Shanghai")]:
        sizes = [sizes[0] + more, sizes[1] + also]
        bench.write("a.csv", orders(0, sizes[0]))
        bench.write("b.csv", orders(5, 5 + sizes[1]))
        bench.ingest(bench.settings(part("*.csv"), timezone=zone))
    clean = fresh_bench()
    for name in ("a.csv", "b.csv"):
        clean.write(name, (bench.folder / name).read_bytes())
    clean.ingest(clean.settings(part("*.csv"), timezone="Asia/Shanghai"))
    assert bench.events() == clean.events()
