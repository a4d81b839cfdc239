"""The command line: parses, calls one verb, answers; every mistake gets a sentence and its own exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A shop's own export: 40 customers, two baskets each."""
    lines = ["order,customer,product,time,quantity,price"]
    for number in range(80):
        day, customer = number // 4 + 1, number % 40
        lines.append(f"O{number},C{customer:02},P{number % 7},2024-03-{day:02}T10:15:00,1,{number % 9 + 1}.50")
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_new_shop_goes_from_a_file_to_a_report(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    assert run("init", str(shop), "--events", str(orders))[0] == 0
    code, out, _ = run("ingest", "--shop", str(shop), "--json")
    assert code == 0
    receipt = json.loads(out)
    assert receipt["read"] == 80
    assert receipt["read"] == receipt["kept"] + receipt["redelivered"] + receipt["quarantined"]
    code, out, _ = run("profile", "--shop", str(shop), "--json")
    assert (code, json.loads(out)["customers"]) == (0, 40)
    code, out, _ = run("learn", "--shop", str(shop), "--json")
    assert (code, json.loads(out)["model"]) == (0, "prior")
    code, out, _ = run("plan", "--shop", str(shop), "--budget", "20", "--json")
    plan = json.loads(out)
    assert code == 0
    assert plan["cold"] is True
    assert plan["note"]
    assert plan["customers"] == 40
    assert plan["spent"] <= 20
    page = tmp_path / "report.html"
    assert run("report", "--shop", str(shop), "--out", str(page))[0] == 0
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert run("doctor", "--shop", str(shop))[0] == 0


def test_cards_and_report_are_in_the_language_of_the_answer(run, orders: Path, tmp_path: Path, monkeypatch) -> None:
    shop, page = tmp_path / "shop", tmp_path / "report.html"
    run("init", str(shop), "--events", str(orders))
    run("ingest", "--shop", str(shop))
    for wished, answered, titled, first in (
        ("zh", "方案 ", "# 策略说明", 'lang="zh'),
        ("en", "plan ", "# The strategy in words", 'lang="en'),
    ):
        monkeypatch.setenv("OFFERSMITH_LANG", wished)
        code, out, _ = run("plan", "--shop", str(shop), "--budget", "20")
        assert code == 0
        assert out.startswith(answered)
        (cards,) = (shop / ".offersmith" / "plans").glob("*/cards.md")
        assert cards.read_text(encoding="utf-8").startswith(titled)
        run("report", "--shop", str(shop), "--out", str(page))
        assert first in page.read_text(encoding="utf-8")[:200]


def test_the_same_file_again_changes_nothing(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    run("init", str(shop), "--events", str(orders))
    run("ingest", "--shop", str(shop))
    code, out, _ = run("ingest", "--shop", str(shop), "--json")
    again = json.loads(out)
    assert (code, again["kept"], len(again["files_redelivered"])) == (0, 0, 1)


def test_one_customer_known_and_unknown(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    run("init", str(shop), "--events", str(orders))
    run("ingest", "--shop", str(shop))
    code, out, _ = run("profile", "C01", "--shop", str(shop), "--json")
    assert (code, json.loads(out)["known"]) == (0, True)
    code, out, _ = run("profile", "nobody", "--shop", str(shop))
    assert code == 1
    assert "no such customer" in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("plan", "--shop", "{tmp}"), 2, "--budget"),
        (("ingest", "--shop", "{tmp}/nowhere"), 3, "offersmith init"),
        (("init", "{tmp}/new", "--events", "{tmp}/missing.csv"), 4, "missing.csv"),
        (("init", "{tmp}/new"), 4, "--events"),
        (("init", "{tmp}/new", "--example", "supermarkt"), 4, "synthetic"),
        (("profile", "--shop", "{tmp}/shop"), 5, "offersmith ingest"),
        (("profile", "--shop", "{tmp}/orders.csv"), 3, "not a workspace"),
        (("plan", "--shop", "{tmp}/shop", "--budget", "lots"), 4, "lots"),
        (("plan", "--shop", "{tmp}/shop", "--budget", "-5"), 4, "zero or more"),
        (("plan", "--shop", "{tmp}/shop", "--budget", "5", "--margin", "30"), 4, "0.3 means"),
        (("plan", "--shop", "{tmp}/shop", "--budget", "5", "--as-of", "yesterday"), 4, "ISO 8601"),
    ],
)
def test_a_mistake_gets_a_sentence(run, orders: Path, tmp_path: Path, arguments, code: int, says: str) -> None:
    run("init", str(tmp_path / "shop"), "--events", str(orders))
    found, _, err = run(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert found == code
    assert says in err
    assert "Traceback" not in err


def test_a_mistake_is_an_object_too(run, tmp_path: Path) -> None:
    code, out, _ = run("ingest", "--shop", str(tmp_path), "--json")
    assert (code, json.loads(out)["error"]) == (3, "settings")


def test_init_keeps_what_is_there(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    run("init", str(shop), "--events", str(orders))
    (shop / "offersmith.toml").write_text('[shop]\nname = "mine"\n', encoding="utf-8")
    code, _, err = run("init", str(shop), "--events", str(orders))
    assert (code, "--force" in err) == (3, True)
    assert run("init", str(shop), "--events", str(orders), "--force")[0] == 0


def test_a_moment_before_everything_is_refused(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    run("init", str(shop), "--events", str(orders))
    run("ingest", "--shop", str(shop))
    for verb in (("profile",), ("learn",), ("plan", "--budget", "5")):
        code, _, err = run(*verb, "--shop", str(shop), "--as-of", "2005-01-01")
        assert (code, "2024-03-01" in err) == (5, True)


def test_money_of_a_customer_is_in_the_shop_s_currency(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    run("init", str(shop), "--events", str(orders))
    run("ingest", "--shop", str(shop))
    spend = json.loads(run("profile", "C01", "--shop", str(shop), "--json")[1])["features"]["spend"]
    text = run("profile", "C01", "--shop", str(shop))[1]
    assert f"{spend / 100:.2f}" in next(line for line in text.splitlines() if line.split()[0] == "spend")


def test_an_interrupted_ingest_says_how_to_go_on(run, orders: Path, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    assert run("init", str(shop), "--events", str(orders))[0] == 0
    code = (
        "import sys\nfrom offersmith import cli, shop\n"
        "def stop(*_, **__): raise KeyboardInterrupt\nshop.Shop.ingest = stop\n"
        f"sys.argv = ['offersmith', 'ingest', '--shop', {str(shop)!r}]\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 130
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
