"""The most usual mistakes are told in the language of whoever made them, and the catalogue says what was raised."""

import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest

from offersmith.cli.told import told
from offersmith.errors import OffersmithError
from offersmith.money import Money
from offersmith.shop import Shop
from offersmith.strategy.funds import left
from offersmith.strategy.objective import settle
from offersmith.strategy.opted_out import stated
from offersmith.strategy.request import Request
from offersmith.vocabulary import Offer
from offersmith.words import catalogue, say

COLUMN = '[[limits]]\nname = "young"\nkind = "contacts"\nat_most = 5\ncolumn = "{column}"\nbelow = 30\n'
CHANNEL = '[[limits]]\nname = "mails"\nkind = "contacts"\nat_most = 5\nchannel = "email"\n'
PEOPLE = pa.table({"customer_id": ["ann"], "out": [True], "age": [30]})
TEN = Offer("ten", "percent_off", {"percent": 10})
NEVER = '[[limits]]\nname = "spend it"\nkind = "spend"\nat_least = 5000\n'

LADDER = '[[limits]]\nname = "longer"\nkind = "ladder"\n'
REFUSED = {
    "ladder_no_numbers": LADDER + 'column = "segment"\nsteps = [1]\n',
    "ladder_steps_fall": LADDER + 'column = "orders"\nsteps = [3, 2]\n',
    "ladder_alike_itself": LADDER + 'column = "orders"\nsteps = [2]\nalike = ["orders"]\n',
    "ladder_alike_twice": LADDER + 'column = "orders"\nsteps = [2]\nalike = ["segment", "segment"]\n',
    "ladder_one_band": LADDER + 'column = "orders"\nsteps = [5000]\n',
    "limit_needs": '[[limits]]\nname = "seldom"\nkind = "frequency"\ndays = 28\n',
    "limit_no_field": '[[limits]]\nname = "seldom"\nkind = "frequency"\ndays = 28\neach_at_most = 1\nwithin = 2\n',
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a few orders and one plan."""
    folder = tmp_path_factory.mktemp("told")
    lines = [f"O{n},C{n % 60:02},P1,2024-0{n % 5 + 1}-{n % 28 + 1:02}T10:15:00,1,{n % 9 + 11}.50" for n in range(180)]
    file = folder / "orders.csv"
    file.write_text("\n".join(["order,customer,product,time,quantity,price", *lines]) + "\n", encoding="utf-8")
    Shop.init(folder / "shop", [file])
    Shop.open(folder / "shop").ingest()
    Shop.open(folder / "shop").plan(20, margin=0.9)
    files = {
        "channel": CHANNEL,
        "never": NEVER,
        "column": COLUMN.format(column="ordrs"),
        "other": COLUMN.format(column="zzz"),
        **REFUSED,
    }
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    Shop.init(folder / "empty", [file])
    return folder / "shop"


MISTAKES = {
    "no_workspace": ("plan", "--budget", "5", "--shop", "{shop}/nowhere"),
    "no_events": ("plan", "--budget", "5", "--shop", "{shop}/../empty"),
    "no_plan": ("what-if", "--set", "budget=5", "--shop", "{shop}/../empty"),
    "unknown_playbook": ("plan", "--budget", "5", "--playbook", "win-bakc"),
    "no_number": ("plan", "--budget", "many"),
    "other_currency": ("plan", "--budget", "5 EUR"),
    "unknown_column": ("plan", "--budget", "5", "--limits", "{shop}/../column.toml"),
    "unknown_column ": ("plan", "--budget", "5", "--limits", "{shop}/../other.toml"),
    "unknown_plan": ("plan", "compare", "nothing", "of-it"),
    "unknown_key": ("what-if", "--set", "bugdet=5"),
    "unknown_key_of": ("what-if", "--set", "limits.reach.at_most=5"),
    "set_twice": ("what-if", "--set", "budget=5", "--set", "budget=6"),
    "experiment_breaks": ("plan", "--budget", "5", "--limits", "{shop}/../never.toml"),
    "unknown_goal": ("plan", "--budget", "5", "--goal", "fame"),
    "nothing_left": ("plan", "--balance", "0"),
    "unknown_channel": ("plan", "--budget", "5", "--limits", "{shop}/../channel.toml"),
    "no_confidence": ("what-if", "--set", "confidence=2"),
    "conflict": ("plan", "--budget", "5", "--explore", "0", "--limits", "{shop}/../never.toml"),
}


def lines(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith(("offersmith: ", "  "))]


def chinese(text: str) -> bool:
    return any("CJK" in unicodedata.name(sign, "") for sign in text)


@pytest.mark.parametrize("key", MISTAKES)
def test_a_mistake_is_told_in_both_languages(run, shop, monkeypatch, key) -> None:
    words = [word.format(shop=shop) for word in MISTAKES[key]]
    words += [] if "--shop" in words else ["--shop", str(shop)]
    said = {}
    for language in ("en", "zh"):
        monkeypatch.setenv("OFFERSMITH_LANG", language)
        code, out, err = run(*words)
        assert (code not in (0, 1, 70), out) == (True, "")
        said[language] = lines(err)
    assert len(said["en"]) == len(said["zh"])
    assert not any(chinese(line) for line in said["en"])
    assert all(chinese(line) for line in said["zh"])


def test_the_shop_s_language_is_meant_where_nobody_says_another(run, shop, monkeypatch) -> None:
    monkeypatch.setenv("OFFERSMITH_SHOP__LANGUAGE", "zh")
    _, _, err = run("plan", "--budget", "many", "--shop", str(shop))
    assert "不是" in err
    _, _, err = run("plan", "--budget", "many", f"--shop={shop}")
    assert "不是" in err


def faults(shop: Path) -> dict[str, OffersmithError]:
    found = {}
    opened, empty = Shop.open(shop), Shop.open(shop.parent / "empty")
    asked = {
        "no_workspace": lambda: Shop.open(shop / "nowhere"),
        "no_events": lambda: empty.plan(5),
        "unknown_playbook": lambda: opened.plan(5, playbooks=["win-bakc"]),
        "no_number": lambda: opened.plan("many"),
        "other_currency": lambda: opened.plan("5 EUR"),
        "unknown_column": lambda: opened.plan(5, limits=shop.parent / "column.toml"),
        "unknown_plan": lambda: opened.what_if("nothing", ["budget=5"]),
        "unknown_key": lambda: opened.what_if("", ["bugdet=5"]),
        "unknown_key_of": lambda: opened.what_if("", ["limits.reach.at_most=5"]),
        "unknown_key_of_playbooks": lambda: Request(
            "5.00 USD", 0, "even", 0.3, playbooks=({"name": "win-back"},)
        ).changed(["limits.reach.at_most=5"]),
        "set_twice": lambda: opened.what_if("", ["budget=5", "budget=6"]),
        "experiment_breaks": lambda: opened.plan(5, limits=shop.parent / "never.toml"),
        "unknown_goal": lambda: opened.plan(5, goal="fame"),
        "no_confidence": lambda: opened.what_if("", ["confidence=2"]),
        "several_goals": lambda: settle({"win-back": "profit", "clearance": "revenue"}, "profit"),
        "nothing_left": lambda: opened.plan(balance=0),
        "nothing_left_but_out": lambda: left(Money(5, "USD"), Money(7, "USD")),
        "budget_or_balance": opened.plan,
        "unknown_channel": lambda: opened.plan(5, limits=shop.parent / "channel.toml"),
        **{key: lambda key=key: opened.plan(5, limits=shop.parent / f"{key}.toml") for key in REFUSED},
        "for_everybody_alone": lambda: stated(PEOPLE, "", "ten", [TEN], []),
        "for_everybody_unknown": lambda: stated(PEOPLE, "out", "tne", [TEN], []),
        "opted_out_unknown": lambda: stated(PEOPLE, "otu", "", [TEN], []),
        "opted_out_no_truths": lambda: stated(PEOPLE, "age", "", [TEN], []),
        "nothing_learned": lambda: Shop.open(shop).learned(),
    }
    for key, ask in asked.items():
        try:
            ask()
        except OffersmithError as fault:
            found[key] = fault
    return found


def test_the_english_line_of_the_catalogue_is_what_was_raised(shop) -> None:
    found = faults(shop)
    assert {key: fault.key for key, fault in found.items()} == {key: key for key in found}
    assert len(found) >= 9
    for key, fault in found.items():
        assert say(f"errors.{key}", "en", **fault.facts) == fault.message
        assert told(fault, "en") == (fault.message, fault.hint)
        if f"{key}_hint" in catalogue("errors"):
            assert say(f"errors.{key}_hint", "en", **fault.facts) == fault.hint
        message, hint = told(fault, "zh")
        assert chinese(message)
        assert bool(hint) == bool(fault.hint)
        assert not hint or chinese(hint)
