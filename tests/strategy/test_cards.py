from datetime import datetime

import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.settings import PlanSettings
from offersmith.strategy.cards import cards, to_markdown
from offersmith.strategy.plan import make
from offersmith.words import LANGUAGES, catalogue

NOON = datetime.fromisoformat("2026-01-01T12:00")


@pytest.fixture
def plan(estimates, offers):
    return make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7)


def test_cards_add_up_to_the_plan(plan):
    ids = plan.decisions["customer_id"].to_pylist()
    segments = pa.table({"customer_id": ids[:250], "segment": ["a", "b"] * 125})
    made = cards(plan, segments)
    assert {card.segment for card in made} == {"a", "b", "everyone"}
    assert sum(card.customers for card in made) == 300
    assert sum(card.expected_profit for card in made) == pytest.approx(plan.expected_profit)
    assert sum(card.expected_cost for card in made) == pytest.approx(plan.spent)
    assert sum(card.by_lot for card in made) == plan.explorers
    for card in made:
        assert card.customers <= card.segment_size
        assert 0 < card.probability_low <= card.probability_high <= 1
        assert card.reasons
        assert len(card.reason_shares) == len(card.reasons)
        assert all(0 < share <= 1 for share in card.reason_shares)
    given = [card for card in made if card.offer_id != "none"]
    assert list(made[: len(given)]) == given
    assert [card.expected_profit for card in given] == sorted((card.expected_profit for card in given), reverse=True)


def test_what_decided_comes_before_facts_and_rare_facts_are_not_said(estimates, offers):
    ids = [f"c{place:05d}" for place in range(300)]
    profiles = pa.table({"customer_id": ids, "recency": [1.0] * 300, "redemptions": [2] + [0] * 299})
    plan = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7, profiles)
    for card in cards(plan):
        place = card.reasons.index("bought_lately")
        assert card.reason_shares[place] == 1
        assert place == len(card.reasons) - 1
        assert "redeems_often" not in card.reasons


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_twice_and_names_everything(plan, language):
    page = to_markdown(cards(plan), language, plan)
    assert page == to_markdown(cards(plan), language, plan)
    assert page.count("\n## ") == len(cards(plan))
    assert plan.version in page
    assert to_markdown(cards(plan), language).count("\n## ") == len(cards(plan))


def test_a_smaller_share_by_lot_and_a_cold_start_are_said(estimates, offers):
    small = make(estimates(300), offers, Money(500, "USD"), PlanSettings(), NOON, 7)
    page = to_markdown(cards(small), "en", small)
    assert "The settings ask for 10.0% by lot; customers for whom a single offer would take more than 5% of" in page
    cold = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7, cold=True)
    page = to_markdown(cards(cold), "en", cold)
    assert "no campaign history" in page
    assert "none that would take more than 1% of the budget" in page


def test_every_reason_has_words(plan):
    known = set(catalogue("strategy"))
    for why in plan.decisions["reasons"].to_pylist():
        assert {f"reason_{code}" for code in why} <= known
