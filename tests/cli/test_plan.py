"""`plan` as a group, `plan compare` and `what-if`: what is asked arrives, and every mistake gets a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from offersmith import bootstrap
from offersmith.shop import Shop

ORDERS = 300
CUSTOMERS = 170


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with events, no campaigns, and one plan."""
    folder = tmp_path_factory.mktemp("plans")
    lines = ["order,customer,product,time,quantity,price"]
    for number in range(ORDERS):
        time = f"2024-{number // 60 + 1:02}-{number % 28 + 1:02}T10:15:00"
        lines.append(f"O{number},C{number % CUSTOMERS:03},P{number % 7},{time},1,{number % 9 + 11}.50")
    file = folder / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    Shop.init(folder / "shop", [file])
    made = Shop.open(folder / "shop")
    made.ingest()
    made.plan(20, margin=0.9)
    return folder / "shop"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan",), "--budget 5000"),
        (("plan", "--json"), "--budget 5000"),
        (("plan", "--budget", "5", "--explore", "1.5"), "less than or equal to 1"),
        (("plan", "--budget", "5", "--explore", "some"), "--explore"),
        (("plan", "--budget", "5", "--explore", "nan"), "--explore"),
        (("plan", "--budget", "5", "--balance", "5"), "a budget or a balance, not both"),
        (("plan", "150"), "150"),
        (("plan", "--budget", "5", "compare", "a", "b"), "--budget: it stands before 'compare'"),
        (("plan", "--as-of", "2024-01-01", "compare", "a", "b"), "--as-of: it stands before 'compare'"),
        (("plan", "compare", "a"), "'B'"),
        (("what-if",), "--set"),
    ],
)
def test_a_line_that_cannot_be_meant_gets_a_sentence(run, arguments, says) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("plan", "compare", "nothing", "of-it"), 5, "'nothing': no such plan"),
        (("what-if", "nothing", "--set", "budget=5"), 5, "'nothing': no such plan"),
        (("what-if", "--set", "budget"), 4, "'budget' is not KEY=VALUE"),
        (("what-if", "--set", "=200"), 4, "'=200' is not KEY=VALUE"),
        (("what-if", "--set", "budget=1", "--set", "explore 0"), 4, "'explore 0' is not KEY=VALUE"),
        (("what-if", "--set", "budgit=5"), 4, "did you mean budget?"),
        (("what-if", "--set", "offers.ten-per.percent=15"), 4, "did you mean ten-percent?"),
        (("what-if", "--set", "offers.ten-percent.percent=deep"), 3, "percent = 'deep'"),
        (("what-if", "--set", "explore=nan"), 4, "explore = nan"),
        (("what-if", "--set", "budget=5 EUR"), 4, "must be in USD"),
        (("what-if", "--set", "goal=fame"), 4, "goal = 'fame' is not known"),
        (("what-if", "--set", "balance=50"), 4, "within a budget, not of a balance"),
        (("plan", "--budget", "5", "--goal", "fame"), 4, "goal = 'fame' is not known"),
        (("plan", "--budget", "5", "--each", "4"), 4, "each = 4 must be a whole number from 1 to 3"),
        (("plan", "--budget", "5", "--each", "0"), 4, "each = 0 must be a whole number from 1 to 3"),
        (("plan", "--balance", "0"), 4, "nothing is left"),
        (("plan", "--balance", "5 EUR"), 4, "must be in USD"),
        (("plan", "--budget", "5", "--limits", "nowhere.toml"), 4, "nowhere.toml"),
        (("plan", "--budget", "5", "--playbook", "win-bak"), 4, "did you mean win-back?"),
    ],
)
def test_what_a_workspace_does_not_know_is_named(run, shop: Path, arguments, code: int, says: str) -> None:
    found, _, err = run(*arguments, "--shop", shop)
    assert found == code, err
    assert says in err
    assert "Traceback" not in err


def test_too_many_offers_each_are_refused_in_the_reader_s_language(run, shop: Path, monkeypatch) -> None:
    monkeypatch.setenv("OFFERSMITH_SHOP__LANGUAGE", "zh")
    code, _, err = run("plan", "--budget", "5", "--each", "4", "--shop", shop)
    assert code == 4
    assert "each = 4 必须是 1 到 3 的整数" in err


def test_a_beginning_that_several_plans_share_is_refused(run, shop: Path) -> None:
    opened = Shop.open(shop)
    with bootstrap.open_ledger(opened.place, opened.settings) as ledger:
        row = ledger.plans()[0]
        ledger.record_plan(replace(row, plan_version=f"{row.plan_version[:3]}-another"))
    code, _, err = run("plan", "compare", row.plan_version[:3], row.plan_version, "--shop", shop)
    assert (code, "several begin so" in err) == (5, True)
    assert run("plan", "compare", row.plan_version, f"{row.plan_version[:3]}-a", "--shop", shop)[0] == 0


def test_help_of_the_group_says_what_stands_below_it(run) -> None:
    code, out, _ = run("plan", "--help")
    assert code == 0
    options = ("--budget", "--balance", "--goal", "--limits", "--playbook", "--explore")
    assert all(name in out for name in (*options, "compare"))


def test_options_of_a_plan_arrive(run, shop: Path, tmp_path: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('[[limits]]\nname = "few"\nkind = "contacts"\nat_most = 3\n', encoding="utf-8")
    asked = ("--budget", "300", "--limits", limits, "--explore", "0.25", "--margin", "0.5")
    code, out, err = run("plan", *asked, "--shop", shop, "--json")
    assert code == 0, err
    plan = json.loads(out)
    request = plan["request"]
    assert (request["budget"], request["explore"], request["margin"]) == ("300.00 USD", 0.25, 0.5)
    assert [one["name"] for one in request["limits"]] == ["few"]
    assert {row["name"]: row["usage"] <= row["bound"] for row in plan["certificate"]["rows"]} == {
        "budget": True,
        "few": True,
    }


def test_a_what_if_is_told_and_shown_and_not_kept(run, shop: Path, tmp_path: Path) -> None:
    kept = sorted(path.name for path in (shop / ".offersmith" / "plans").iterdir())
    opened = Shop.open(shop)
    with bootstrap.open_ledger(opened.place, opened.settings) as ledger:
        version = ledger.plans()[0].plan_version  # the first that was made, whatever the others are called
    page = tmp_path / "what-if.html"
    asked = ("--set", "budget=40", "--set", "offers.ten-percent.percent=15", "--out", page)
    code, out, err = run("what-if", version, *asked, "--shop", shop, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["what_if"] == ["budget=40", "offers.ten-percent.percent=15"]
    assert {one["field"]: one["after"] for one in found["asked"]} == {
        "budget": "40.00 USD",
        "offers.ten-percent.percent": 15,
    }
    assert found["better"] + found["equal"] + found["worse"] == found["customers"] == CUSTOMERS
    assert found["moved"] > 0
    assert found["change"]["profit"] > 0
    assert found["file"] == str(page)
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert sorted(path.name for path in (shop / ".offersmith" / "plans").iterdir()) == kept


def test_two_plans_are_compared_by_their_beginnings(run, shop: Path, monkeypatch) -> None:
    one, two = (Shop.open(shop).plan(budget, margin=0.9).plan.version for budget in (20, 40))
    code, out, err = run("plan", "compare", one[:9], two[:9], "--shop", shop)
    assert code == 0, err
    assert out.startswith(f"plan {one} beside plan {two}\n")
    assert "budget: 20.00 USD → 40.00 USD" in out
    monkeypatch.setenv("OFFERSMITH_SHOP__LANGUAGE", "zh")
    assert run("plan", "compare", one[:9], two[:9], "--shop", shop)[1].startswith(f"方案 {one} 与方案 {two} 对比")


def test_a_goal_and_a_balance_arrive(run, shop: Path) -> None:
    code, out, err = run("plan", "--balance", "250", "--goal", "cautious", "--shop", shop, "--json")
    assert code == 0, err
    plan = json.loads(out)
    assert (plan["goal"], plan["confidence"], plan["budget"]) == ("cautious", 0.8, 250.0)
    assert plan["request"]["balance"] == "250.00 USD"
    assert plan["request"]["out"] == {"expected": "0.00 USD", "offers": 0, "plans": []}
    assert plan["goal_value"] == plan["certificate"]["value"] <= plan["expected_profit"]
