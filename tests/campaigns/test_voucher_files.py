"""Codes as CSV: what is written is read back, and every fault has its line."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.campaigns.codes import normalise
from offersmith.campaigns.voucher_files import WRITTEN, name_taken, read, write
from offersmith.errors import InputError
from offersmith.store.vouchers import Batch, Row, Voucher

NOON = datetime(2026, 6, 19, 12)
BATCH = Batch("own", "c1", "ten", NOON, None, NOON + timedelta(days=90), 1)


def rows(text: str) -> list[Row]:
    return read(io.StringIO(text, newline=""), BATCH, "Europe/Berlin")


def refusal(text: str | Iterable[str]) -> str:
    with pytest.raises(InputError) as fault:
        read(io.StringIO(text, newline="") if isinstance(text, str) else text, BATCH, "Europe/Berlin")
    return fault.value.message


def test_a_list_of_codes_is_enough() -> None:
    assert rows("code\nspring-10\n\nSummer 20\n") == [
        Row("SPRING10", "spring-10", None, None, BATCH.ends, 1),
        Row("SUMMER20", "Summer 20", None, None, BATCH.ends, 1),
    ]


def test_every_column_is_read() -> None:
    text = (
        "uses;CODE;customer_id;starts;ends\r\n"
        "3;AAA;ada;2026-07-01;2026-07-31\r\n"
        "unlimited;BBB;;2026-07-01T10:00;2026-07-31T10:00Z\r\n"
    )
    assert rows(text) == [
        Row("AAA", "AAA", "ada", datetime(2026, 6, 30, 22), datetime(2026, 7, 31, 22), 3),
        Row("BBB", "BBB", None, datetime(2026, 7, 1, 8), datetime(2026, 7, 31, 10), None),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the header"),
        ("coupon\nA\n", "line 1: the header 'coupon' is not allowed; allowed: code, and any of customer_id"),
        ("code,code\nA,B\n", "line 1: the header"),
        ("code,expires\nA,B\n", "expires"),
        ("code\n", "no code"),
        ("code\n \n\n", "no code"),
        ("code\nAAA\n***\n", "line 3: code = '***' is no code; allowed: 1 to 64 letters and digits"),
        ("code\nA\0B\n", "line 2: code = 'A\\x00B'"),
        ("code\nAAA\nBBB\na-a a\n", "line 4: code = 'a-a a' is the code of line 2; allowed: each code once"),
        ("code,uses\nAAA,0\n", "line 2: uses = '0' is not allowed; allowed: a whole number of at least 1"),
        ("code,uses\nAAA,-1\n", "line 2: uses = '-1'"),
        ("code,uses\nAAA,1.5\n", "line 2: uses = '1.5'"),
        ("code,uses\nAAA,²\n", "line 2: uses = '²'"),
        ("code,uses\nAAA,99999999999999999999\n", "line 2: uses = '9999"),
        ("code,starts\nAAA,soon\n", "line 2: starts = 'soon' is not a moment; allowed: 2026-06-19"),
        ("code,starts,ends\nAAA,2026-07-02,2026-07-01\n", "line 2: ends = '2026-07-01' is not allowed"),
        ("code,starts\nAAA,2027-01-01\n", "line 2: ends = ''"),
        ("code,customer_id\nAAA,a\x07b\n", "line 2: customer_id = 'a\\x07b'"),
        ("code,customer_id\nAAA," + "x" * 300 + "\n", "line 2: customer_id"),
        ("code,state\nAAA,live\nBBB,void\n", "line 3: state = 'void' is not allowed; allowed: live"),
        ("code,uses\nAAA\n", "line 2: it has 1 cells; allowed: 2"),
        ('code\nAAA\n"B\nB"x\n', "line 3: it cannot be read as CSV"),
    ],
)
def test_a_fault_names_its_line_and_field(text: str, said: str) -> None:
    assert said in refusal(text)


def test_lines_are_those_of_the_file_though_a_cell_goes_over_several() -> None:
    said = refusal('code,customer_id\nAAA,x\n"B\nB",y\n\nCCC,z\n***,q\n')
    assert [part.split(":")[0] for part in said.split("; ") if part.startswith("line")] == ["line 3", "line 7"]


def test_a_few_faults_stand_for_many() -> None:
    said = refusal("code,uses\n" + "".join(f"C{number},none\n" for number in range(1200)))
    assert said.count("line ") == 5
    assert said.endswith("; and 1,195 more")


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes(b"code\nAAA\n\xff\xfe\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert "UTF-8" in refusal(file)


def test_a_mark_of_utf_8_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes("\ufeffcode\nAAA\n".encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row.code for row in read(file, BATCH, "UTC")] == ["AAA"]


def test_what_a_spreadsheet_would_run_is_written_as_text() -> None:
    file = io.StringIO(newline="")
    people = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=1", "plain"]
    write(file, [voucher(f"C{at}", customer_id=person) for at, person in enumerate(people)])
    cells = [cell for row in csv.reader(io.StringIO(file.getvalue())) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for cell in cells)
    assert "plain" in cells


def voucher(code: str, customer_id: str | None = None, **more: object) -> Voucher:
    fields: dict[str, object] = {"starts": None, "ends": None, "uses": 1, "state": "live"} | more
    return Voucher(normalise(code), code, "c1", "ten", "b", customer_id, NOON, **fields)  # type: ignore[arg-type]


printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
moments = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))


@given(st.lists(st.tuples(printable, st.none() | printable, moments, st.none() | st.integers(1, 2**31 - 1))))
def test_what_is_written_is_read_back(drawn: list[tuple[str, str | None, datetime | None, int | None]]) -> None:
    found = {}
    for text, customer, starts, uses in drawn:
        if normalise(text):
            ends = None if starts is None else starts + timedelta(days=1)
            found[normalise(text)] = voucher(text, customer, starts=starts, ends=ends, uses=uses)
    file = io.StringIO(newline="")
    assert write(file, found.values()) == len(found)
    if not found:
        assert file.getvalue() == ",".join(WRITTEN) + "\n"
        return
    file.seek(0)
    # Written with a batch that says nothing itself, so that what is left open stays open.
    again = read(file, Batch("again", "c1", "ten", NOON, None, None, None), "Asia/Tokyo")
    assert again == [
        Row(one.code_key, one.code, one.customer_id, one.starts, one.ends, one.uses) for one in found.values()
    ]


def test_codes_that_exist_are_named_as_the_file_spells_them() -> None:
    brought = rows("code\nspring-10\nsummer\n")
    fault = name_taken(brought, ["SPRING10"])
    assert fault.message.startswith("code = 'spring-10' exists already; nothing was written")
