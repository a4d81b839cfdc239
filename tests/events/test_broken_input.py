"""Input that is not as it should be: refused with a message to act on, or counted and set aside; never half-used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError, StorageError
from offersmith.settings import SourceSettings

COLUMNS = {"time": "when", "customer_id": "who", "product_id": "sku", "quantity": "qty", "amount": "paid"}
HEADER = "when,who,sku,qty,paid"
ROW = "2024-05-01 10:00,1,apple,2,3.00"


def part(*files: str, **more: Any) -> SourceSettings:
    return SourceSettings(**{"files": files, "columns": COLUMNS, **more})


def refused(bench: Any, name: str, **more: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        bench.ingest(bench.settings(part(name, **more)))
    assert bench.leftovers() == []
    assert bench.events() == []
    return caught.value


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file(bench: Any, content: bytes) -> None:
    bench.write("s.csv", content)
    assert "s.csv is empty" in str(refused(bench, "s.csv"))


def test_an_empty_parquet_file(bench: Any) -> None:
    bench.write("s.parquet", b"")
    assert "is empty" in str(refused(bench, "s.parquet"))
    bench.write("t.parquet", pa.table({"when": pa.array([], pa.string())}))
    assert "has no rows, only the columns when" in str(refused(bench, "t.parquet"))


@pytest.mark.parametrize("content", [HEADER, f"{HEADER}\n", f"{HEADER}\r\n\r\n"])
def test_a_header_and_no_rows(bench: Any, content: str) -> None:
    bench.write("s.csv", content)
    assert "no rows" in str(refused(bench, "s.csv"))


def test_a_file_of_other_columns_lists_both_and_suggests_the_mapping(bench: Any) -> None:
    bench.write("s.csv", "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n1,a,1,2024-05-01,2.5,7\n")
    fault = refused(bench, "s.csv")
    assert "s.csv" in fault.message
    assert fault.facts["missing"] == ["paid", "qty", "sku", "when", "who"]
    assert fault.facts["found"][:2] == ["InvoiceNo", "StockCode"]
    for pair in ('time = "InvoiceDate"', 'customer_id = "CustomerID"', 'amount = "UnitPrice"', 'amount_is = "unit"'):
        assert pair in fault.hint


def test_columns_nobody_can_place(bench: Any) -> None:
    bench.write("s.csv", "alpha,beta\n1,2\n")
    assert "no column looks like a time" in refused(bench, "s.csv", columns={}).hint


def test_mixed_time_zones_are_each_read_as_written_and_reported(bench: Any) -> None:
    rows = ["2024-05-01 10:00", "2024-05-01T10:00:00Z", "2024-05-01 10:00:00+08:00", "2024-01-01 10:00"]
    bench.write("s.csv", HEADER + "\n" + "".join(f"{time},1,apple,1,1\n" for time in rows))
    receipt = bench.ingest(bench.settings(part("s.csv"), timezone="Europe/London"))
    times = [row["time"].isoformat() for row in bench.events()]
    assert times == ["2024-01-01T10:00:00", "2024-05-01T02:00:00", "2024-05-01T09:00:00", "2024-05-01T10:00:00"]
    assert (receipt.total.zoned_times, receipt.total.local_times) == (2, 2)
    assert "2 times name their zone, 2 were read on the shop's wall clock" in str(receipt)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_parquet_file(bench: Any, share: float) -> None:
    whole = bench.write(
        "whole.parquet", pa.table({"when": ["2024-05-01"] * 5000, "who": [str(n) for n in range(5000)]})
    )
    content = whole.read_bytes()
    bench.write("cut.parquet", content[: int(len(content) * share)])
    fault = refused(bench, "cut.parquet")
    assert "cut.parquet cannot be read as Parquet" in fault.message
    assert "cut short or damaged" in fault.hint


def test_a_parquet_file_damaged_in_the_middle_keeps_nothing_of_it(bench: Any) -> None:
    table = pa.table({name: [f"{name}-{n}" for n in range(200_000)] for name in ("who", "sku")})
    table = table.append_column("when", pa.array(["2024-05-01"] * 200_000))
    path = bench.folder / "s.parquet"
    pq.write_table(table, path, row_group_size=50_000, compression="zstd")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = b"\0" * 20_000
    path.write_bytes(content)
    fault = refused(bench, "s.parquet", columns={"time": "when", "customer_id": "who", "product_id": "sku"})
    assert "cannot be read as Parquet" in fault.message


def test_negative_prices_are_set_aside_with_their_row(bench: Any) -> None:
    bench.write("s.csv", f"{HEADER}\n{ROW}\n2024-05-01,1,debt,1,-11062.06\n")
    receipt = bench.ingest(bench.settings(part("s.csv")))
    assert (receipt.kept, receipt.total.by_reason) == (1, {"negative_amount": 1})
    (row,) = bench.quarantine()
    assert (row["source"], row["row"], row["reason"], row["column"]) == ("s.csv", 2, "negative_amount", "amount")
    assert row["raw"] == '{"when":"2024-05-01","who":"1","sku":"debt","qty":"1","paid":"-11062.06"}'


def test_one_file_under_two_names_in_one_ingest(bench: Any) -> None:
    for name in ("a.csv", "b.csv"):
        bench.write(name, f"{HEADER}\n{ROW}\n")
    receipt = bench.ingest(bench.settings(part("a.csv", "b.csv")))
    assert (receipt.kept, receipt.files_redelivered) == (1, ("b.csv",))


def test_one_in_a_hundred_rows_malformed(bench: Any) -> None:
    broken = ["2024-05-01,1,apple", "2024-05-01,1,apple,1,1,extra", "soon,1,apple,1,1", "2024-05-01,1,apple,many,1"]
    rows = [broken[n // 100 % 4] if n % 100 == 50 else f"2024-05-01 10:00,{n},apple,1,1.00" for n in range(4000)]
    bench.write("s.csv", "\n".join([HEADER, *rows, ""]))
    receipt = bench.ingest(bench.settings(part("s.csv")))
    assert (receipt.read, receipt.kept, receipt.quarantined) == (4000, 3960, 40)
    assert receipt.total.by_reason == {"bad_number": 10, "bad_time": 10, "malformed_row": 20}
    found = {row["row"]: row for row in bench.quarantine()}
    assert sorted(found) == list(range(51, 4000, 100))
    assert found[51]["raw"] == broken[0]
    assert found[151]["raw"] == broken[1]
    assert '"when":"soon"' in found[251]["raw"]


def test_row_numbers_step_over_malformed_lines_across_batches(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offersmith.events.sources.csv.BLOCK", 2000)
    rows = [("x,y" if n % 7 == 3 else f"{'soon' if n % 11 == 5 else '2024-05-01'},{n},a,1,1") for n in range(1000)]
    bench.write("s.csv", "\n".join([HEADER, *rows, ""]))
    bench.ingest(bench.settings(part("s.csv")))
    for row in bench.quarantine():
        line = rows[row["row"] - 1]
        assert row["raw"] == line or f'"who":"{line.split(",")[1]}"' in row["raw"]
    assert len(bench.quarantine()) == sum(n % 7 == 3 or n % 11 == 5 for n in range(1000))


def test_a_file_in_another_encoding_names_it(bench: Any) -> None:
    bench.write("cn.csv", f"{HEADER}\n2024-05-01,1,苹果,1,1\n".encode("gb18030"))
    fault = refused(bench, "cn.csv")
    assert "is not UTF-8" in fault.message
    assert "GB18030" in fault.hint
    bench.write("de.csv", f"{HEADER}\n2024-05-01,1,Käse,1,1\n".encode("latin-1"))
    assert "WINDOWS-1252" in refused(bench, "de.csv").hint


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_quotes_newlines_and_a_byte_order_mark(bench: Any, separator: str) -> None:
    header = HEADER.replace(",", separator)
    row = separator.join(["2024-05-01 10:00", "1", f'"red{separator}\nbig ""apple"""', "2", '"1,234.50"'])
    bench.write("s.csv", b"\xef\xbb\xbf" + f"{header}\r\n{row}\r\n".encode())
    bench.ingest(bench.settings(part("s.csv")))
    (event,) = bench.events()
    assert event["product_id"] == f'red{separator}\nbig "apple"'
    assert event["amount"] == 123450


def test_a_quote_that_is_never_closed(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offersmith.events.sources.csv.BLOCK", 4000)
    rows = "".join(f"2024-05-01,{n},apple,1,1\n" for n in range(2000))
    bench.write("s.csv", f'{HEADER}\n2024-05-01,1,"apple,1,1\n{rows}')
    assert "quote is never closed" in str(refused(bench, "s.csv"))


def test_files_before_a_broken_one_are_kept(bench: Any) -> None:
    bench.write("a.csv", f"{HEADER}\n{ROW}\n")
    bench.write("b.csv", "")
    with pytest.raises(InputError, match="empty"):
        bench.ingest(bench.settings(part("a.csv", "b.csv")))
    assert len(bench.events()) == 1
    bench.write("b.csv", f"{HEADER}\n2024-05-02,1,pear,1,1\n")
    receipt = bench.ingest(bench.settings(part("a.csv", "b.csv")))
    assert (receipt.files_redelivered, receipt.kept) == (("a.csv",), 1)


def test_ctrl_c_leaves_nothing_half_written_and_a_second_run_completes(bench: Any) -> None:
    for name, count in (("a.csv", 10), ("b.csv", 30_000)):
        rows = "".join(f"2024-05-01 10:00,{n},{name},1,1\n" for n in range(count))
        bench.write(name, f"{HEADER}\n{rows}")
    seen = 0.0

    def press(stage: str, done: float, total: float | None) -> None:
        nonlocal seen
        if stage == "events.reading" and done > 10:
            seen = done
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.ingest(bench.settings(part("a.csv", "b.csv")), progress=press)
    assert seen > 10
    assert len(bench.events()) == 10
    assert bench.leftovers() == []
    receipt = bench.ingest(bench.settings(part("a.csv", "b.csv")))
    assert (receipt.files_redelivered, receipt.kept) == (("a.csv",), 30_000)


_INGEST = """
import resource, signal, sys
from datetime import datetime
from pathlib import Path
from offersmith.errors import StorageError
from offersmith.events.ingest import ingest
from offersmith.settings import Settings, SourceSettings
from offersmith.store.landing import Landing
from offersmith.store.ledger import Ledger

folder, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
columns = dict(pair.split("=") for pair in sys.argv[3].split(","))
settings = Settings(events=(SourceSettings(files=("s.csv",), columns=columns),))
store = folder / ".offersmith"
with Ledger.open(store / "ledger.sqlite") as ledger:
    try:
        ingest(settings, folder, landing=Landing(store, threads=1), ledger=ledger, now=datetime(2026, 1, 1))
    except StorageError as fault:
        print(fault)
        sys.exit(6)
"""


def _ingest_in_a_child(folder: Path, limit: int) -> subprocess.CompletedProcess[str]:
    columns = ",".join(f"{ours}={theirs}" for ours, theirs in COLUMNS.items())
    return subprocess.run(
        [sys.executable, "-c", _INGEST, str(folder), str(limit), columns], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("limit", [40_000, 400_000])
def test_a_full_disk_leaves_nothing_half_written(bench: Any, limit: int) -> None:
    """The smaller limit stops the staging, the larger one the final file; a second run with room completes."""
    rows = "".join(f"2024-05-01 10:{n % 60:02},{n * 7919 % 100_003},p{n % 997},1,{n % 89}\n" for n in range(30_000))
    bench.write("s.csv", f"{HEADER}\n{rows}")
    bench.ledger.close()
    child = _ingest_in_a_child(bench.folder, limit)
    assert child.returncode == 6, child.stderr
    assert "nothing of this file was kept" in child.stdout
    assert "Traceback" not in child.stderr
    assert bench.leftovers() == []
    assert bench.events() == []
    assert _ingest_in_a_child(bench.folder, 0).returncode == 0
    assert len(bench.events()) == 30_000


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_really_full(bench: Any, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        rows = "".join(f"2024-05-01 10:00,{n * 7919 % 100_003},p{n % 997},1,{n % 89}\n" for n in range(60_000))
        bench.write("s.csv", f"{HEADER}\n{rows}")
        bench.store.joinpath("events").mkdir()
        small = type(bench)(disk, bench.ledger)
        (disk / "s.csv").symlink_to(bench.folder / "s.csv")
        with pytest.raises(StorageError, match="No space left on device"):
            small.ingest(small.settings(part("s.csv")))
        assert [path.name for path in (disk / ".offersmith").rglob("*") if path.is_file()] == ["ingest.lock"]
        assert bench.events() == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_a_crash_left_is_swept(bench: Any) -> None:
    bench.write("s.csv", f"{HEADER}\n{ROW}\n")
    for name in ("events/orphan.parquet", "quarantine/x.parquet.part", "scratch/ingest-x/staged.parquet"):
        bench.write(f".offersmith/{name}", "half a file")
    bench.ingest(bench.settings(part("s.csv")))
    assert bench.leftovers() == []
    assert len(bench.events()) == 1
