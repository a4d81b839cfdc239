"""Whoever approves a promotion reads all its rules: every condition and every selector has words in every language."""

import pytest

from offersmith.offers import KINDS
from offersmith.offers.conditions import CONDITIONS, in_zone, nested
from offersmith.offers.reading import promotion
from offersmith.offers.rule_words import NAMED, say_condition, say_rules, say_terms
from offersmith.vocabulary import NO_OFFER
from offersmith.words import LANGUAGES

CASES = [{"kind": name, **spec} for name, kind in CONDITIONS.items() for spec in kind.examples]
OFFERS = [(name, terms) for name, kind in KINDS.items() if name != NO_OFFER for terms in kind.examples]


def texts_in(value, key=""):
    """Return every text and number of a condition or of terms that a reader has to find again."""
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in texts_in(inner, name)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in texts_in(inner, key)]
    return [] if key in ("kind", "basis", "tax", "days", "of") else [str(value).replace("T", " ")]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_condition_speaks_in_every_language_and_leaves_nothing_out(case):
    said = {language: say_condition(case, "USD", language) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    for text in said.values():
        assert text == text.strip()
        assert "{" not in text
        for one in texts_in(case):
            assert one in text or (case["kind"], one) in (("order_number", "1"), ("hours", "00:00"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_condition_speaks_inside_of_others(case):
    inside = {"kind": "not", "condition": {"kind": "any_of", "conditions": [case, {"kind": "quantity", "min": 2}]}}
    checked = nested.checked(inside, "USD", CONDITIONS)
    for language in LANGUAGES:
        assert say_condition(case, "USD", language) in say_condition(checked, "USD", language)


@pytest.mark.parametrize(("kind", "terms"), OFFERS, ids=str)
def test_every_selector_of_an_offer_is_said(kind, terms):
    told = {language: say_terms(terms, "USD", language) for language in LANGUAGES}
    parts = [part["terms"] for part in terms["parts"]] if "parts" in terms else [terms]
    sides = [side for part in parts for side in (part, part.get("buy", {}), part.get("get", {})) if "items" in side]
    for language, lines in told.items():
        assert len(lines) >= len(sides), kind
        for text in (text for side in sides for text in texts_in(side["items"])):
            assert any(text in line for line in lines), (language, text)
    assert all(en != zh for en, zh in zip(told["en"], told["zh"], strict=True))


def rules(zone="", **more):
    raw = {"promotion_id": "tea", "kind": "percent_off", "terms": {"percent": 15}, **more}
    one = promotion(raw, "EUR", "Europe/Berlin")
    return [say_rules(one, "EUR", language, zone) for language in LANGUAGES]


def test_a_promotion_without_rules_says_none():
    assert rules() == [[], []]


def test_what_somebody_has_to_know_who_approves_it():
    english, chinese = rules(
        "Europe/Berlin",
        terms={"percent": 15, "items": {"sku": "tea"}},
        conditions=[
            {"kind": "spend", "min": "30.00"},
            {"kind": "hours", "from": "18:00", "to": "22:00"},
            {"kind": "order_number", "is": 1},
        ],
        starts="2026-06-01",
        priority=5,
        group="best of",
        exclusive=True,
        combines_with=["shipping"],
    )
    assert english == [
        "only if at least 30.00 EUR is spent",
        "only if it is between 18:00 and 22:00",
        "only if it is the customer's first order",
        "for: product tea",
        "from 2026-06-01 00:00 on",
        "priority 5; the highest comes first",
        "in the group “best of”",
        "goes with no other promotion",
        "combines only with: shipping",
    ]
    assert chinese == [
        "条件：消费至少 30.00 EUR",
        "条件：时间在 18:00 至 22:00 之间",
        "条件：是顾客的首单",
        "适用商品：商品 tea",
        "2026-06-01 00:00 起",
        "优先级 5，数值高者先算",
        "属于优惠组「best of」",
        "不与其他任何优惠同享",
        "仅可与以下优惠叠加：shipping",
    ]


def test_less_usual_rules():
    said, _ = rules(combines_with=[], phase="order", ends="2026-06-19")
    assert said == [
        "until 2026-06-19 22:00 (UTC)",
        "combines with no other promotion",
        "counted with the offers on the whole order",
    ]


def test_a_zone_is_named_where_it_is_another():
    spec = in_zone({"kind": "weekday", "days": ["mon"]}, "Europe/Berlin")
    assert say_condition(spec, "EUR", "en", "Europe/Berlin") == "it is Monday"
    assert say_condition(spec, "EUR", "en", "Asia/Tokyo") == "it is Monday (Europe/Berlin time)"


def test_many_customers_are_counted():
    several = {"kind": "customer", "any_of": [f"c-{number}" for number in range(NAMED + 1)]}
    assert say_condition(several, "EUR", "en") == "the customer is one of 6 that are listed"
    assert say_condition(several, "EUR", "zh") == "顾客在名单之内（共 6 位）"


@pytest.mark.parametrize(
    ("spec", "en"),
    [
        ({"kind": "quantity", "min": 1}, "the basket holds at least 1 piece"),
        ({"kind": "quantity", "min": 2, "max": 2}, "the basket holds exactly 2 pieces"),
        ({"kind": "quantity", "max": 4, "items": {"sku": ["a"]}}, "the basket holds at most 4 pieces of (product a)"),
        ({"kind": "spend", "min": "1.00", "max": "9.00"}, "1.00 to 9.00 EUR is spent"),
        ({"kind": "window", "ends": "2026-06-19"}, "it is 2026-06-19 or an earlier day"),
        ({"kind": "distinct", "min": 1, "max": 3}, "the basket holds 1 to 3 different products"),
        ({"kind": "distinct", "min": 1, "of": "lines"}, "the basket holds at least 1 line"),
        ({"kind": "order_number", "max": 3}, "it is one of the customer's orders up to number 3"),
    ],
    ids=str,
)
def test_bounds(spec, en):
    assert say_condition(spec, "EUR", "en") == en


def test_times_are_said_once():
    """Of the cheapest pieces they are a number of pieces, which the offer itself says."""
    assert say_terms({"percent": 100, "times": 2}, "EUR", "en") == []
    assert say_terms({"percent": 100, "times": 2, "of_every": 3}, "EUR", "en") == ["2 times in a basket at most"]


def test_moments_are_those_of_the_zone():
    assert rules("Europe/Berlin", ends="2026-06-19T18:00")[0] == ["until 2026-06-19 18:00"]
    assert rules("Asia/Tokyo", ends="2026-06-19T18:00")[0] == ["until 2026-06-20 01:00"]
