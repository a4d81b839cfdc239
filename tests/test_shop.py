"""The verbs as Python, on a small shop whose offers were handed out by lot."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from tests.report.judged import judging

from offersmith import Shop
from offersmith.errors import InputError, StateError, StorageError
from offersmith.events.examples.proposals import PROPOSALS
from offersmith.kept import Kept
from offersmith.money import Money
from offersmith.response import learn as learning
from offersmith.vocabulary import DECISIONS


@pytest.fixture(scope="module")
def shop(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop.open(shutil.copytree(learned, tmp_path_factory.mktemp("shops") / "corner"))


@pytest.fixture(scope="module")
def believing(shop: Shop) -> Shop:
    """The same shop with a model that weighs stated beliefs too: by its lots alone nothing is worth giving for sure."""
    settings = shop.settings
    return Shop(
        shop.folder, msgspec.structs.replace(settings, learn=msgspec.structs.replace(settings.learn, model="boosting"))
    )


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


def test_past_campaigns_are_learned_from(shop: Shop) -> None:
    learned = shop.learn()
    assert learned.fitted.name != "prior"
    assert learned.fitted.evidence.scores["redemption_auc"] > 0.5
    # The shop wrote down the chances of its lots, and they are read.
    assert "not_randomised" not in learned.fitted.evidence.reasons
    assert all(use.logged and use.set_aside == 0 for use in learned.fitted.evidence.campaigns)
    assert {use.offer_id for use in learned.fitted.evidence.campaigns} <= {"save-10", "save-20", "five-off"}


def test_an_earlier_moment_knows_less(shop: Shop) -> None:
    early, late = shop.profile(datetime(2025, 2, 1)), shop.profile()
    assert early.as_of < late.as_of
    assert sum(early.table["orders"].to_pylist()) < sum(late.table["orders"].to_pylist())


def test_the_margin_is_stated_and_shown_at_its_levels(believing: Shop) -> None:
    planned = believing.plan(budget=200, margin=0.6)
    profits = {rate: profit for rate, profit, _ in planned.margins}
    assert sorted(profits) == [0.2, 0.3, 0.4, 0.6]
    assert profits[0.6] == pytest.approx(planned.plan.expected_profit)
    assert profits[0.2] <= profits[0.4]


def test_a_plan_says_what_its_model_goes_by(believing: Shop) -> None:
    planned = believing.plan(budget=400, margin=0.6)
    rows = pq.read_table(planned.file).to_pylist()
    asked = [row for row in rows if row["because"] is not None]
    assert asked
    for row in rows:
        assert (row["because"] is not None) == (row["offer_id"] != "none" and "by_lot" not in row["reasons"])
    known = {*believing.profile().table.column_names, "[stated]", "[limits]"}
    assert {one["feature"] for row in asked for one in row["because"]} <= known
    assert planned.as_dict()["because"]["asked"] == len(asked)
    assert f"What the model goes by with {len(asked):,} customers it chose: " in planned.text()
    assert "- what the model goes by: " in planned.cards_file.read_text()


def test_the_report_is_about_the_newest_plan(shop: Shop, tmp_path: Path) -> None:
    planned = shop.plan(budget=120)
    written = shop.report(tmp_path / "report.html")
    assert planned.plan.version in written.file.read_text(encoding="utf-8")


def test_a_plan_made_again_is_the_newest(shop: Shop, tmp_path: Path) -> None:
    first = shop.plan(budget=110)
    shop.plan(budget=111)
    shop.plan(budget=110)
    assert shop.report(tmp_path / "report.html").plan == first.plan.version


def test_a_plan_changed_behind_our_back_is_not_reported(shop: Shop, tmp_path: Path) -> None:
    planned = shop.plan(budget=90)
    planned.file.write_bytes(planned.file.read_bytes() + b"x")
    with pytest.raises(StorageError, match="plan"):
        shop.report(tmp_path / "report.html")
    shop.plan(budget=90)
    assert shop.report(tmp_path / "report.html").plan == planned.plan.version


def test_a_model_is_learned_once_and_again_when_it_is_damaged(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shop.learn()
    fits: list[str] = []
    real = learning.learn

    def watched(*arguments: Any, **named: Any) -> Any:
        fits.append("fit")
        return real(*arguments, **named)

    monkeypatch.setattr(learning, "learn", watched)
    assert shop.learn().fitted.version == first.fitted.version
    assert fits == []
    for file in (shop.place.home / "artifacts").rglob("*.txt"):
        file.write_bytes(file.read_bytes() + b" ")
    assert shop.learn().fitted.version == first.fitted.version
    assert fits == ["fit"]
    assert shop.learn().fitted.version == first.fitted.version
    assert fits == ["fit"]


def test_profiles_a_moment_apart_are_kept_apart(shop: Shop) -> None:
    at = datetime(2025, 3, 1, 12, 0, 0)
    with shop.engine() as kept:
        _, early = kept.profiles(at)
        _, late = kept.profiles(at.replace(microsecond=1))
    assert early != late


def test_a_file_named_by_hand_needs_a_mapping_that_fits(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("customer,time,price\nC1,2025-03-01,2.00\n", encoding="utf-8")
    with pytest.raises(InputError, match="no mapping"):
        shop.ingest(file)
    Shop.init(tmp_path / "till", [file])
    other = tmp_path / "other.csv"
    other.write_text("who,when,what\nC1,2025-03-01,2.00\n", encoding="utf-8")
    till = Shop.open(tmp_path / "till")
    assert till.ingest(file).kept == 1
    with pytest.raises(InputError, match="lacks"):
        till.ingest(other)


@pytest.mark.parametrize("example", PROPOSALS)
def test_every_example_can_be_set_up(example: str, tmp_path: Path) -> None:
    Shop.init(tmp_path / "{corner} shop", example=example)
    made = Shop.open(tmp_path / "{corner} shop")
    assert made.settings.shop.name == "{corner} shop"
    assert len(made.offers()) > 1


def test_a_shop_without_events_says_what_to_do(tmp_path: Path) -> None:
    Shop.init(tmp_path / "empty", example="synthetic")
    with pytest.raises(StateError, match="offersmith ingest"):
        Shop.open(tmp_path / "empty").plan(budget=1)


@pytest.mark.parametrize("budget", ["1.005", "-1", "many", Money(1, "EUR")])
def test_a_budget_that_is_none_is_refused(shop: Shop, budget: object) -> None:
    with pytest.raises(InputError):
        shop.plan(budget=budget)  # type: ignore[arg-type]


def test_a_plan_of_another_version_is_not_misread(
    learned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop.open(shutil.copytree(learned, tmp_path / "corner"))
    monkeypatch.setattr("offersmith.planned.FORMAT", 0)
    early = datetime(2025, 1, 20)
    shop.plan(budget=70, as_of=early)
    assert shop.report(tmp_path / "report.html").plan == ""
    monkeypatch.undo()
    made = shop.plan(budget=70, as_of=early)
    assert shop.report(tmp_path / "report.html").plan == made.plan.version


@pytest.mark.parametrize(
    ("day", "model"),
    [
        (datetime(2025, 3, 10), "auto"),
        (datetime(2025, 5, 5), "constant"),
        pytest.param(datetime(2025, 5, 5), "auto", marks=pytest.mark.slow),
    ],
)
def test_a_report_is_written_at_every_age_of_a_campaign(shop: Shop, tmp_path: Path, day: datetime, model: str) -> None:
    settings = shop.settings
    learn = msgspec.structs.replace(settings.learn, model=model)
    young = Shop(shop.folder, msgspec.structs.replace(settings, learn=learn))
    planned = young.plan(budget=60, as_of=day)
    assert young.report(tmp_path / "report.html").plan == planned.plan.version


def test_a_report_without_a_plan_shows_the_model_that_was_learned(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[str] = []
    real = learning.learn

    def judged(*arguments: Any, **named: Any) -> Any:
        fits.append("fit")
        fitted: Any = real(*arguments, **named)
        return replace(fitted, evidence=replace(fitted.evidence, judged=judging()))

    monkeypatch.setattr(learning, "learn", judged)
    monkeypatch.setattr("offersmith.shop.FORMAT", -1)  # plans of another version are no plans
    at = datetime(2025, 4, 2)
    assert shop.facts(at).judged is None
    assert fits == []
    shop.learn(at)
    facts = shop.facts(at)
    assert fits == ["fit"]
    assert facts.plan is None
    assert facts.judged
    assert facts.judged.customers == judging()["customers"]


def test_a_report_finds_the_model_learned_last_whatever_its_moment_and_margin(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = learning.learn

    def judged(*arguments: Any, **named: Any) -> Any:
        fitted: Any = real(*arguments, **named)
        return replace(fitted, evidence=replace(fitted.evidence, judged=judging()))

    monkeypatch.setattr("offersmith.shop.FORMAT", -1)  # plans of another version are no plans
    monkeypatch.setattr(learning, "learn", judged)
    monkeypatch.setattr(Kept, "learned", lambda *_: None)  # of the usual moment nothing is kept
    at = datetime(2025, 1, 20)
    shop.learn(at, margin=0.45)
    facts = shop.facts()
    assert (facts.as_of, facts.margin_rate) == (at, 0.45)
    assert facts.judged
    assert shop.facts(datetime(2025, 1, 21)).judged is None
    written = shop.report(tmp_path / "report.html")
    assert written.as_dict()["learned"] == "2025-01-20T00:00:00"
    assert "the model learned as of 2025-01-20" in written.text()
    # Another catalogue makes another model: what was learned under the old one is not shown.
    other = Shop(shop.folder, msgspec.structs.replace(shop.settings, offers=shop.settings.offers[:1]))
    assert other.facts().judged is None
    assert "offersmith learn" in other.report(tmp_path / "report.html").text("zh")
