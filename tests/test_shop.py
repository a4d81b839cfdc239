"""The verbs as Python, on a small shop whose offers were handed out by lot."""

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from offersmith import Shop
from offersmith.errors import InputError, StateError
from offersmith.money import Money
from offersmith.shop import moment
from offersmith.vocabulary import DECISIONS


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shops") / "corner"
    Shop.init(folder, example="synthetic")
    opened = Shop.open(folder)
    opened.ingest(now=datetime(2026, 1, 1))
    return opened


def test_a_plan_covers_the_register_and_keeps_the_budget(shop: Shop) -> None:
    planned = shop.plan(budget=200)
    assert planned.customers == pq.read_table(shop.place.register).num_rows
    assert planned.decisions.schema.names == DECISIONS.names
    assert sum(planned.decisions["expected_cost"].to_pylist()) <= 200
    assert all(0 < chance <= 1 for chance in planned.decisions["probability"].to_pylist())
    low, high = planned.interval
    assert low <= planned.plan.expected_profit <= high


def test_the_same_shop_gives_the_same_bytes(shop: Shop) -> None:
    first = shop.plan(budget=150)
    bytes_before = first.file.read_bytes(), first.cards_file.read_bytes()
    again = Shop.open(shop.folder).plan(budget=Money(15000, "USD"))
    assert again.plan.version == first.plan.version
    assert (again.file.read_bytes(), again.cards_file.read_bytes()) == bytes_before


def test_history_by_lot_is_learned_from(shop: Shop) -> None:
    learned = shop.learn()
    assert learned.fitted.name != "prior"
    assert {use.offer_id for use in learned.fitted.evidence.campaigns} <= {"save-10", "save-20", "five-off"}


def test_an_earlier_moment_knows_less(shop: Shop) -> None:
    early, late = shop.profile(datetime(2025, 2, 1)), shop.profile()
    assert early.as_of < late.as_of
    assert sum(early.table["orders"].to_pylist()) < sum(late.table["orders"].to_pylist())


def test_the_margin_is_stated_and_shown_at_its_levels(shop: Shop) -> None:
    planned = shop.plan(budget=200, margin=0.35)
    profits = {rate: profit for rate, profit, _ in planned.margins}
    assert sorted(profits) == [0.2, 0.3, 0.35, 0.4]
    assert profits[0.35] == pytest.approx(planned.plan.expected_profit)
    assert profits[0.2] <= profits[0.4]


def test_the_report_is_about_the_newest_plan(shop: Shop, tmp_path: Path) -> None:
    planned = shop.plan(budget=120)
    written = shop.report(tmp_path / "report.html")
    assert planned.plan.version in written.file.read_text(encoding="utf-8")


def test_a_model_is_learned_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.learn()
    kept = sorted((shop.place.home / "artifacts").rglob("*"))
    assert shop.learn().fitted.version == first.fitted.version
    assert sorted((shop.place.home / "artifacts").rglob("*")) == kept


def test_a_shop_without_events_says_what_to_do(tmp_path: Path) -> None:
    Shop.init(tmp_path / "empty", example="synthetic")
    with pytest.raises(StateError, match="offersmith ingest"):
        Shop.open(tmp_path / "empty").plan(budget=1)


@pytest.mark.parametrize("budget", ["1.005", "-1", "many", Money(1, "EUR")])
def test_a_budget_that_is_none_is_refused(shop: Shop, budget: object) -> None:
    with pytest.raises(InputError):
        shop.plan(budget=budget)  # type: ignore[arg-type]


def test_a_moment_is_read_with_its_zone() -> None:
    assert moment("2024-06-01T00:30+02:00") == datetime(2024, 5, 31, 22, 30)
    with pytest.raises(InputError, match="ISO 8601"):
        moment("soon")
