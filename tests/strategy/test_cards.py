from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from offersmith.money import Money
from offersmith.response.explain.because import SAME_FOR_ALL, STATED_BELIEF, Because, column
from offersmith.settings import PlanSettings
from offersmith.strategy.cards import cards, to_markdown
from offersmith.strategy.plan import make
from offersmith.strategy.told import told
from offersmith.words import LANGUAGES, catalogue, say

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
    chosen = [card for card in given if card.by_lot < card.customers]
    assert given[: len(chosen)] == chosen
    for part in (chosen, given[len(chosen) :]):
        assert [card.expected_profit for card in part] == sorted((card.expected_profit for card in part), reverse=True)


def test_cards_of_lots_alone_come_after_what_was_chosen(plan):
    """A lot that is expected to lose nothing tells less of a strategy than a choice that may earn or lose."""
    drawn = np.array(["by_lot" in why for why in plan.decisions["reasons"].to_pylist()])
    given = np.array([offer != "none" for offer in plan.decisions["offer_id"].to_pylist()])
    ids = plan.decisions["customer_id"].to_pylist()
    parts = np.where(drawn, "lots", "chosen").tolist()
    made = [card for card in cards(plan, pa.table({"customer_id": ids, "segment": parts})) if card.offer_id != "none"]
    assert (drawn & given).any()
    assert (~drawn & given).any()
    assert [card.segment for card in made] == sorted(card.segment for card in made)


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
    assert "The settings ask for 10% by lot; customers for whom a single offer would take more than 5% of" in page
    cold = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7, cold=True)
    page = to_markdown(cards(cold), "en", cold)
    assert "no campaign history" in page
    assert "none that would take more than 1% of the budget" in page


def test_every_reason_has_words(plan):
    known = set(catalogue("strategy"))
    for why in plan.decisions["reasons"].to_pylist():
        assert {f"reason_{code}" for code in why} <= known


def asked(customers, given, profit):
    """Say the same two things of everybody."""
    n = len(customers)
    rows = (np.tile(one, (n, 1)) for one in ([0, 1, -1], [0, 1, -1], [0.75, -0.25, 0.0]))
    assert len(given) == len(profit) == n
    return Because(column(("recency", "orders"), *rows, np.ones(n, np.bool_)), {})


@pytest.mark.parametrize(
    ("language", "model", "against", "fact"),
    [
        (
            "en",
            "- what the model goes by: days since the last purchase (lower) for 100%, +0.75 USD each",
            "- what speaks against it, by the model: orders ever (higher) for 100%, -0.25 USD each",
            "- also true of them, though not why: bought in the last 14 days (100%)",
        ),
        (
            "zh",
            "- 模型的依据：距上次购买天数（偏低），涉及 100% 的顾客，人均 +0.75 USD",
            "- 模型认为的不利因素：累计订单数（偏高），涉及 100% 的顾客，人均 -0.25 USD",
            "- 这些顾客的共同情况（并非决定的原因）：近 14 天内购买过（100%）",
        ),
    ],
)
def test_what_the_model_goes_by_is_told_apart_from_facts(estimates, offers, language, model, against, fact):
    profiles = pa.table({"customer_id": [f"c{place:05d}" for place in range(300)], "recency": [1.0] * 300})
    plan = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7, profiles, because=asked)
    page = to_markdown(cards(plan), language, plan)
    given = [card for card in cards(plan) if card.offer_id != "none"]
    assert {line for line in page.splitlines() if line.startswith(model[:5])} >= {model}
    assert page.count(model) == page.count(against) == len(given)
    assert page.count(fact) == len(cards(plan))
    assert model.removeprefix("- ").split("：")[-1].split(": ")[-1] in " ".join(told(plan, language))
    for card in cards(plan):
        assert card.asked == (0 if card.offer_id == "none" else card.customers - card.by_lot)
        assert card.as_dict()["because"] == ([] if not card.asked else [
            {"feature": "recency", "held": "lower", "raises": True, "share": 1.0, "change": 0.75},
            {"feature": "orders", "held": "higher", "raises": False, "share": 1.0, "change": -0.25},
        ])  # fmt: skip


@pytest.mark.parametrize("code", [STATED_BELIEF, SAME_FOR_ALL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_no_model_speaks_the_cards_do_not_pretend(estimates, offers, code, language):
    def silent(customers, given, profit):
        n = len(given)
        nothing = np.full((n, 3), -1)
        why = column((), nothing, nothing, np.zeros((n, 3)), np.zeros(n, np.bool_))
        assert len(customers) == len(profit) == n
        return Because(why, {code: np.ones(n, np.bool_)})

    plan = make(estimates(300), offers, Money(20_000, "USD"), PlanSettings(), NOON, 7, because=silent)
    page = to_markdown(cards(plan), language, plan)
    assert say("strategy.card_model", language, reasons="") not in page
    assert say("strategy.cards_model", language) not in page
    reason = say(f"strategy.reason_{code}", language)
    chosen = 300 - plan.counts["none"] - sum(c.by_lot for c in cards(plan) if c.offer_id != "none")
    assert say("strategy.told_no_model", language, customers=chosen, reason=reason) in page
