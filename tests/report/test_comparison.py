"""The page of two plans: both languages, a table beside every picture, and the numbers of the comparison."""

import json
import re
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.offers.catalogue import catalogue
from offersmith.report.base import Figure, Note, Table, Text
from offersmith.report.comparison import page, render_comparison, write
from offersmith.report.comparison_blocks import SERIES, flows
from offersmith.report.format import Reader
from offersmith.settings import Settings
from offersmith.strategy.compare import Comparison, Side, compare
from offersmith.vocabulary import DECISIONS
from offersmith.words import LANGUAGES

SEGMENT_FEATURES = ("recency", "tenure", "orders", "spend", "cadence")
OFFERS = tuple(one.offer_id for one in catalogue(Settings().offers, "USD"))


def side(version: str, offers: list[str], **more: object) -> Side:
    """One plan about as many customers as there are offers."""
    size = len(offers)
    ids = [f"c{place:03}" for place in range(size)]
    cost = [float(OFFERS.index(one)) if one in OFFERS else 1.0 for one in offers]
    profit, ones = [2 * one for one in cost], [1.0] * size
    until = [datetime(2026, 2, 1)] * size
    columns = [ids, ids, offers, ones, profit, cost, [["most_profit"]] * size, [None] * size, [version] * size, until]
    table = pa.table([pa.array(one, field.type) for one, field in zip(columns, DECISIONS, strict=True)], DECISIONS)
    budget = {"name": "budget", "bound": 90.0, "usage": sum(cost), "price": 0.5}
    summary = {
        "version": version,
        "as_of": "2026-01-01T00:00:00",
        "currency": "USD",
        "budget": 90.0,
        "spent": sum(cost),
        "expected_profit": sum(profit),
        "explore_asked": 0.1,
        "model_versions": ["m1"],
        "certificate": {"rows": [budget]},
        "catalogue": [
            {"offer_id": one.offer_id, "kind": one.kind, "terms": dict(one.terms), "name": one.name, "version": 1}
            for one in catalogue(Settings().offers, "USD")[1:]
        ],
        **more,
    }
    return Side(summary, table)


def profiles(customers: int) -> pa.Table:
    rng = np.random.default_rng(5)
    features = {name: rng.uniform(0, 30, customers).round() for name in SEGMENT_FEATURES}
    return pa.table({"customer_id": [f"c{place:03}" for place in range(customers)], **features})


@pytest.fixture(scope="module")
def made() -> Comparison:
    rng = np.random.default_rng(2)
    one, two = (rng.choice(OFFERS, 60).tolist() for _ in range(2))
    return compare(side("one", one), side("two", two, budget=120.0, model_versions=["m2"]), profiles(60))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_its_table_and_they_add_up(made: Comparison, language) -> None:
    shown = page(made, "Corner shop", Reader(language, "USD"))
    assert [section.id for section in shown.sections] == ["who", "shop", "asked", "beware"]
    figures = [block for section in shown.sections for block in section.blocks if isinstance(block, Figure)]
    moved, gains, given = (figure.chart for figure in figures)
    assert sum(sum(run.values) for run in moved.series) == made.moved
    assert [sum(run.values) for run in gains.series] == [made.fortune.better, made.fortune.worse]
    assert [sum(run.values) for run in given.series] == [made.before.given, made.after.given]
    stays = sum(row[1] for row in figures[0].table.rows)
    assert stays + made.moved == made.customers
    tables = [block for section in shown.sections for block in section.blocks if isinstance(block, Table)]
    assert sum(row[2] for row in tables[0].rows) == made.customers
    assert tables[1].rows[0][0] == "budget"
    assert tables[2].rows[0] == ("budget", "90.00 USD", "120.00 USD")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changes_everything_stands_at_the_top(made: Comparison, language) -> None:
    shown = page(made, "Corner shop", Reader(language, "USD"))
    assert [target for _, target in shown.warnings] == ["beware"]
    notes = [block for block in shown.sections[-1].blocks if isinstance(block, Note)]
    assert [note.level for note in notes] == ["warning", "info"]
    assert notes[0].text == shown.warnings[0][0]


def test_one_file_has_both_languages_and_fetches_nothing(made: Comparison, tmp_path) -> None:
    written = write(made, tmp_path / "page.html", shop="<Corner> & shop", language="zh")
    html = written.file.read_text(encoding="utf-8")
    marks = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert written.size == len(html.encode())
    assert '<html lang="zh">' in html
    assert re.search(r'<div class="edition" id="edition-en"[^>]* hidden>', html)
    assert re.search(r'<div class="edition" id="edition-zh"[^>]*[^n]>', html)
    assert "&lt;Corner&gt; &amp; shop" in html
    assert not re.search(r"<(?:script|img|link|iframe)[^>]* (?:src|href)=", marks)
    ids = re.findall(r'<[^>]* id="([^"]+)"', marks)
    assert len(ids) == len(set(ids)) > 10
    assert json.loads(json.dumps(written.as_dict()))["file"] == str(written.file)
    assert str(written.file) in str(written)
    assert html == render_comparison(made, shop="<Corner> & shop", language="zh")


def test_a_plan_beside_itself_is_a_short_page() -> None:
    one = side("one", ["none", OFFERS[1]])
    shown = page(compare(one, one), "Corner shop", Reader("en", "USD"))
    assert shown.headline == "Both plans decide the same for everybody"
    assert [type(block) for block in shown.sections[0].blocks] == [Text]
    assert isinstance(shown.sections[2].blocks[0], Text)
    assert render_comparison(compare(side("one", []), side("two", [])), shop="Corner shop")


@pytest.mark.parametrize(("after", "says"), [
    ([OFFERS[1]], "1 customer gains, 0 lose; the shop expects $2.00 more"),
    (["none"], "0 customers gain, 1 loses; the shop expects $4.00 less"),
])  # fmt: skip
def test_the_headline_says_both_sides(after, says) -> None:
    before = ["none"] if after[0] != "none" else [OFFERS[2]]
    assert page(compare(side("one", before), side("two", after)), "", Reader("en", "USD")).headline == says


def test_many_offers_share_a_colour() -> None:
    ids = [f"o{place:02}" for place in range(12)]
    more = [{"offer_id": one, "kind": "percent_off", "terms": {"percent": 5}, "name": one, "version": 1} for one in ids]
    one, two = (side(name, offers, catalogue=more) for name, offers in (("one", ["none"] * 12), ("two", ids)))
    figure = flows(compare(one, two), Reader("en", "USD"))[0]
    assert isinstance(figure, Figure)
    assert len(figure.chart.series) == SERIES + 1
    assert sum(sum(run.values) for run in figure.chart.series) == 12
    assert figure.chart.series[-1].name == "other offers"
