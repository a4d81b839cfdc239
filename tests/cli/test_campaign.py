"""`launch` and `campaign`: written, looked at, approved by somebody else, run, ended, and every mistake named."""

import copy
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import AT, CAMPAIGN, Bench

from offersmith.bootstrap import Place


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A shop's own export: forty customers, two baskets each, in March 2026."""
    lines = ["order,customer,product,time,quantity,price"]
    for number in range(80):
        day, customer = number // 4 + 1, number % 40
        lines.append(f"O{number},C{customer:02},P{number % 7},2026-03-{day:02}T10:15:00,1,{number % 9 + 40}.50")
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_plan_becomes_a_campaign_that_is_simulated_on_the_shop_s_orders(run, orders: Path, tmp_path: Path) -> None:
    shop = ("--shop", str(tmp_path / "shop"))
    run("init", shop[1], "--events", str(orders))
    code, _, err = run("launch", *shop)
    assert (code, "no plan yet" in err) == (5, True)
    run("ingest", *shop)
    assert run("plan", "--budget", "200", "--margin", "0.9", *shop)[0] == 0
    at = ("--at", "2026-03-22T09:00", *shop, "--json")
    code, out, _ = run("launch", "--id", "spring", "--overshoot", "clamp", "--by", "ann", *at)
    launched = json.loads(out)
    assert (code, launched["state"], launched["budget"]) == (0, "draft", "200.00")
    issued = sum(launched["vouchers"].values())
    assert issued > 0
    code, out, _ = run("campaign", "simulate", "spring", "--by", "ann", *at)
    figures = json.loads(out)["simulation"]
    assert code == 0
    assert 0 < figures["touched"] <= figures["orders"] <= 80
    assert figures["customers_touched"] <= issued
    shown = json.loads(run("campaign", "show", "spring", *at)[1])
    assert shown["state"] == "simulated"
    assert [(one["cap"], one["left"], one["rule"]) for one in shown["budgets"]] == [(20000, 20000, "clamp")]
    assert sum(one["bound"] for one in shown["batches"]) == issued
    assert json.loads(run("launch", "--id", "spring", "--by", "ann", *at)[1])["done"] is False
    code, out, _ = run("launch", "--id", "summer", "--by", "ann", *at)
    second = json.loads(out)
    assert (code, second["code"], second["campaign_id"]) == (1, "plan_launched", "spring")
    assert run("launch", "--id", "summer", "--again", "--by", "ann", *at)[0] == 0
    code, _, err = run("launch", "--id", "late", "--at", "2027-01-01", *shop)
    assert (code, "is over" in err) == (5, True)
    code, _, err = run("campaign", "simulate", "spring", "--days", "0", *shop)
    assert (code, "days = 0" in err) == (4, True)


def test_from_draft_to_archive(bench: Bench) -> None:
    bench.live()
    code, shown = bench.json("campaign", "show", "spring", "--at", AT)
    assert (code, shown["state"], shown["allowed"]) == (0, "live", ["pause", "stop", "end"])
    file = bench.file("edited.json", {**CAMPAIGN, "name": "Late spring"})
    code, out, _ = bench("campaign", "edit", "spring", file, "--by", "ann", "--at", AT)
    assert (code, "pause it first" in out) == (1, True)
    assert bench("campaign", "pause", "spring", "--by", "ann", "--at", AT)[0] == 0
    assert bench("campaign", "resume", "spring", "--by", "ann", "--at", AT)[0] == 0
    assert bench("campaign", "pause", "spring", "--by", "ann", "--at", AT)[0] == 0
    code, moved = bench.json("campaign", "edit", "spring", file, "--by", "bob", "--at", AT, "--note", "new name")
    assert (code, moved["state"], moved["revision"]) == (0, "draft", 2)
    assert bench("campaign", "archive", "spring", "--by", "bob", "--at", AT)[0] == 0
    trail = bench.json("campaign", "audit", "spring")[1]["steps"]
    assert [one["action"] for one in trail] == [
        "create", "simulate", "submit", "approve", "schedule", "start", "pause", "resume", "pause", "edit", "archive",
    ]  # fmt: skip
    assert trail[9]["note"] == "new name"
    assert bench.json("campaign", "list")[1]["campaigns"][0]["name"] == "Late spring"


def test_who_wrote_it_does_not_approve_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFERSMITH_USER", "ann")
    assert bench("campaign", "create", bench.file("c.json", CAMPAIGN), "--id", "c", "--at", AT)[0] == 0
    assert bench.json("campaign", "list")[1]["campaigns"][0]["author"] == "ann"
    code, moved = bench.json("campaign", "approve", "c")
    assert (code, moved["code"], moved["step"]["allowed"]) == (1, "not_allowed", ["edit", "simulate", "archive"])
    code, out, _ = bench("campaign", "submit", "c")
    assert (code, "simulate" in out) == (1, True)


def test_the_clock_ends_a_campaign(bench: Bench) -> None:
    bench.live()
    assert bench.json("campaign", "tick", "--at", "2026-06-30T21:59")[1]["moved"] == []
    moved = bench.json("campaign", "tick", "--at", "2026-06-30T22:00")[1]["moved"]
    assert [(one["campaign_id"], one["state"]) for one in moved] == [("spring", "stopped")], "midnight in Berlin"
    assert "nothing is due" in bench("campaign", "tick")[1]


def test_what_is_used_is_shown(bench: Bench) -> None:
    bench.live()
    bench("redeem", "reserve", bench.basket(), "--key", "k", "--at", AT)
    code, out, _ = bench("campaign", "show", "spring", "--at", AT)
    assert code == 0
    assert "1 of 2" in out
    assert "95.00 EUR left" in out
    code, out, _ = bench("campaign", "books")
    assert code == 0
    assert "5.00 EUR" in out
    assert out.endswith("the books balance\n")


def test_a_revision_that_was_looked_at(bench: Bench) -> None:
    file = bench.file("c.json", CAMPAIGN)
    by = ("--by", "ann", "--at", AT)
    assert bench("campaign", "create", file, "--id", "c", *by)[0] == 0
    assert bench("campaign", "edit", "c", file, *by)[0] == 0
    assert bench("campaign", "simulate", "c", *by)[0] == 0
    for action, who in (("submit", "ann"), ("approve", "bob")):
        code, told = bench.json("campaign", action, "c", "--revision", 1, "--by", who, "--at", AT)
        assert (code, told["code"], told["revision"]) == (1, "changed_meanwhile", 2)
        assert bench("campaign", action, "c", "--revision", 2, "--by", who, "--at", AT)[0] == 0


def test_books_that_do_not_balance_say_where(bench: Bench) -> None:
    bench.live()
    bench("redeem", "reserve", bench.basket(), "--key", "k", "--at", AT)
    with sqlite3.connect(Place(bench.shop).ledger) as connection:
        connection.execute("UPDATE meter SET taken = taken + 1 WHERE unit = 'money'")
    connection.close()
    code, found = bench.json("campaign", "books", "spring")
    assert (code, found["balanced"]) == (1, False)
    assert [(one["kind"], one["expected"], one["found"]) for one in found["differences"]] == [("taken", "500", "501")]
    code, out, _ = bench("campaign", "books")
    assert (code, "expected 500, found 501" in out) == (1, True)


def test_the_same_id_again_is_refused(bench: Bench) -> None:
    file = bench.file("c.json", CAMPAIGN)
    assert bench("campaign", "create", file, "--id", "c", "--by", "ann")[0] == 0
    code, found = bench.json("campaign", "create", file, "--id", "c", "--by", "ann")
    assert (code, found["code"]) == (1, "campaign_exists")


def _with(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CAMPAIGN), **more}


def _promotion(**more: Any) -> dict[str, Any]:
    return _with(promotions=[{"promotion_id": "x", "kind": "percent_off", "terms": {"percent": 10}, **more}], limits=[])


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (_promotion(kind="percentoff"), "percent_off"),
        (_promotion(terms={"percent": 101}), "101"),
        (_promotion(terms={"percent": 10, "max": "5"}), "max"),
        (_promotion(starts="2026-06-19", ends="2026-06-18"), "ends = '2026-06-18'"),
        (_with(starts="2026-07-01", ends="2026-06-01"), "ends = '2026-06-01'"),
        (_with(zone="Europe/Berlyn"), "Europe/Berlyn"),
        (_with(currency="USD"), "EUR"),
        (_with(limits=[{"name": "x", "count": -1}]), "limits[0].count"),
        (_with(budgets=[{"name": "x", "amount": "1.001"}]), "budgets[0].amount"),
        (_with(budgets=[{"name": "x", "amount": "5.00", "rule": "overshoot"}]), "refuse, clamp"),
        (_with(surprise=1), "surprise"),
        (_with(promotions=[]), "promotions"),
    ],
)
def test_a_definition_that_is_wrong_is_named_and_nothing_is_written(bench: Bench, definition: Any, says: str) -> None:
    code, _, err = bench("campaign", "create", bench.file("c.json", definition), "--id", "c", "--by", "ann")
    assert code == 3
    assert says in err
    assert "allowed" in err or "must be" in err
    assert "Traceback" not in err
    assert bench.json("campaign", "list")[1] == {"campaigns": []}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("create", "{good}", "--id", "a/b"), 4, "a/b"),
        (("create", "{good}", "--id", "c", "--by", " "), 4, "author"),
        (("create", "{list}", "--id", "c"), 4, "JSON object"),
        (("create", "{good}", "--id", "c", "--at", "noon"), 4, "ISO 8601"),
        (("show", "nosuch"), 5, "no such campaign"),
        (("audit", "nosuch"), 5, "no such campaign"),
        (("books", "nosuch"), 5, "no such campaign"),
        (("edit", "nosuch", "{good}", "--by", "ann"), 1, ""),
        (("approve", "nosuch", "--by", "ann"), 1, ""),
        (("approve",), 2, "offersmith campaign approve --help"),
        (("aprove", "x"), 2, "offersmith campaign --help"),
    ],
)
def test_a_mistake_gets_a_sentence(bench: Bench, arguments: tuple[str, ...], code: int, says: str) -> None:
    places = {"good": bench.file("c.json", CAMPAIGN), "list": bench.file("l.json", [1])}
    found, _, err = bench("campaign", *(one.format(**places) for one in arguments))
    assert found == code
    assert says in err
    assert "Traceback" not in err


def test_chinese(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.live()
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    assert "进行中" in bench("campaign", "list")[1]
    assert "预算「pot」" in bench("campaign", "show", "spring", "--at", AT)[1]
    assert "账目相符" in bench("campaign", "books")[1]
    assert "批准" in bench("campaign", "audit", "spring")[1]
    assert "没有到时间的活动" in bench("campaign", "tick", "--at", AT)[1]
