"""`voucher`: codes in and out, and whether one counts."""

import csv
import json
from pathlib import Path

import pytest
from tests.cli.conftest import AT, Bench


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_codes_are_drawn_written_and_counted(bench: Bench) -> None:
    bench.live()
    out = bench.folder / "codes.csv"
    code, made = bench.json(
        "voucher", "issue", "spring", "ten", "--count", 30, "--prefix", "SPR", "--batch", "b1", "--days", 5,
        "--out", out, "--at", AT,
    )  # fmt: skip
    assert (code, made["code"], made["count"]) == (0, "issued", 30)
    written = rows(out)
    assert len({one["code"] for one in written}) == 30
    assert all(one["code"].startswith("SPR-") and one["uses"] == "1" for one in written)
    assert {one["ends"] for one in written} == {"2026-06-15T09:00:00Z"}
    assert bench.json("voucher", "check", written[0]["code"].lower(), "--at", AT)[1]["counts"] is True
    assert bench("voucher", "check", written[0]["code"], "--at", "2026-06-15T09:00")[0] == 1
    shown = bench.json("campaign", "show", "spring", "--at", AT)[1]
    assert [(one["batch"], one["codes"]) for one in shown["batches"]] == [("b1", 30)]
    code, again = bench.json("voucher", "issue", "spring", "ten", "--count", 30, "--batch", "b1", "--at", AT)
    assert (code, again["code"], again["count"]) == (1, "batch_exists", 0)


@pytest.mark.parametrize(
    "text", ["c-1\nc-2\n\nc-1\n", "name,customer_id\nAnn,c-1\nBob,c-2\n", "Customer_ID;x\nc-1;\nc-2;"]
)
def test_one_code_for_each_customer(bench: Bench, text: str) -> None:
    bench.live()
    file = bench.file("customers.txt", text)
    assert bench.json("voucher", "issue", "spring", "ten", "--customers", file, "--at", AT)[1]["count"] == 2
    _, wallet = bench.json("voucher", "wallet", "c-1", "--at", AT)
    [mine] = wallet["codes"]
    assert mine["counts"] is True
    check = ("voucher", "check", mine["code"], "--at", AT, "--customer")
    assert bench(*check, "c-1")[0] == 0
    code, told = bench.json(*check, "c-2")
    assert (code, told["why"]) == (1, "code_not_yours")
    code, told = bench.json(*check, "c-2", "--audience", "owner")
    assert (code, told["why"], "voucher" in told) == (1, "not_applicable", False)
    assert bench.json(*check, "c-1", "--audience", "owner")[1]["voucher"]["customer_id"] == "c-1"
    assert "c-3" in bench("voucher", "wallet", "c-3")[1]


def test_an_unknown_code_and_a_used_up_one_sound_alike_outside(bench: Bench) -> None:
    bench.live()
    bench("voucher", "share", "spring", "ten", "ONCE", "--uses", 1, "--at", AT)
    assert bench("redeem", "reserve", bench.basket("ONCE"), "--key", "k", "--at", AT)[0] == 0
    said = {}
    for name in ("ONCE", "NEVER"):
        code, told = bench.json("voucher", "check", name, "--at", AT, "--audience", "public")
        assert code == 1
        said[name] = {key: value for key, value in told.items() if key != "code"}
    assert said["ONCE"] == said["NEVER"] == {"counts": False, "why": "not_applicable"}
    assert bench.json("voucher", "check", "ONCE", "--at", AT)[1]["why"] == "code_used_up"


def test_codes_come_back_as_they_went_out(bench: Bench) -> None:
    bench.live()
    file = bench.file("own.csv", "code,customer_id,uses\nOWN-AAA-1,c-9,3\nOWN-AAA-2,,unlimited\n")
    assert bench.json("voucher", "import", "spring", "ten", file, "--batch", "own", "--at", AT)[1]["count"] == 2
    out = bench.folder / "out.csv"
    assert bench("voucher", "export", "spring", "--out", out)[0] == 0
    assert [(one["code"], one["customer_id"], one["uses"]) for one in rows(out)] == [
        ("OWN-AAA-1", "c-9", "3"), ("OWN-AAA-2", "", "unlimited"),
    ]  # fmt: skip
    assert bench("voucher", "export", "spring", "--batch", "own")[1] == out.read_text(encoding="utf-8")
    code, _, err = bench("voucher", "import", "spring", "ten", file, "--batch", "more", "--at", AT)
    assert code == 4
    assert "OWN-AAA-1" in err
    assert [one["batch"] for one in bench.json("voucher", "export", "spring")[1]["codes"]] == ["own", "own"]


def test_a_file_of_codes_that_is_wrong_names_its_lines(bench: Bench) -> None:
    bench.live()
    file = bench.file("own.csv", "code,uses\nGOOD,1\n*,1\nOTHER,0\n")
    code, _, err = bench("voucher", "import", "spring", "ten", file, "--batch", "own", "--at", AT)
    assert code == 4
    assert "line 3" in err
    assert "line 4" in err
    assert bench.json("voucher", "export", "spring")[1]["codes"] == []


def test_codes_are_taken_back(bench: Bench) -> None:
    bench.live()
    bench("voucher", "share", "spring", "ten", "SPRING10", "--at", AT)
    assert bench("voucher", "void", "spring 10")[0] == 0
    assert bench("voucher", "void", "SPRING10")[0] == 1
    assert bench("voucher", "void", "NOSUCH")[0] == 1
    assert bench.json("voucher", "check", "SPRING10", "--at", AT)[1]["why"] == "code_void"
    bench("voucher", "issue", "spring", "ten", "--count", 5, "--batch", "b", "--at", AT)
    assert bench.json("voucher", "void-batch", "spring", "b")[1]["count"] == 5
    assert bench("voucher", "void-batch", "spring", "b")[0] == 1
    assert bench("voucher", "void-batch", "spring", "nosuch")[0] == 5


def test_a_paused_campaign_s_codes_do_not_count(bench: Bench) -> None:
    bench.live()
    bench("voucher", "share", "spring", "ten", "SPRING10", "--at", AT)
    assert bench("campaign", "pause", "spring", "--by", "ann", "--at", AT)[0] == 0
    assert bench.json("voucher", "check", "SPRING10", "--at", AT)[1]["why"] == "campaign_not_live"
    assert bench.json("quote", bench.basket("SPRING10"), "--at", AT)[1]["off"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ten",), "--count or --customers"),
        (("ten", "--count", "0"), "count = 0"),
        (("ten", "--count", "-5"), "count = -5"),
        (("ten", "--count", "99999999999"), "count = 99999999999"),
        (("ten", "--count", "1", "--uses", "0"), "uses = '0'"),
        (("ten", "--count", "1", "--uses", "often"), "unlimited"),
        (("ten", "--count", "1", "--days", "0"), "days = 0"),
        (("ten", "--count", "1", "--prefix", "Ä!"), "prefix"),
        (("five", "--count", "1"), "takes no codes"),
        (("nosuch", "--count", "1"), "allowed: ten"),
        (("ten", "--customers", "{nowhere}"), "cannot be read"),
        (("ten", "--customers", "{empty}"), "names no customer"),
    ],
)
def test_what_cannot_be_issued(bench: Bench, arguments: tuple[str, ...], says: str) -> None:
    bench.live()
    places = {"nowhere": bench.folder / "nowhere", "empty": bench.file("empty.txt", "\n\n")}
    code, _, err = bench("voucher", "issue", "spring", *(one.format(**places) for one in arguments), "--at", AT)
    assert code == 4
    assert says in err
    assert bench.json("voucher", "export", "spring")[1]["codes"] == []


def test_a_code_that_is_none_is_not_shared(bench: Bench) -> None:
    bench.live()
    for wrong in ("***", " ", "x" * 65):
        code, _, err = bench("voucher", "share", "spring", "ten", wrong, "--at", AT)
        assert (code, "allowed" in err) == (4, True)
    assert bench("voucher", "share", "nosuch", "ten", "X", "--at", AT)[0] == 5


def test_a_file_that_cannot_be_written_says_where_the_codes_are(bench: Bench) -> None:
    bench.live()
    bench.file("plain", "a file, no folder")
    out = bench.folder / "plain" / "codes.csv"
    code, _, err = bench("voucher", "issue", "spring", "ten", "--count", 3, "--batch", "b", "--out", out, "--at", AT)
    assert code == 6
    assert "voucher export spring --batch b" in err
    assert bench.json("voucher", "export", "spring")[1]["count"] == 3


def test_chinese(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.live()
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    bench("voucher", "share", "spring", "ten", "SPRING10", "--at", AT)
    assert "可用" in bench("voucher", "check", "SPRING10", "--at", AT)[1]
    assert "不可用" in bench("voucher", "check", "NOSUCH", "--at", AT)[1]
    assert json.loads(bench("voucher", "check", "NOSUCH", "--at", AT, "--json")[1])["why"] == "code_unknown"
