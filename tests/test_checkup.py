"""The page of quality: what is odd is named with its figures, drift adds up, and what cannot be asked is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.checkup import Checkup
from offersmith.cli import app
from offersmith.errors import InputError, StateError
from offersmith.profiles.drift import drift
from offersmith.profiles.odd import odd
from offersmith.report.base import Figure, Table
from offersmith.report.checkup.page import page
from offersmith.report.format import Reader
from offersmith.words import LANGUAGES

DAY = datetime(2024, 3, 1, 10)
SETTINGS = """
[shop]
name = "corner"
currency = "EUR"
[[events]]
files = ["orders.csv"]
columns = {{ time = "when", customer_id = "who", product_id = "sku", quantity = "qty", amount = "paid" }}
{more}
"""


def corner(folder: Path, lines: list[str], more: str = "") -> Shop:
    """Return a shop of order lines `when,who,sku,qty,paid`."""
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text("\n".join(["when,who,sku,qty,paid", *lines, ""]), encoding="utf-8")
    (folder / "offersmith.toml").write_text(SETTINGS.format(more=more), encoding="utf-8")
    shop = Shop.open(folder)
    shop.ingest()
    return shop


def orders(customers: int = 60, days: int = 90) -> list[str]:
    """Return what everybody buys every week or so, twice as dear in the last month."""
    found = []
    for who in range(customers):
        for day in range(who % 7, days, 5 + who % 5):
            paid = (5 + who % 9) * (2 if day > days - 30 else 1)
            found.append(f"{(DAY + timedelta(days=day)).isoformat(' ')},c{who:02},p{(who + day) % 30:02},1,{paid}.00")
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a reseller, a deposit booked as a product, and an amount that was filled in."""
    lines = orders()
    lines[20] = lines[20].rsplit(",", 1)[0] + ","
    lines += [f"{(DAY + timedelta(hours=h)).isoformat(' ')},reseller,p{h % 30:02},40,9000.00" for h in range(2_000)]
    lines += [f"{(DAY + timedelta(days=80)).isoformat(' ')},c01,deposit,9000,250000.00"]
    return corner(tmp_path_factory.mktemp("checkup") / "corner", lines, '[repair]\namount = "median"\n')


@pytest.fixture(scope="module")
def made(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Checkup:
    return shop.quality(tmp_path_factory.mktemp("page") / "quality.html")


def test_drift_is_of_four_weeks_and_sorted(made: Checkup) -> None:
    facts = made.facts
    assert facts.as_of - facts.since == timedelta(days=28)
    assert facts.drift
    furthest = [one.psi for one in facts.drift.features]
    assert furthest == sorted(furthest, reverse=True)
    assert {"recency", "tenure", "orders", "spend"} <= facts.aging
    assert not {"orders_30d", "spend_decayed_30d", "discount_share"} & facts.aging
    assert "orders_365d" in facts.aging  # longer than the shop has been there
    assert {one.feature for one in (*facts.moved, *facts.aged)} == {one.feature for one in facts.drift.moved()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_table_beside_every_picture(made: Checkup, language) -> None:
    shown = page(made.facts, Reader(language, "EUR"))
    assert [section.id for section in shown.sections] == ["customers", "products", "drift", "quality"]
    drift = shown.sections[2]
    figures = [block for block in drift.blocks if isinstance(block, Figure)]
    assert len(figures) >= 2
    for figure in figures[1:]:
        for run in figure.chart.series:
            assert sum(value or 0 for value in run.values) == pytest.approx(1)
        assert len(set(figure.chart.x)) == len(figure.chart.x)
    (every,) = [block for block in drift.blocks if isinstance(block, Table)]
    assert made.facts.drift
    assert len(every.rows) == len(made.facts.drift.features)
    assert made.file.stat().st_size == made.size
    assert str(made.file) in made.text(language)


def test_the_command_says_the_same_between_two_moments(made: Checkup, shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    moments = [made.facts.since.isoformat(), made.facts.as_of.isoformat()]
    asked = ["quality", "--shop", str(shop.folder), "--out", str(out), "--json"]
    found = CliRunner().invoke(app, [*asked, "--between", *moments])
    assert found.exit_code == 0
    assert {**json.loads(found.output), "file": ""} == {**json.loads(json.dumps(made.as_dict())), "file": ""}
    assert out.read_bytes() == made.file.read_bytes()
    both = CliRunner().invoke(app, [*asked, "--between", *moments, "--since", "2024-03-10"])
    assert both.exit_code == 2
    assert "--since" in both.output


def test_moments_that_cannot_be_are_refused(shop: Shop, made: Checkup, tmp_path: Path) -> None:
    at, out = made.facts.as_of, tmp_path / "none.html"
    with pytest.raises(InputError, match="since must be the earlier one"):
        shop.quality(out, at - timedelta(days=9), at - timedelta(days=2))
    with pytest.raises(InputError, match="nothing is known yet"):
        shop.quality(out, at + timedelta(days=1))
    with pytest.raises(InputError, match="since is 2999"):
        shop.quality(out, since=datetime(2999, 1, 1))
    with pytest.raises(StateError, match="nothing happened before"):
        shop.quality(out, since=datetime(1999, 1, 1))
    assert not out.exists()


def test_what_moved_is_said_with_its_way_and_what_is_odd_with_its_figures(made: Checkup) -> None:
    facts = made.facts
    assert [one.key for one in facts.kept_out.found] == ["reseller"]
    assert "deposit" in {one.key for one in facts.products.found}
    shown = page(facts, Reader("en", "EUR"))
    customers, products = (section.blocks[0] for section in shown.sections[:2])
    assert isinstance(customers, Table)
    assert isinstance(products, Table)
    assert customers.rows[0][:2] == ("reseller", "a reseller")
    assert "paid in all €18,000,000" in str(customers.rows[0][2])
    assert customers.rows[0][3] == "no"
    assert {row[3] for row in customers.rows[1:]} <= {"yes"}
    assert {one.feature: one.move for one in facts.moved}["basket_value_max"] == "up"
    assert "reseller" in made.text("en")


def test_what_was_filled_in_is_on_the_page(made: Checkup) -> None:
    (said,) = made.facts.repaired
    assert "1 missing value filled in" in said.en
    assert "1 amount is a guess and comes to" in said.en
    text = made.file.read_text(encoding="utf-8")
    assert text.count("Filled in while reading") == 1
    assert text.count("读取时填补") == 1
    assert any("1 amount is a guess" in finding.text.en for finding in made.facts.read.findings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shop_too_young_or_too_small_for_drift_says_so(made: Checkup, language) -> None:
    reader, facts = Reader(language, "EUR"), made.facts
    alone = {"en": "no events before", "zh": "之前没有事件"}
    young = page(replace(facts, drift=None), reader)
    assert alone[language] in young.sections[2].lead
    assert not young.sections[2].blocks
    table = pa.table({"customer_id": ["one", "two"], "spend": [1.0, float("nan")]})
    few = page(replace(facts, drift=drift(table, table), aging=frozenset()), reader)
    assert "30" in few.sections[2].lead
    assert not few.sections[2].blocks
    nobody = odd(table, 0)
    clean = page(replace(facts, customers=nobody, kept_out=nobody, products=nobody), reader)
    assert not clean.sections[0].blocks
    assert not clean.sections[1].blocks


def test_constant_features_and_unknown_values_are_drawn(made: Checkup) -> None:
    rows = 60
    columns = {"customer_id": [f"c{n}" for n in range(rows)], "orders_30d": [3.0] * rows}
    first = pa.table({**columns, "discount_share": [float("nan")] * rows})
    second = pa.table({**columns, "discount_share": [0.5] * rows})
    found = drift(first, second)
    assert {one.feature: one.verdict for one in found.features} == {"orders_30d": "stable", "discount_share": "shifted"}
    for language in LANGUAGES:
        shown = page(replace(made.facts, drift=found, aging=frozenset()), Reader(language, "EUR"))
        figures = [block for block in shown.sections[2].blocks if isinstance(block, Figure)]
        assert [len(figure.chart.x) for figure in figures] == [2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("lines", [orders(1), [f"{DAY},c{who:02},apple,1,5.00" for who in range(80)]])
def test_one_customer_and_a_single_day_have_a_page(tmp_path: Path, lines: list[str]) -> None:
    found = corner(tmp_path / "corner", lines).quality(tmp_path / "q.html")
    assert found.facts.drift is None or found.facts.too_few
    assert found.facts.customers.found == found.facts.kept_out.found == found.facts.products.found == ()


def test_a_shop_without_events_says_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "offersmith.toml").write_text(SETTINGS.format(more=""), encoding="utf-8")
    with pytest.raises(StateError, match="no events"):
        Shop.open(folder).quality(tmp_path / "q.html")
