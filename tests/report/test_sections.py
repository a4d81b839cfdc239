"""What the sections say, and that they say the right one of two things."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from offersmith.report.base import Cards, Figure, Note, Numbers, Table, Text
from offersmith.report.format import Reader
from offersmith.report.inputs import Both, EffectFacts, EffectRow, Interval, PlanDifference, ReportFacts, ScoreRow
from offersmith.report.pages import promotion
from offersmith.report.sections import caveats, effects, glance, happened, headline, models, plan, quality, segments
from offersmith.vocabulary import EVENT_NAMES, EVENTS
from offersmith.words import LANGUAGES, Language

EN, ZH = Reader("en", "USD"), Reader("zh", "USD")
START = datetime(2017, 10, 30)


def campaign(effect: Interval, placebo: Interval) -> EffectRow:
    bias = max(abs(placebo.low), abs(placebo.high))
    claim = Interval(effect.estimate, effect.low - bias, effect.high + bias)
    return EffectRow(Both.same("c"), 100, 200, effect, placebo, claim, 9.0, 50.0, 40.0)


@pytest.mark.parametrize(
    ("effect", "placebo", "said"),
    [
        (Interval(5, 3, 7), Interval(0, -2, 2), "supported"),
        (Interval(-5, -7, -3), Interval(0, -2, 2), "harmful"),
        (Interval(5, 1, 9), Interval(0, -2, 2), "unclear"),
        (Interval(9, 8, 10), Interval(2, 1, 3), "placebo_failed"),
        (Interval(5, -1, 11), Interval(0, -2, 2), "unclear"),
        (Interval(5, 1, 9), Interval(3, 1, 5), "placebo_failed"),
        (Interval(5, -1, 11), Interval(-3, -5, -1), "placebo_failed"),
    ],
)
def test_no_more_is_claimed_than_the_placebo_allows(effect: Interval, placebo: Interval, said: str) -> None:
    assert effects.verdict(campaign(effect, placebo)) == said


def test_the_lead_counts_only_what_may_be_claimed() -> None:
    rows = (campaign(Interval(5, 1, 9), Interval(3, 1, 5)), campaign(Interval(5, -1, 11), Interval(0, -1, 1)))
    section = effects.section(EffectFacts(rows, 28), EN)
    assert section
    assert section.lead.startswith("None of the past campaigns")
    assert effects.section(EffectFacts((), 28), EN) is None


def test_campaigns_decided_by_lot_are_not_called_chosen() -> None:
    good = campaign(Interval(5, 3, 7), Interval(0, -2, 2))
    drawn, chosen = replace(good, campaign=Both.same("drawn"), logged=True), replace(good, campaign=Both.same("sent"))
    said = {}
    for name, rows in {"lot": (drawn,), "none": (chosen,), "both": (drawn, chosen)}.items():
        section = effects.section(EffectFacts(rows, 28), EN)
        assert section
        said[name] = [block.text for block in section.blocks if isinstance(block, Note)]
        claims = next(block for block in section.blocks if isinstance(block, Table))
        assert ["this is an experiment" in str(row[1]) for row in claims.rows] == [row.logged for row in rows]
    assert not any("No lot is on record" in text for text in said["lot"])
    assert said["lot"][0].startswith("A lot decided all of these campaigns, with the chances on record.")
    assert said["none"][0].startswith("No lot is on record, so recipients count as chosen.")
    assert len(said["none"]) == 1
    assert said["both"][0].startswith("No lot is on record of sent, so")
    assert said["both"][1].startswith("A lot decided drawn, with the chances on record.")


@pytest.mark.parametrize("reader", [EN, ZH])
@pytest.mark.parametrize(
    ("effect", "placebo"),
    [
        (Interval(5, 3, 7), Interval(0, -2, 2)),
        (Interval(-5, -7, -3), Interval(0, -2, 2)),
        (Interval(5, 1, 9), Interval(0, -2, 2)),
        (Interval(9, 8, 10), Interval(2, 1, 3)),
    ],
)
def test_a_claim_of_a_lot_has_words_of_its_own(reader: Reader, effect: Interval, placebo: Interval) -> None:
    texts = []
    for logged in (True, False):
        section = effects.section(EffectFacts((replace(campaign(effect, placebo), logged=logged),), 28), reader)
        assert section
        texts.append(next(str(block.rows[0][1]) for block in section.blocks if isinstance(block, Table)))
    assert texts[0] != texts[1]


def test_the_headline_says_what_the_plan_earns(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    said = headline.headline(full_facts, EN)
    given = sum(row.customers for row in full_facts.plan.offers if not row.is_none)
    assert f"Give {given:,} of 2,469 customers an offer from 30 October 2017" in said
    assert EN.money(full_facts.plan.profit.estimate) in said


def test_the_headline_counts_customers_and_not_their_offers(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    none = next(row for row in full_facts.plan.offers if row.is_none)
    offers = [row if row.is_none else replace(row, customers=2 * row.customers) for row in full_facts.plan.offers]
    twice = replace(full_facts, plan=replace(full_facts.plan, offers=tuple(offers)))
    assert f"Give {2469 - none.customers:,} of 2,469 customers an offer" in headline.headline(twice, EN)
    assert headline.numbers(twice, EN) == headline.numbers(full_facts, EN)


def test_a_loss_or_an_empty_plan_is_not_sold_as_a_gain(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    loss = replace(full_facts, plan=replace(full_facts.plan, profit=Interval(-300.0, -900.0, 100.0)))
    assert "would cost $300 more than it earns" in headline.headline(loss, EN)
    nobody = tuple(replace(row, customers=0) if not row.is_none else row for row in full_facts.plan.offers)
    empty = replace(full_facts, plan=replace(full_facts.plan, offers=nobody))
    assert headline.headline(empty, EN).startswith("Send no offers")
    assert headline.numbers(empty, EN) == ()
    assert "$0.00" not in headline.standfirst(empty, EN)


def test_a_gain_that_may_be_a_loss_says_so(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    unsure = replace(full_facts, plan=replace(full_facts.plan, profit=Interval(500.0, -700.0, 1700.0)))
    assert headline.headline(unsure, EN).endswith("the data cannot tell that from nothing.")
    assert "loss" not in headline.headline(full_facts, EN)


def test_many_cards_become_rows(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    cards = full_facts.plan.cards * 3
    blocks = plan.section(replace(full_facts.plan, cards=cards), EN).blocks
    shown = next(block for block in blocks if isinstance(block, Cards))
    rows = blocks[-1]
    assert isinstance(rows, Table)
    assert len(shown.items) == plan.CARDS
    assert len(shown.items) + len(rows.rows) == len(cards)


def test_without_a_plan_the_page_is_about_the_shop(full_facts: ReportFacts) -> None:
    page = promotion(replace(full_facts, plan=None), "en")
    assert page.headline.startswith("2,440 customers bought in 155,848 orders")
    assert page.standfirst.startswith("Sales from 1 January 2017")
    assert page.numbers == ()
    assert page.title == "Complete Journey: the shop and its data"


def test_a_cold_start_says_so(cold_facts: ReportFacts) -> None:
    assert cold_facts.plan
    page = promotion(cold_facts, "en")
    assert "no campaign history" in page.standfirst
    assert "drawn by lot" in plan.section(cold_facts.plan, EN).lead
    section = caveats.section(cold_facts, EN)
    assert section
    first = section.blocks[0]
    assert isinstance(first, Note)
    assert first.level == "serious"
    assert "raises the chance to buy by 1.5%" in first.text


def test_an_experiment_says_what_it_costs(cold_facts: ReportFacts) -> None:
    assert cold_facts.plan
    price = replace(cold_facts, plan=replace(cold_facts.plan, profit=Interval(-1482.0, -3606.0, 641.0)))
    assert "an experiment expected to cost £1,482" in headline.headline(price, Reader("en", "GBP"))
    first = headline.numbers(price, Reader("en", "GBP"))[0]
    assert (first.value, first.label) == ("£1,482", "Expected net cost of the experiment")
    assert "cost" not in headline.headline(cold_facts, EN)


def test_a_loss_is_called_one(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    loss = replace(full_facts, plan=replace(full_facts.plan, profit=Interval(-300.0, -900.0, 100.0)))
    first = headline.numbers(loss, EN)[0]
    assert (first.value, first.label) == ("$300", "Expected loss")
    assert "a minus is a loss" in headline.standfirst(loss, EN)


def test_a_loss_that_only_the_lots_make_is_an_experiment(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    lots = PlanDifference(by_lot=13.64, reserve=0.0, not_proved=0.0, reserved=5.0)
    tried = replace(full_facts.plan, profit=Interval(-13.63, -17.6, -9.6), bound=0.01, difference=lots)
    said = headline.headline(replace(full_facts, plan=tried), EN)
    assert said.startswith("No offer is expected to pay yet")
    assert "$13.63" in said
    some = replace(tried, bound=50.0, difference=replace(lots, by_lot=63.63))
    assert "costs more than the rest is expected to earn" in headline.headline(replace(full_facts, plan=some), EN)
    lost = replace(tried, difference=replace(lots, by_lot=2.0))
    assert "would cost $13.63 more than it earns" in headline.headline(replace(full_facts, plan=lost), EN)


def test_the_gravest_caveats_stand_under_the_headline(full_facts: ReportFacts, cold_facts: ReportFacts) -> None:
    lines = promotion(replace(full_facts, caveats=("margin_stated", "prior_leans", "not_randomised")), "en").warnings
    assert [line.split(";")[0] for line, _ in lines] == [
        "What the offers earn is mostly a stated belief",
        "Past campaigns have no record of a lot, so their effects may be overstated or understated.",
    ]
    assert {target for _, target in lines} == {"caveats"}
    assert len(promotion(cold_facts, "zh").warnings) == 1
    assert promotion(replace(full_facts, caveats=("margin_stated",)), "en").warnings == ()


def totals_with(facts: ReportFacts, **changes: int) -> pa.Table:
    row = facts.shop.totals.to_pylist()[0] | changes
    return pa.Table.from_pylist([row], schema=facts.shop.totals.schema)


def test_orders_per_customer_leave_anonymous_orders_out(full_facts: ReportFacts) -> None:
    mixed = totals_with(full_facts, customers=4372, buyers=4339, orders=20_726, known_orders=18_536,
                      anonymous_orders=2190, revenue=1_000_000, anonymous_revenue=160_000)  # fmt: skip
    section = glance.section(replace(full_facts.shop, totals=mixed), START, EN)
    assert section
    assert "18,536 by 4,339 known customers, and 2,190 by people" in section.lead
    assert "16% of the sales" in section.lead
    numbers = section.blocks[0]
    assert isinstance(numbers, Numbers)
    buyers = next(one for one in numbers.items if one.label == "Buyers")
    assert (buyers.value, buyers.hint) == ("4,339", "4.3 orders each, 33 known without a purchase")


def test_the_shop_is_dated_by_its_sales(full_facts: ReportFacts) -> None:
    section = glance.section(full_facts.shop, START, EN)
    assert section
    assert section.lead.startswith("Between 1 January 2017 and 29 October 2017, 2,440 customers placed")


def goods(facts: ReportFacts, **tables: pa.Table) -> Figure | Text:
    section = glance.section(replace(facts.shop, **tables), START, EN)
    assert section
    block = section.blocks[2]
    assert isinstance(block, Figure | Text)
    return block


def test_products_take_the_place_of_categories_that_were_not_recorded(full_facts: ReportFacts) -> None:
    revenue = full_facts.shop.totals["revenue"][0].as_py()
    with_categories = goods(full_facts)
    assert isinstance(with_categories, Figure)
    assert with_categories.chart.x[0] == "GROCERY"
    unknown = pa.table({"category": pa.array([None], pa.string()), "revenue": [revenue]})
    with_products = goods(full_facts, by_category=unknown)
    assert isinstance(with_products, Figure)
    assert with_products.chart.x == ("HANGING HEART", "CAKESTAND (22423)", "CAKESTAND (22424)")
    assert "no category" in with_products.chart.summary
    neither = goods(full_facts, by_category=unknown, by_product=full_facts.shop.by_product.slice(0, 0))
    assert isinstance(neither, Text)
    assert "cannot say what sells" in neither.text


def test_what_is_not_recorded_is_not_what_sells_most(full_facts: ReportFacts) -> None:
    revenue = full_facts.shop.totals["revenue"][0].as_py()
    partly = pa.table({"category": [None, "DELI"], "revenue": [revenue * 4 // 10, revenue // 10]})
    figure = goods(full_facts, by_category=partly)
    assert isinstance(figure, Figure)
    assert figure.chart.summary.startswith("DELI sells most")
    assert figure.chart.series[0].muted_points == (0,)


def texts(facts: ReportFacts) -> list[str]:
    assert facts.plan
    return [block.text for block in plan.section(facts.plan, EN).blocks if isinstance(block, Text)]


def test_the_shadow_price_is_told_only_where_the_budget_binds(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    assert any("about $1.37 more profit" in text for text in texts(full_facts))
    slack = tuple(replace(row, shadow_price=0.0) for row in full_facts.plan.limits)
    loose = replace(full_facts, plan=replace(full_facts.plan, limits=slack))
    assert any("more budget brings nothing" in text for text in texts(loose))
    free = replace(full_facts, plan=replace(full_facts.plan, budget=None))
    assert any("No budget was set" in text for text in texts(free))


def test_a_rival_that_is_better_is_named(full_facts: ReportFacts) -> None:
    assert full_facts.models
    assert "better than every simple rule" in models.section(full_facts.models, EN).lead
    better = ScoreRow(Both.same("recency"), 0.99, 1.0)
    beaten = replace(full_facts.models, scores=(*full_facts.models.scores, better))
    assert "“recency” does at least as well" in models.section(beaten, EN).lead
    alone = replace(full_facts.models, scores=full_facts.models.scores[:1], later=False)
    assert models.section(alone, EN).lead.startswith("On customers it had not seen, the tenth")


@pytest.mark.parametrize("reader", [EN, ZH])
def test_why_learn_prints_other_figures_is_said_where_it_does(full_facts: ReportFacts, reader: Reader) -> None:
    assert full_facts.models
    other = replace(full_facts.models, out_of_fold=(0.6543, 2.34))
    said = [block.text for block in models.section(other, reader).blocks if isinstance(block, Text)]
    assert any("0.654" in text and "2.34" in text and reader.day(other.learned_before) in text for text in said)
    alone = [block.text for block in models.section(full_facts.models, reader).blocks if isinstance(block, Text)]
    assert len(alone) == len(said) - 1


def test_the_segments_of_the_plan_add_up(full_facts: ReportFacts) -> None:
    assert full_facts.plan
    figures = [block for block in plan.section(full_facts.plan, EN).blocks if isinstance(block, Figure)]
    stacked = next(figure for figure in figures if figure.chart.kind == "stacked")
    shown = sum(value or 0 for series in stacked.chart.series for value in series.values)
    assert shown == sum(one.customers for one in full_facts.plan.by_segment)
    assert [series.muted for series in stacked.chart.series] == [True, False, False, False]


def test_deciles_are_rates_of_their_own_customers(full_facts: ReportFacts) -> None:
    assert full_facts.happened
    section = happened.section(full_facts.happened, EN)
    assert section
    figure = section.blocks[0]
    assert isinstance(figure, Figure)
    assert figure.chart.series[0].values[0] == pytest.approx(84 / 114)
    assert happened.section(replace(full_facts.happened, recipients=0), EN) is None


def test_redeemers_in_the_plan_stand_beside_what_chance_would_give(full_facts: ReportFacts) -> None:
    assert full_facts.happened
    section = happened.section(replace(full_facts.happened, redeemers_planned=40, planned_and_sent=554), EN)
    assert section
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[2:] for row in table.rows] == [("40 of 214", 105), ("174 of 214", 109), (None, None)]
    note = next(block for block in section.blocks if isinstance(block, Note))
    assert note.text.startswith("The plan looks for extra profit, not for people who use coupons. 40 of the 214")
    assert "passes over many of them" in note.text
    more = happened.section(full_facts.happened, EN)
    assert more
    assert not any("passes over" in block.text for block in more.blocks if isinstance(block, Note))


def test_an_effect_comes_with_an_example_in_money() -> None:
    rows = (campaign(Interval(-5.5, -9, -1), Interval(3, 1, 5)), campaign(Interval(1, -1, 3), Interval(0, -1, 1)))
    section = effects.section(EffectFacts(rows, 28), EN)
    assert section
    figure, claims = section.blocks[1:3]
    assert isinstance(figure, Figure)
    assert "within 28 days each recipient spent $5.50 less than without it" in figure.chart.summary
    assert isinstance(claims, Table)
    assert "spent $3.00 more than comparable others before" in str(claims.rows[0][1])


def test_a_column_that_is_never_missing_is_not_drawn(full_facts: ReportFacts) -> None:
    assert full_facts.quality
    section = quality.section(full_facts.quality, START, EN)
    chart = next(block.chart for block in section.blocks if isinstance(block, Figure))
    assert chart.x == ("Product name", "Brand", "Category")
    absent = next(block for block in section.blocks if isinstance(block, Text))
    assert absent.text.startswith("Visit, Search words.")


def test_clean_data_is_said_to_be_clean(full_facts: ReportFacts) -> None:
    assert full_facts.quality
    clean = replace(full_facts.quality, quarantined=0, reasons=(), findings=(), missing={})
    section = quality.section(clean, START, EN)
    assert "none had to be refused" in section.lead
    assert [type(block) for block in section.blocks] == [Table]


def test_a_shop_without_sales_has_no_glance_and_no_segments(full_facts: ReportFacts) -> None:
    assert full_facts.segments
    none = totals_with(full_facts, orders=0)
    assert glance.section(replace(full_facts.shop, totals=none), START, EN) is None
    empty = tuple(replace(row, customers=0, revenue_minor=0) for row in full_facts.segments.rows)
    assert segments.section(replace(full_facts.segments, rows=empty), EN) is None


@pytest.mark.parametrize("months", [["2017-01", "2017-02"], ["2017-01-01", "2017-02-01"]])
def test_months_may_come_as_text(full_facts: ReportFacts, months: list[str]) -> None:
    table = pa.table({"month": months, "revenue": [100, 200], "orders": [1, 2], "customers": [1, 1]})
    section = glance.section(replace(full_facts.shop, by_month=table), START, EN)
    assert section
    figure = section.blocks[1]
    assert isinstance(figure, Figure)
    assert figure.chart.x == ("Jan 2017", "Feb 2017")
    assert figure.chart.series[0].values == (1.0, 2.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_and_column_has_a_name(language: Language) -> None:
    reader = Reader(language, "USD")
    assert all(reader.say(f"event_{name}") for name in EVENT_NAMES)
    assert all(reader.say(f"column_{name}") for name in EVENTS.names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caveat_has_its_words(full_facts: ReportFacts, language: Language) -> None:
    section = caveats.section(replace(full_facts, caveats=tuple(caveats.LEVELS)), Reader(language, "USD"))
    assert section
    assert len(section.blocks) == len(caveats.LEVELS)
    assert all(isinstance(block, Note) and block.title and block.text for block in section.blocks)
