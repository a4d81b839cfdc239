"""Plans of a shop with several offers a customer: asked for, asked otherwise, compared, told, and launched."""

import shutil
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.cli import app
from offersmith.errors import InputError, OffersmithError, SettingsError
from offersmith.planned import Planned
from offersmith.profiles.segments import segment
from offersmith.report.gather_plan import plan_facts
from offersmith.settings import parse
from offersmith.strategy.request import Request


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("several") / "shop"
    shutil.copytree(learned, folder)
    return Shop.open(folder)


@pytest.fixture(scope="module")
def one(shop: Shop) -> Planned:
    return shop.plan(5000, explore=0.1, goal="revenue")


@pytest.fixture(scope="module")
def two(shop: Shop) -> Planned:
    return shop.plan(5000, explore=0.1, goal="revenue", each=2)


def test_the_file_adds_up(two: Planned) -> None:
    table = pq.read_table(two.file)
    ids = table["customer_id"].to_pylist()
    rows: dict[str, list[str]] = {}
    for customer, offer in zip(ids, table["offer_id"].to_pylist(), strict=True):
        rows.setdefault(customer, []).append(offer)
    assert len(rows) == two.customers
    assert max(len(own) for own in rows.values()) == 2
    assert all(len(set(own)) == len(own) and ("none" not in own or len(own) == 1) for own in rows.values())
    assert sum(table["expected_cost"].to_pylist()) == pytest.approx(two.plan.spent)
    assert sum(table["expected_profit"].to_pylist()) == pytest.approx(two.plan.expected_profit)
    assert two.plan.spent <= 5000
    for customer, chances in zip(ids, table["chances"].to_pylist(), strict=True):
        assert sum(chance for _, chance in chances) == pytest.approx(1)
        assert {frozenset(name.split("+")) for name, _ in chances} >= {frozenset(rows[customer])}
    margins = {rate: profit for rate, profit, _ in two.margins}
    assert margins[two.economics.margin_rate] == pytest.approx(two.plan.expected_profit)


def test_it_is_said_in_both_languages_and_in_json(one: Planned, two: Planned) -> None:
    said = two.as_dict()
    assert said["each"] == said["request"]["each"] == 2
    assert said["several"] == sum(two.plan.sets.values()) > 0
    assert said["customers"] == one.as_dict()["customers"]
    assert "A customer may get up to 2 offers" in two.text()
    assert "每位顾客最多可得 2 项优惠" in two.text("zh")
    assert "up to 2 offers" not in one.text()
    assert "each" not in one.as_dict()
    assert "each" not in one.as_dict()["request"]
    assert two.plan.certificate.dual_bound >= one.plan.certificate.dual_bound * (1 - 1e-6)


def test_the_page_counts_customers_once(shop: Shop, two: Planned) -> None:
    with shop.engine() as kept:
        table, _ = kept.profiles(two.plan.as_of)
    facts = plan_facts(two.as_dict(), pq.read_table(two.file), segment(table))
    assert facts.customers == two.customers == sum(row.customers for row in facts.by_segment)
    assert (
        facts.chosen
        == two.customers - two.plan.counts["none"]
        < sum(row.customers for row in facts.offers if not row.is_none)
    )
    assert "several offers" in {row.offer.en for row in facts.by_segment}
    assert [note.en for note in facts.together] == [
        line for line in two.text().splitlines() if "up to 2 offers" in line
    ]


def test_asked_otherwise_and_compared(shop: Shop, one: Planned, two: Planned) -> None:
    found = shop.what_if(one.plan.version, ["each=2"])
    assert found.as_dict()["asked"] == [{"field": "each", "before": 1, "after": 2}]
    assert "each: 1 → 2" in found.text()
    assert "together_untried" in found.notes
    assert found.after.customers == found.before.customers == one.customers
    assert any("+" in flow.after for flow in found.flows)
    kept = shop.compare(one.plan.version, two.plan.version)
    assert (kept.after.given, kept.customers) == (two.customers - two.plan.counts["none"], two.customers)
    assert kept.after.profit == found.after.profit
    assert kept.fortune.better + kept.fortune.equal + kept.fortune.worse == two.customers
    back = shop.what_if(two.plan.version, ["each=1"])
    assert back.after.profit == pytest.approx(one.plan.expected_profit)
    assert not any("+" in flow.after for flow in back.flows)


def test_it_is_launched_with_a_code_for_each_offer_of_a_customer(shop: Shop, two: Planned) -> None:
    table = pq.read_table(two.file).filter(pc.field("offer_id") != "none")
    given = table.group_by("customer_id").aggregate([("offer_id", "count")])
    launched = shop.launch(two.plan.version, author="ann", at=two.plan.as_of)
    assert launched.moved.done
    said = launched.as_dict()
    assert sum(said["vouchers"].values()) == table.num_rows
    assert said["customers"] == given.num_rows == two.customers - two.plan.counts["none"] < table.num_rows
    assert f"in all {table.num_rows:,} personal codes for {given.num_rows:,} customers" in launched.text()
    assert "同一单只取最优惠的一个" in launched.text("zh")
    with shop.office() as office:
        most = max(zip(given["offer_id_count"].to_pylist(), given["customer_id"].to_pylist(), strict=True))
        assert len(office.wallet(most[1], two.plan.as_of)) == most[0] == 2


@pytest.mark.parametrize("each", [0, 4, "two"])
def test_what_cannot_be_is_refused(shop: Shop, one: Planned, each: object) -> None:
    with pytest.raises(InputError, match=f"each = {each!r} must be a whole number from 1 to 3"):
        shop.plan(5000, each=each)  # type: ignore[arg-type]
    with pytest.raises(OffersmithError, match=f"each = {each!r} must be a whole number from 1 to 3"):
        shop.what_if(one.plan.version, [f"each={each}"])
    with pytest.raises(SettingsError, match="each"):
        parse({"plan": {"each": each}})
    answered = CliRunner().invoke(app, ["plan", "--budget", "5000", "--each", str(each), "--shop", str(shop.folder)])
    if each == "two":
        assert answered.exit_code == 2
    else:
        assert isinstance(answered.exception, InputError)


def test_older_summaries_ask_for_one() -> None:
    plain = Request("100.00 USD", 0.1, "even", 0.3).as_dict()
    assert "each" not in plain
    assert Request.of(plain).each == 1
    assert Request.of({**plain, "each": 3}).as_dict()["each"] == 3
    assert Request.of(plain).changed(["each=2"]).changed(["each=1"]) == Request.of(plain)
