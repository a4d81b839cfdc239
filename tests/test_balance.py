"""Plans of one shop after another: the second may promise no more than what the first has left of the money."""

import csv
import math
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow.compute as pc
import pytest

from offersmith import Shop
from offersmith.campaigns.states import Action
from offersmith.errors import InputError
from offersmith.planned import Planned
from offersmith.report.comparison import write

CUSTOMERS = 120


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planned]:
    """A workspace with orders, and its first plan."""
    folder = tmp_path_factory.mktemp("balance")
    with (folder / "orders.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["order", "customer", "product", "time", "quantity", "price"])
        for number in range(480):
            time = f"2024-{number // 120 + 1:02}-{number % 28 + 1:02}T10:15:00"
            price = f"{number % 19 + 21}.50"
            rows.writerow([f"O{number}", f"C{number % CUSTOMERS:03}", f"P{number % 7}", time, 1, price])
    Shop.init(folder / "shop", [folder / "orders.csv"])
    opened(folder / "shop").ingest(now=datetime(2024, 5, 1))
    return folder / "shop", opened(folder / "shop").plan(400)


def opened(folder: Path) -> Shop:
    shop = Shop.open(folder)
    economics = msgspec.structs.replace(shop.settings.economics, margin_rate=0.9)
    return Shop(folder, msgspec.structs.replace(shop.settings, economics=economics))


@pytest.fixture
def shop(planned: tuple[Path, Planned], tmp_path: Path) -> Shop:
    return opened(Path(shutil.copytree(planned[0], tmp_path / "shop")))


def costs(made: Planned) -> dict[str, float]:
    given = made.decisions.filter(pc.not_equal(made.decisions["offer_id"], "none"))
    return dict(zip(given["customer_id"].to_pylist(), given["expected_cost"].to_pylist(), strict=True))


def sent(shop: Shop, made: Planned, used: int = 0) -> None:
    """Launch a plan, let it go live, and redeem some of its codes at the till."""
    at = made.plan.as_of + timedelta(hours=9)
    launched = shop.launch(made.plan.version, author="wei", at=at)
    name = launched.moved.campaign_id
    with shop.office() as office:
        assert office.rehearse(name, actor="wei", at=at).done
        steps = ((Action.SUBMIT, "wei"), (Action.APPROVE, "anna"), (Action.SCHEDULE, "wei"))
        assert all(office.move(name, step, actor=actor, at=at).done for step, actor in steps)
        office.tick(at)
        held = sorted(office.vouchers.export(name), key=lambda one: one.customer_id or "")
        for number, one in enumerate(held[:used]):
            line = {"line_id": "1", "product_id": "P1", "quantity": 1, "unit_price": "29.00"}
            asked = {"order_id": f"o{number}", "lines": [line], "customer": {"customer_id": one.customer_id}}
            order = office.till.order({**asked, "codes": [one.code]})
            promise = office.till.reserve(order, f"r{number}", at)
            assert office.till.confirm(promise.outcome.redemption_id, f"p{number}", at).code == "confirmed"


def cents(amount: float) -> float:
    return math.ceil(round(amount * 100, 6)) / 100


def test_what_nobody_sent_promises_nothing(shop: Shop, planned: tuple[Path, Planned]) -> None:
    made = shop.plan(balance=1000)
    assert made.plan.budget.major == 1000
    assert (
        "Balance 1,000.00 USD: no offer of an earlier plan is still out, so 1,000.00 USD is the budget." in made.text()
    )
    assert "Not counted: 1 plan that would still hold" in made.text()
    assert "未计入：1 个" in made.text("zh")
    assert not shop.plan(1000).text().count("Balance")


def test_the_second_plan_has_what_the_first_leaves(shop: Shop, planned: tuple[Path, Planned]) -> None:
    first = planned[1]
    out = costs(first)
    assert len(out) > 10
    sent(shop, first)
    second = shop.plan(balance=1000)
    expected = cents(sum(out.values()))
    assert second.plan.budget.major == pytest.approx(1000 - expected)
    assert second.plan.spent <= second.plan.budget.major
    request = second.as_dict()["request"]
    assert request["balance"] == "1000.00 USD"
    assert request["out"]["expected"] == f"{expected:.2f} USD"
    assert request["out"]["offers"] == len(out)
    assert request["out"]["plans"][0]["plan"] == first.plan.version
    said, chinese = second.text(), second.text("zh")
    assert f"less {expected:,.2f} USD that {len(out)} offers still out (of 1 earlier campaign) are expected" in said
    assert f"{len(out)} 份尚未使用的优惠的预计成本 {expected:,.2f} USD" in chinese
    assert shop.plan(balance=1000).plan.version == second.plan.version


def test_what_was_used_or_has_run_out_is_promised_no_more(shop: Shop, planned: tuple[Path, Planned]) -> None:
    first = planned[1]
    out = costs(first)
    sent(shop, first, used=5)
    still = cents(sum(cost for name, cost in out.items() if name not in sorted(out)[:5]))
    assert shop.plan(balance=1000).plan.budget.major == pytest.approx(1000 - still)
    later = first.plan.valid_until + timedelta(days=1)
    assert shop.plan(balance=1000, as_of=later).plan.budget.major == 1000


def test_a_what_if_and_a_comparison_know_the_balance(shop: Shop, planned: tuple[Path, Planned]) -> None:
    first = planned[1]
    sent(shop, first)
    second = shop.plan(balance=1000)
    out = 1000 - second.plan.budget.major
    sent(shop, second)  # what the plan itself sends does not count against it
    more = shop.what_if(second.plan.version, ["balance=2000"])
    assert more.after.budget == pytest.approx(2000 - out)
    assert {one.field for one in more.asked} == {"balance", "budget"}
    less = shop.what_if(second.plan.version, ["out.expected=0"])
    assert less.after.budget == 1000
    alone = shop.what_if(second.plan.version, ["budget=30"])
    assert alone.after.budget == 30
    assert {"balance", "budget"} <= {one.field for one in alone.asked}
    with pytest.raises(InputError, match="ask for one of the two"):
        shop.what_if(second.plan.version, ["budget=30", "balance=2000"])
    with pytest.raises(InputError, match="nothing is left"):
        shop.what_if(second.plan.version, ["balance=1"])
    with pytest.raises(InputError, match="within a budget, not of a balance"):
        shop.what_if(first.plan.version, ["balance=2000"])
    found = shop.compare(first.plan.version, second.plan.version)
    assert ("balance", None, "1000.00 USD") in [(one.field, one.before, one.after) for one in found.asked]
    assert "balance" in found.text()


def test_nothing_left_is_a_clear_answer_and_nothing_is_written(shop: Shop, planned: tuple[Path, Planned]) -> None:
    sent(shop, planned[1])
    with shop.office() as office:
        before = len(office.plans().rows)
    expected = cents(sum(costs(planned[1]).values()))
    with pytest.raises(InputError, match=r"balance 1\.00 USD: nothing is left") as refused:
        shop.plan(balance="1.00")
    assert f"{expected:.2f} USD" in refused.value.message
    assert refused.value.facts["field"] == "balance"
    with shop.office() as office:
        assert len(office.plans().rows) == before


def test_a_plan_needs_one_of_the_two(shop: Shop) -> None:
    for both in ({}, {"budget": 5, "balance": 5}):
        with pytest.raises(InputError, match="a budget or a balance"):
            shop.plan(**both)
    with pytest.raises(InputError, match=r"balance -1\.00 USD must be zero or more"):
        shop.plan(balance=-1)


def test_a_goal_is_asked_for_by_name_by_the_settings_and_in_a_what_if(shop: Shop) -> None:
    made = shop.plan(400, goal="revenue")
    assert made.as_dict()["goal"] == made.as_dict()["request"]["goal"] == "revenue"
    assert "as much expected revenue as possible" in made.text()
    assert "预期收入最大" in made.text("zh")
    assert "as much expected revenue as possible" in made.page()
    found = shop.what_if(made.plan.version, ["goal=cautious", "confidence=0.9"])
    asked = {one.field: (one.before, one.after) for one in found.asked}
    assert asked == {"goal": ("revenue", "cautious"), "confidence": (0.8, 0.9)}
    assert "goal_differs" in found.notes
    assert "expected revenue" in found.text()
    page = write(found, shop.folder / "what-if.html", shop="corner").file.read_text(encoding="utf-8")
    assert "Expected revenue" in page
    assert "预计收入" in page
    plan = msgspec.structs.replace(shop.settings.plan, goal="cautious", confidence=0.7)
    other = Shop(shop.folder, msgspec.structs.replace(shop.settings, plan=plan))
    told = other.plan(400)
    assert told.as_dict()["confidence"] == 0.7
    page = other.report(shop.folder / "report.html").file.read_text(encoding="utf-8")
    assert "as much profit to count on as possible" in page
    assert "稳妥利润最大" in page
    assert other.plan(400, goal="profit").as_dict()["goal"] == "profit"
    with pytest.raises(InputError, match="goal = 'fame' is not known"):
        shop.plan(400, goal="fame")
    with pytest.raises(InputError, match="goal = 'fame' is not known"):
        shop.what_if(made.plan.version, ["goal=fame"])


def test_a_playbook_s_goal_counts(shop: Shop) -> None:
    folder = shop.folder / "playbooks"
    folder.mkdir()
    text = 'name = "{0}"\ntitle = "{0}"\nabout = "x"\ngoal = "{1}"\n[[offers]]\nid = "ten"\nkind = "percent_off"\n'
    for name, goal in (("selling", "revenue"), ("earning", "profit")):
        (folder / f"{name}.toml").write_text(text.format(name, goal) + "terms = { percent = 10 }\n", encoding="utf-8")
    made = shop.plan(400, playbooks=["selling"])
    assert made.as_dict()["goal"] == "revenue"
    assert shop.plan(400, playbooks=["selling"], goal="profit").as_dict()["goal"] == "profit"
    with pytest.raises(InputError, match="selling: revenue; earning: profit"):
        shop.plan(400, playbooks=["selling", "earning"])
    found = shop.what_if(made.plan.version, ["playbooks.selling.goal=cautious"])
    assert {one.field: one.after for one in found.asked}["goal"] == "cautious"
