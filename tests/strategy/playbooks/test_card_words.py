import re
from dataclasses import replace

import pytest

from offersmith.strategy.playbooks.card_words import chance, lines, to_markdown
from offersmith.strategy.playbooks.cards import playbook_cards
from offersmith.strategy.playbooks.reading import parse
from offersmith.strategy.playbooks.said import rails
from offersmith.words import LANGUAGES


@pytest.fixture(scope="module")
def cards(planned):
    return playbook_cards(planned.playbooks, planned.plan, planned.profiles, planned.estimates)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_its_figures(cards, language):
    page = to_markdown(cards, language)
    assert page.count("\n## ") == len(cards)
    for card in cards:
        said = dict(lines(card, language))
        assert len(said) == 10
        text = "\n".join(said.values())
        figures = [card.members, card.given, card.elsewhere, card.by_lot]
        assert all(f"{number:,}" in text for number in figures)
        amounts = [card.expected_profit, card.expected_cost, *card.interval, card.budget]
        assert all(f"{amount:,.2f}" in text for amount in amounts)
        assert all(line in page for line in said.values())
        assert not re.search(r"[{}]|None|nan", text)


def test_a_card_reads_like_this(cards):
    said = dict(lines(cards[0], "en"))
    assert said["Who"] == "segment: At risk, Lapsed or One-time"
    assert "We miss you: 10 % (10 % off)" in said["What they get"]
    assert said["When"] == "from 2026-07-01 until 2026-07-29"
    assert "many" not in said["Why"]
    assert "some are gone for reasons that no offer mends" in said["Risks"]
    assert (
        f"stop when its offers have cost {1.2 * cards[0].expected_cost:,.2f} USD, 120%"
        in said["Limits and guard rails"]
    )
    assert "counted for 56 days" in said["How it will be measured"]
    assert dict(lines(cards[0], "zh"))["对象"] == "顾客分群：流失风险、已流失或一次性顾客"


def test_a_card_that_counts_other_days_than_its_playbook_means_says_so(cards):
    other = replace(cards[0], horizon_days=63)
    assert "means to count 56 days; the shop counts 63" in dict(lines(other, "en"))["How it will be measured"]
    assert "原定统计 56 天；本店对所有优惠统一统计 63 天" in dict(lines(other, "zh"))["如何衡量效果"]


def test_a_playbook_out_of_season_or_open_for_other_days_says_so(make_plan, profiles):
    made = make_plan(["dinner-parties", "cart-abandonment"], profiles)
    dinner, cart = playbook_cards(made.playbooks, made.plan, made.profiles, made.estimates)
    assert "outside of its season, which is December 10 to January 2" in dict(lines(dinner, "en"))["When"]
    assert "不在适用季节内（12 月 10 日至1 月 2 日）" in dict(lines(dinner, "zh"))["时间"]
    assert "meant to be open for 3 days, and this plan ends after 28" in dict(lines(cart, "en"))["When"]


def test_without_lots_it_says_that_nothing_can_be_measured(make_plan, profiles):
    made = make_plan(["win-back"], profiles, explore=0.0)
    (card,) = playbook_cards(made.playbooks, made.plan, made.profiles, made.estimates)
    assert "it cannot be measured" in dict(lines(card, "en"))["How it will be measured"]
    assert "无法衡量" in dict(lines(card, "zh"))["如何衡量效果"]


def test_without_an_offer_it_says_that_nobody_gets_one(make_plan, profiles):
    made = make_plan(["win-back"], profiles, budget="0", explore=0.0)
    (card,) = playbook_cards(made.playbooks, made.plan, made.profiles, made.estimates)
    said = dict(lines(card, "en"))
    assert "Nobody of them gets an offer" in said["How many"]
    assert "Expected profit" not in said
    assert "120% of what is planned" in said["Limits and guard rails"]


def test_a_playbook_s_own_limits_are_said_in_words():
    limits = [
        {"name": "a", "kind": "stock", "at_most": 500},
        {"name": "b", "kind": "spend", "share_at_least": 0.1, "at_most": 70, "column": "segment", "is": ["new"]},
        {"name": "c", "kind": "exclude", "column": "age", "below": 18},
    ]
    offer = {"id": "ten", "kind": "percent_off", "terms": {"percent": 10}}
    book = parse({"name": "mine", "title": "Mine", "about": "For a test.", "offers": [offer], "limits": limits})
    assert rails(book, 10.0, "USD", "en") == [
        "stock: at most 500",
        "cost of the offers: at least 10%, at most 70, segment: New",
        "not for: age: less than 18",
    ]
    assert rails(book, 10.0, "USD", "zh")[0] == "库存：至多 500"


def test_a_chance_is_never_said_to_be_none_or_all():
    assert [chance(share, "en") for share in (0.0, 0.004, 0.01, 0.5, 0.995, 1.0)] == [
        "below 1%",
        "below 1%",
        "1%",
        "50%",
        "above 99%",
        "above 99%",
    ]


def test_a_loss_of_lots_alone_is_said_to_be_on_purpose(cards):
    lost = replace(cards[0], expected_profit=-3.0, given_by_lot=cards[0].given)
    assert "below zero, and on purpose" in dict(lines(lost, "en"))["Expected profit"]
    for other in (cards[0], replace(lost, given_by_lot=lost.given - 1)):
        assert "on purpose" not in dict(lines(other, "en"))["Expected profit"]
    assert "leans to the high side" in dict(lines(cards[0], "en"))["Expected profit"]
    assert "beliefs you stated" in dict(lines(replace(cards[0], cold=True), "en"))["Expected profit"]
