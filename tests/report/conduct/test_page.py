"""The page of behaviour: both languages, a table beside every picture, and one sentence in place of an empty table."""

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest

from offersmith.profiles.behaviour.abandonment import Abandoned
from offersmith.profiles.behaviour.cycles import Cycle
from offersmith.profiles.behaviour.elasticity import Elasticity
from offersmith.profiles.behaviour.funnel import Funnel, Step
from offersmith.profiles.behaviour.preferred import Preferred
from offersmith.profiles.behaviour.price import PriceSense
from offersmith.profiles.behaviour.seasonality import Bin, Season, Seasonality
from offersmith.profiles.behaviour.visits import Length, Visits
from offersmith.report.base import Figure, Note, Section, Table
from offersmith.report.conduct.facts import Again, ConductFacts, Left, Month, Pile
from offersmith.report.conduct.page import headline, page, render_conduct
from offersmith.report.conduct.pricing import more_sold
from offersmith.report.format import Reader
from offersmith.words import LANGUAGES

AS_OF = "2025-07-05T00:00:00"
EN, ZH = Reader("en", "EUR"), Reader("zh", "EUR")
NOTHING = pa.table({"preferred": pa.array(["web", "web", None], pa.string())})
YEAR = [1.0] * 12
IDS = ["visits", "funnel", "left", "seasons", "price", "preferred", "again"]


def season(of: str, *index: float, clear: bool = True) -> Season:
    first = 1 if of == "month" else 0
    bins = tuple(Bin(str(place + first), value, value - 0.1, value + 0.1, 9) for place, value in enumerate(index))
    return Season(of, bins, 0.5, clear)


@pytest.fixture
def facts() -> ConductFacts:
    steps = (
        Step("view", 1_000, 1.0, 0.9, 1.0, 1.0, 0), Step("cart", 300, 0.3, 0.28, 0.32, 0.3, 700),
        Step("purchase", 100, 1 / 3, 0.3, 0.4, 0.1, 200),
    )  # fmt: skip
    funnel = Funnel("session", AS_OF, "", None, steps, 12)
    carts = Abandoned("carts", AS_OF, 30, 3, 2, 12_345, 3, 2.0, True, NOTHING)
    cycle = Cycle("<p1>", 40, 30, 20, 0.7, 20, 28, 41, 90)
    return ConductFacts(
        shop="Corner",
        as_of=datetime(2025, 7, 5),
        since=datetime(2024, 7, 5),
        currency="EUR",
        visits=Visits(AS_OF, "", 1_000, 200, 50, 112, 3.5, 4.0, (Length("single", 600, 0), Length("longer", 400, 112))),
        funnel=funnel,
        categories=(replace(funnel, category="tea"),),
        carts=Left(carts, (Pile("<p1>", 2, 12_345), Pile("p2", 1, None)), (Pile("ann", 3, 12_345),)),
        views=Left(replace(carts, what="views", value=0, valued=0), (Pile("p2", 2),)),
        seasons=Seasonality(
            AS_OF, 800, 5_000,
            (season("hour", *([0.5] * 23), 3.0), season("weekday", 1, 1, 1, 1, 1, 1.4, 0.6), season("month", *YEAR)),
        ),
        months=tuple(Month(date(2025, month, 1), orders, month < 7) for month, orders in ((5, 90), (6, 120), (7, 9))),
        price=PriceSense(AS_OF, 90, 0.4, 0.2, 0.1, {"seeks": 20, "as_others": 50, "avoids": 20}, NOTHING),
        elasticities=(
            Elasticity("tea", 100, 5, 0.5, -2.0, -2.5, -1.5), Elasticity("milk", 90, 5, 0.5, 0.3, -0.1, 0.7),
            Elasticity("jam", 9, 1, 0.5, reason="too_few"),
        ),
        preferred=(
            Preferred("hour", AS_OF, {"evening": 0.6, "night": 0.4}, 5.0, 3, 0, "", NOTHING.slice(2)),
            Preferred("weekday", AS_OF, {"6": 0.6, "0": 0.4}, 5.0, 3, 0, "", NOTHING.slice(2)),
            Preferred("channel", AS_OF, {"web": 0.7, "app": 0.3}, 5.0, 3, 2, "", NOTHING),
            Preferred("device", AS_OF, {}, 0.0, 0, 0, "not_recorded", NOTHING),
        ),
        again=(Again(cycle, 4, 5),),
        cycles=1,
        without=6,
        due={"waiting": 1, "due": 4, "overdue": 5, "lapsed": 2},
        kinds=(replace(cycle, thing="tea"),),
        names={"<p1>": "green tea"},
    )  # fmt: skip


def sections(facts: ConductFacts, reader: Reader) -> dict[str, Section]:
    return {one.id: one for one in page(facts, reader).sections}


def figures(section: Section) -> list[Figure]:
    return [block for block in section.blocks if isinstance(block, Figure)]


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("reader", [EN, ZH])
def test_everything_is_on_the_page_with_a_table_beside_every_picture(facts: ConductFacts, reader: Reader) -> None:
    found = sections(facts, reader)
    assert list(found) == IDS
    assert [len(figures(one)) for one in found.values()] == [1, 1, 0, 4, 2, 3, 1]
    for one in found.values():
        for table in tables(one):
            assert table.rows
            assert all(len(row) == len(table.columns) for row in table.rows)
        for figure in figures(one):
            assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)
    assert len(page(facts, reader).numbers) == 5


def test_the_funnel_says_where_most_are_lost(facts: ConductFacts) -> None:
    assert headline(facts, EN) == (
        "10% of the visits in which somebody looked at a product end with a purchase; "
        "most are lost before anything is in the cart"
    )
    shown = sections(facts, EN)["funnel"]
    assert "700 visits, 70% of those that had come so far" in shown.lead
    assert "12 visits with a purchase skipped a step" in shown.lead
    (figure,) = figures(shown)
    assert figure.chart.series[0].values == (1_000, 300, 100)
    assert figure.table.rows[2] == ("bought", 100, 1 / 3, 0.1, 200)
    assert tables(shown)[0].rows == (("tea", 1_000, 0.3, 1 / 3, 0.1),)


def test_carts_are_worth_what_is_known_and_no_less(facts: ConductFacts) -> None:
    left = sections(facts, EN)["left"]
    assert "2 customers left something in the cart, 1.5 products each on average. It is worth €123 in all." in left.lead
    some = replace(facts.carts, found=replace(facts.carts.found, valued=2))
    assert "as far as prices are known" in sections(replace(facts, carts=some), EN)["left"].lead
    carts, views, largest = tables(left)
    assert carts.rows == (("<p1>", "green tea", 2, 123.45), ("p2", "–", 1, None))
    assert views.rows == (("p2", "–", 2),)
    assert largest.rows == (("ann", 3, 123.45),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_that_cannot_be_told_is_said_with_what_it_takes(facts: ConductFacts, language) -> None:
    hour, weekday, _ = facts.seasons.seasons
    short = replace(facts.seasons, seasons=(hour, replace(weekday, clear=False), Season("month", reason="too_short")))
    shown = sections(replace(facts, seasons=short), Reader(language, "EUR"))["seasons"]
    (note,) = [block for block in shown.blocks if isinstance(block, Note)]
    assert "24" in note.text
    assert "2" in note.text
    months, weekdays, hours = figures(shown)
    assert months.chart.series[0].muted_points == (2,)
    assert {"en": "No pattern", "zh": "没有超出偶然"}[language] in weekdays.chart.summary
    assert len(hours.table.rows) == 24
    assert "23" in hours.chart.summary


def test_lower_prices_sell_more_where_the_elasticity_is_below_zero(facts: ConductFacts) -> None:
    assert more_sold(-2.0) == pytest.approx(1 / 0.81 - 1)
    assert more_sold(0.0) == 0.0
    shown = figures(sections(facts, EN)["price"])[1]
    assert shown.chart.x == ("tea", "milk")
    (series,) = shown.chart.series
    for low, value, high in zip(series.low, series.values, series.high, strict=True):
        assert low is not None
        assert value is not None
        assert high is not None
        assert low < value < high
    assert "tea answers most: +23% pieces" in shown.chart.summary


def test_the_median_days_stand_between_the_quartiles(facts: ConductFacts) -> None:
    shown = sections(facts, EN)["again"]
    assert "1 of 7 products" in shown.lead
    (figure,) = figures(shown)
    assert figure.table.rows == (("green tea (<p1>)", 28, 20, 41),)
    products, statuses, kinds = tables(shown)
    assert products.rows[0][-2:] == (4, 5)
    assert [row[1] for row in statuses.rows] == [1, 4, 5, 2]
    assert kinds.rows[0][0] == "tea"


@pytest.mark.parametrize("reader", [EN, ZH])
def test_what_is_not_recorded_is_one_sentence_and_no_empty_table(facts: ConductFacts, reader: Reader) -> None:
    never = replace(facts.carts.found, recorded=False, rows=0, customers=0)
    bare = replace(
        facts,
        visits=Visits(AS_OF, "", reason="only_purchases"),
        funnel=replace(facts.funnel, steps=(), reason="only_purchases"),
        carts=Left(never, ()),
        views=Left(replace(never, what="views"), ()),
        months=(),
        seasons=Seasonality(AS_OF, 0, 0, tuple(Season(of, reason="too_short") for of in ("hour", "weekday", "month"))),
        price=replace(facts.price, deal_share=None),
        elasticities=(),
        preferred=facts.preferred[3:],
        again=(),
        kinds=(),
        cycles=0,
    )
    found = sections(bare, reader)
    assert [one.blocks for one in found.values()] == [()] * len(IDS)
    assert all(one.lead for one in found.values())
    assert [one.value for one in page(bare, reader).numbers] == ["0"]
    assert headline(bare, reader) == headline(replace(bare, without=99), reader)
    assert headline(replace(bare, cycles=3), reader) != headline(bare, reader)
    busy = replace(bare, seasons=facts.seasons)
    assert {"en": "Saturday", "zh": "星期六"}[reader.language] in headline(busy, reader)


@pytest.mark.parametrize("reader", [EN, ZH])
def test_nothing_left_is_no_unrecorded(facts: ConductFacts, reader: Reader) -> None:
    none = replace(facts.carts.found, rows=0, customers=0)
    left = sections(replace(facts, carts=Left(none, ()), views=Left(replace(none, what="views"), ())), reader)["left"]
    assert left.blocks == ()
    assert left.lead.count("30") == 2 or reader is ZH
    half = replace(facts, views=Left(replace(none, what="views", recorded=False), ()))
    assert len(tables(sections(half, reader)["left"])) == 2


def test_names_of_products_cannot_break_the_page(facts: ConductFacts) -> None:
    html = render_conduct(facts)
    assert "<p1>" not in html
    assert html == render_conduct(facts)
    assert html.count('lang="zh') >= 1
