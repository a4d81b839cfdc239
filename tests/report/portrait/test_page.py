"""The page of one customer: both languages, a table beside every picture, and what is not known said as such."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.report.reading import texts

from offersmith.report.base import Figure, Note, Page, Table
from offersmith.report.format import Reader
from offersmith.report.inputs_base import Both, Interval
from offersmith.report.portrait.facts import (
    Due,
    Given,
    Group,
    Habit,
    Happened,
    Interest,
    Move,
    Neighbour,
    PortraitFacts,
    Standing,
    Worth,
)
from offersmith.report.portrait.page import page, render_portrait
from offersmith.words import LANGUAGES

EN, ZH = Reader("en", "USD"), Reader("zh", "USD")
WORTH = Worth(
    horizon_days=365, alive=0.9, orders=Interval(6.2, 5.1, 7.3), value=Interval(310.0, 250.0, 380.0), churn=0.004,
    next_from=date(2025, 7, 8), next_until=date(2025, 7, 20), next_chance=0.5, model="bg_nbd",
)  # fmt: skip
BOUGHT = Happened(datetime(2025, 7, 1, 12), "purchase", "wine", 2, 3, 4_550, 500, "", "web")
LOOKED = Happened(datetime(2025, 6, 1, 12), "view_item", "tea", 0, 4, None, None, "", "web")


@pytest.fixture
def facts() -> PortraitFacts:
    usual = Group(Both("habits", "习惯"), Both("Loyal", "忠诚顾客"), Both("They come.", "常来。"), 20, 0.1)
    return PortraitFacts(
        shop="Corner shop",
        customer_id="<b>ann</b>",
        as_of=datetime(2025, 7, 5),
        currency="USD",
        groups=(usual,),
        moves=(Move(Both("Loyal", "忠诚顾客"), 0.75), Move(Both("At risk", "流失风险"), 0.25)),
        moved_days=28,
        neighbour=Neighbour(Both("Big spenders", "高消费顾客"), 0.95),
        habits=(Habit(Both("Time of day", "时段"), Both("in the evening", "晚上"), Both("7 days", "7 天")),),
        due=(
            Due("p1", "<i>tea</i>", 4, date(2025, 6, 1), 29.6, date(2025, 6, 25), date(2025, 7, 9), "due"),
            Due("p2", "", 2, date(2025, 6, 20), 40.0, date(2025, 7, 20), date(2025, 8, 9), "waiting"),
        ),
        due_products=7,
        interests=(Interest("绿茶", "category", 0.6, 12, date(2025, 7, 1)), Interest("wine", "word", 0.2, 3, None)),
        worth=WORTH,
        worth_reason="",
        happened=(BOUGHT, LOOKED),
        cut=False,
        months={date(2025, 6, 1): 0, date(2025, 7, 1): 4_550},
        given=(Given(Both.same("Ten off"), date(2025, 6, 2), date(2025, 6, 5)),),
        standings=(
            Standing("recency", 4.0, "days", 0.2),
            Standing("orders", 3.0, "orders", 0.7),
            Standing("spend", 12_345.0, "minor", 0.999),
            Standing("cadence", None, "days", None),
        ),
    )


def everything(shown: Page) -> list[str]:
    found = [shown.title, shown.headline, shown.standfirst]
    found += [text for one in shown.numbers for text in (one.value, one.label, one.hint)]
    for section in shown.sections:
        found += [section.title, section.lead]
        for block in section.blocks:
            found += [block.text] if isinstance(block, Note) else list(texts(block))
    return found


def test_the_story_says_who_when_and_how_much(facts: PortraitFacts) -> None:
    shown = page(facts, EN)
    assert shown.headline == "<b>ann</b>: Loyal, and >99% likely to buy again within 365 days"
    assert "3 orders so far, $123 paid, the last of them 4 days ago." in shown.standfirst
    assert "between 8 July 2025 and 20 July 2025 with a chance of 50%" in shown.standfirst
    assert "绿茶, wine" in shown.standfirst
    assert [one.value for one in shown.numbers] == ["Loyal", "$310", "6.2", "<1%"]
    assert all("as of 5 July 2025" in one.hint for one in shown.numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_its_table(facts: PortraitFacts, language) -> None:
    shown = page(facts, Reader(language, "USD"))
    assert [section.id for section in shown.sections] == [
        "who",
        "worth",
        "likes",
        "habits",
        "again",
        "happened",
        "offers",
        "all",
    ]
    figures = [block for section in shown.sections for block in section.blocks if isinstance(block, Figure)]
    moved, liked, paid = (figure.chart.series[0].values for figure in figures)
    assert (moved, liked, paid) == ((0.75, 0.25), (0.6, 0.2), (0.0, 45.5))
    assert [row[1] for row in figures[2].table.rows] == [0.0, 45.5]


def test_both_languages_tell_the_same_and_neither_lacks_a_word(facts: PortraitFacts) -> None:
    assert len(everything(page(facts, EN))) == len(everything(page(facts, ZH)))
    assert not [one for one in everything(page(facts, ZH)) if "segment" in one or "Loyal" in one]
    assert "{" not in "".join([*everything(page(facts, EN)), *everything(page(facts, ZH))])


def test_the_timeline_tells_orders_and_days(facts: PortraitFacts) -> None:
    section = next(one for one in page(facts, EN).sections if one.id == "happened")
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    assert table.rows == (
        ("1 July 2025", "bought", "wine and 2 more", "$45.50", "$5.00", ""),
        ("1 June 2025", "looked at, 4 times", "tea", "", "", ""),
    )


def test_what_is_not_known_is_said(facts: PortraitFacts) -> None:
    bare = replace(
        facts, groups=(), moves=(), interests=(), worth=None, worth_reason="never_bought", happened=(), months={},
        given=(), standings=(),
    )  # fmt: skip
    for reader in (EN, ZH):
        shown = page(bare, reader)
        assert not [block for section in shown.sections for block in section.blocks if isinstance(block, Figure)]
    shown = page(bare, EN)
    assert shown.standfirst == "Has bought nothing so far."
    assert "has not bought yet" in shown.sections[1].blocks[0].text  # type: ignore[union-attr]
    kept_out = replace(facts, worth=replace(WORTH, kept_out=True, value=None, next_from=None, next_until=None))
    worth = page(kept_out, EN).sections[1]
    assert [block.level for block in worth.blocks if isinstance(block, Note)] == ["warning"]
    assert "between 8 July" not in page(kept_out, EN).standfirst


def test_one_file_says_it_all_and_escapes_what_others_wrote(facts: PortraitFacts) -> None:
    html = render_portrait(facts)
    assert html == render_portrait(facts)
    assert "<b>ann</b>" not in html
    assert "忠诚顾客" in html
    assert "https://" not in html.split("<script>")[0]
