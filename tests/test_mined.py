"""The page of what goes together: candidates with money and reasons, a picture with its table, what was left out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from offersmith import Shop
from offersmith.cli import app
from offersmith.errors import InputError, StateError
from offersmith.mined import Mined, mined
from offersmith.preference.mining.candidate import BUNDLES, REASONS
from offersmith.report.base import Figure, Table
from offersmith.report.format import Reader
from offersmith.report.mining.page import page
from offersmith.words import LANGUAGES, catalogue

BEGIN = datetime(2024, 1, 1, 8)
SETTINGS = """
[shop]
name = "corner"
currency = "EUR"
[[events]]
files = ["orders.csv"]
columns = { time = "when", customer_id = "who", order_id = "order", product_id = "sku", product_name = "name", \
category = "kind", quantity = "qty", amount = "paid" }
[economics]
margin_rate = 0.25
"""
GOODS = {"tea": ("Tea", "drinks", 4), "scone": ("Scone", "bakery", 2), "jam": ("Jam", "spreads", 3),
         "milk1": ("Milk", "dairy", 1), "milk2": ("Milk", "dairy", 1), "gift": ("Voucher", "cards", 0)}  # fmt: skip


def corner(folder: Path, lines: list[str]) -> Shop:
    folder.mkdir()
    head = "when,who,order,sku,name,kind,qty,paid"
    (folder / "orders.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    (folder / "offersmith.toml").write_text(SETTINGS, encoding="utf-8")
    shop = Shop.open(folder)
    shop.ingest()
    return shop


def line(when: datetime, who: str, order: str, sku: str) -> str:
    name, kind, price = GOODS.get(sku, (sku, "other", 5))
    return f"{when.isoformat(' ')},{who},{order},{sku},{name},{kind},1,{price}.00"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop where scones go with jam and tea, one milk is as good as the other, and somebody buys 600 things."""
    rng = np.random.default_rng(2)
    lines = []
    for who in range(80):
        for visit in range(20):
            bought = {f"p{n:02}" for n in np.flatnonzero(rng.random(15) < 0.08)}
            if rng.random() < 0.15:
                bought |= {one for one in ("scone", "jam", "tea") if rng.random() < 0.8}
            if rng.random() < 0.6:
                bought.add("milk1" if rng.random() < 0.5 else "milk2")
            when = BEGIN + timedelta(days=visit * 5, minutes=who)
            lines += [line(when, f"c{who:02}", f"o{who}-{visit}", sku) for sku in sorted(bought)]
    lines += [line(BEGIN, "reseller", "big", f"x{n}") for n in range(600)]
    return corner(tmp_path_factory.mktemp("mined") / "corner", lines)


@pytest.fixture(scope="module")
def made(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Mined:
    folder = tmp_path_factory.mktemp("page")
    with shop.engine() as kept:
        return mined(kept, folder / "mining.html", table=folder / "bundles.parquet")


def test_candidates_have_money_and_reasons(made: Mined) -> None:
    assert made.table
    rows = pq.read_table(made.table)
    assert rows.schema.equals(BUNDLES)
    some = {(one["kind"], *one["products"], one["offered"]): one for one in rows.to_pylist()}
    bundle, cross = some["bundle", "jam", "scone", None], some["cross_sell", "jam", "scone"]
    assert (bundle["price"], bundle["margin"]) == (500, 125)
    assert cross["margin"] == 50
    assert cross["confidence"] > 0.5
    share = made.facts.pairs.to_pylist()[0]["with_after"] / made.facts.baskets
    assert cross["gain"] == pytest.approx((cross["confidence"] - share) * 50, rel=0.2)
    assert {"beyond_chance", "beyond_habit", "same_group", "margin_stated"} <= set(bundle["reasons"])
    assert not [one for one in some if {"milk1", "milk2"} <= set(one)]
    for code in REASONS:
        assert f"reason_{code}" in catalogue("mining")


def test_substitutes_and_what_was_left_out_are_told(made: Mined) -> None:
    facts = made.facts
    assert [(one.first, one.second, one.together) for one in facts.substitutes] == [("milk1", "milk2", 0)]
    assert (facts.left.long_baskets, facts.left.long_lines) == (1, 600)
    assert facts.left.rare_items == 600
    assert facts.called["milk1"] == "Milk (milk1)"
    assert facts.called["tea"] == "Tea"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_table_beside_its_picture(made: Mined, language) -> None:
    shown = page(made.facts, Reader(language, "EUR"))
    assert [one.id for one in shown.sections] == ["candidates", "network", "rules", "sequences", "substitutes", "left"]
    (figure,) = [block for section in shown.sections for block in section.blocks if isinstance(block, Figure)]
    chart = figure.chart
    assert len(figure.table.rows) == len(chart.names) == len(chart.x) >= 3
    assert {"Tea", "Scone", "Jam"} <= set(chart.names)
    assert all(sum(run.values[at] is not None for run in chart.series) == 1 for at in range(len(chart.x)))
    pairs, left = shown.sections[2].blocks[0], shown.sections[5].blocks[0]
    assert isinstance(pairs, Table)
    every = made.facts.pairs.to_pylist()
    both = [one["confidence"] for one in every if {*one["before"], one["after"]} == {"jam", "scone"}]
    (row,) = [row for row in pairs.rows if {row[0], row[1]} == {"Jam", "Scone"}]
    assert row[3] == max(both) > min(both)
    assert isinstance(left, Table)
    assert [row[1] for row in left.rows] == [600, 1, 600, 0, 0, 0]
    assert str(made.file) in made.text(language)
    assert made.file.stat().st_size == made.size


def test_the_command_says_the_same(made: Mined, shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    found = CliRunner().invoke(app, ["mining", "--shop", str(shop.folder), "--out", str(out), "--json"])
    assert found.exit_code == 0, found.output
    plain = {"file": "", "table": ""}
    assert {**json.loads(found.output), **plain} == {**json.loads(json.dumps(made.as_dict())), **plain}
    assert out.read_bytes() == made.file.read_bytes()


def test_by_category_and_with_a_floor_there_are_fewer_rules(made: Mined, shop: Shop, tmp_path: Path) -> None:
    with shop.engine() as kept:
        kinds = mined(kept, tmp_path / "kinds.html", by="category").facts
        rare = mined(kept, tmp_path / "rare.html", min_support=0.1).facts
        with pytest.raises(InputError, match="min_support = 2"):
            mined(kept, tmp_path / "none.html", min_support=2)
    assert {"drinks", "bakery"} <= set(kinds.called)
    assert all(one["price"] is None and "price_unknown" in one["reasons"] for one in kinds.bundles.to_pylist())
    assert rare.floor > made.facts.floor
    assert rare.pairs.num_rows < made.facts.pairs.num_rows
    assert not (tmp_path / "none.html").exists()


def test_nothing_after_the_moment_is_known(shop: Shop, tmp_path: Path) -> None:
    with shop.engine() as kept:
        early = mined(kept, tmp_path / "early.html", BEGIN + timedelta(days=7)).facts
        assert early.baskets < 200
        with pytest.raises(StateError, match="nothing happened before"):
            mined(kept, tmp_path / "never.html", datetime(1999, 1, 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shop_where_nothing_goes_together_says_so(tmp_path: Path, made: Mined, language) -> None:
    lines = [line(BEGIN + timedelta(hours=n), f"c{n}", f"o{n}", f"p{n}") for n in range(30)]
    with corner(tmp_path / "once", lines).engine() as kept:
        found = mined(kept, tmp_path / "once.html")
    shown = page(found.facts, Reader(language, "EUR"))
    assert [len(section.blocks) for section in shown.sections] == [0, 0, 0, 0, 0, 1]
    assert all(section.lead for section in shown.sections)
    assert found.facts.left.rare_items == 30
    assert replace(found.facts, as_of=made.facts.as_of).groups == {}
