from datetime import datetime

import pytest

from offersmith.offers.basket import Basket, Line
from offersmith.offers.context import Context
from offersmith.offers.effects import Answer
from offersmith.offers.explain import explain, explain_code
from offersmith.offers.reading import promotion
from offersmith.offers.stacking import evaluate

BASKET = Basket((Line("tea", 2, 1290, category="drinks"),), "USD")


def asked(*conditions, kind="percent_off", terms=None, basket=BASKET, context=None, **more):
    raw = {"promotion_id": "ten", "kind": kind, "terms": terms or {"percent": 10}, "conditions": conditions, **more}
    return evaluate(basket, [promotion(raw, basket.currency)], context or Context()).answers[0]


def answer(code, facts=None, hint=None, off=0):
    return Answer("ten", "ten", code == "applied", code, None, facts or {}, off, hint or {})


@pytest.mark.parametrize(
    ("conditions", "en", "zh"),
    [
        ([], "ten: 2.58 USD off.", "ten：已减 2.58 USD。"),
        (
            [{"kind": "spend", "min": "30.00"}],
            "ten: What counts for it must come to 30.00 USD; so far it is 25.80 USD. Spend 4.20 USD more to get it.",
            "ten：计入的商品需满 30.00 USD，目前为 25.80 USD。再消费 4.20 USD 即可享受。",
        ),
        (
            [{"kind": "quantity", "min": 3}],
            "ten: It takes 3 pieces of what it counts; so far there are 2. Add 1 more to get it.",
            "ten：计入的商品需满 3 件，目前 2 件。再加 1 件即可享受。",
        ),
        (
            [{"kind": "contains", "all": [{"category": ["cups", "mugs"]}, {"sku": "hat", "full_price_only": True}]}],
            (
                "ten: The basket lacks: category cups or mugs; product hat, at full price. "
                "Add: category cups or mugs; product hat, at full price."
            ),
            (
                "ten：购物篮中缺少：品类 cups 或 mugs；商品 hat、未打折商品。"
                "请加入：品类 cups 或 mugs；商品 hat、未打折商品。"
            ),
        ),
        (
            [{"kind": "any_of", "conditions": [{"kind": "level", "any_of": ["gold"]}, {"kind": "quantity", "min": 4}]}],
            (
                "ten: Not one of the ways to get it is met: It is for members of level gold. "
                "It takes 4 pieces of what it counts; so far there are 2. Add 2 more to get it."
            ),
            "ten：没有满足任何一种条件：仅限 gold 会员。计入的商品需满 4 件，目前 2 件。再加 2 件即可享受。",
        ),
        (
            [{"kind": "not", "condition": {"kind": "spend", "min": "20.00"}}],
            "ten: It is not given in this case: what is spent.",
            "ten：这种情况下不适用：消费金额。",
        ),
        (
            [{"kind": "fact", "name": "channel", "any_of": ["app", "web"]}],
            "ten: It is only for channel: app or web.",
            "ten：仅限 channel：app 或 web。",
        ),
    ],
)
def test_sentences(conditions, en, zh):
    one = asked(*conditions)
    assert explain(one, "USD") == en
    assert explain(one, "USD", "zh") == zh


def test_moments_are_shown_on_the_shop_s_wall():
    context = Context(datetime(2026, 7, 1))
    one = asked(ends="2026-06-19", zone="Europe/Berlin", context=context)
    assert explain(one, "USD", zone="Europe/Berlin") == "ten: It ended on 2026-06-20 00:00 (Europe/Berlin)."
    assert explain(one, "USD") == "ten: It ended on 2026-06-19 22:00 (UTC)."
    one = asked({"kind": "weekday", "days": ["sat", "mon"]}, context=context)
    assert explain(one, "USD") == "ten: It is for Monday or Saturday; today is Wednesday. Come back on 2026-07-04."
    assert explain(one, "USD", "zh") == "ten：仅限周一 或 周六，今天是周三。请于 2026-07-04 再来。"


@pytest.mark.parametrize(
    ("hint", "en"),
    [
        ({"spend_more": 420}, "Spend 4.20 USD more and it gives more."),
        ({"spend_more": 420, "then_off": 1000}, "Spend 4.20 USD more and 10.00 USD comes off."),
        ({"spend_more": 420, "then_percent": 12.5}, "Spend 4.20 USD more and 12.5 % comes off."),
        ({"add_more": 2, "then_off": 1000}, "Add 2 more and 10.00 USD comes off."),
        ({"add_more": 2}, "Add 2 more and it gives more."),
    ],
)
def test_what_would_give_more_is_said_of_what_applies(hint, en):
    assert explain(answer("applied", hint=hint, off=100), "USD") == f"ten: 1.00 USD off. {en}"


def test_the_next_tier_is_said():
    tiers = {"tiers": [{"from": "20.00", "amount": "2.00"}, {"from": "30.00", "amount": "5.00"}]}
    one = asked(kind="spend_save", terms=tiers)
    assert explain(one, "USD") == "ten: 2.00 USD off. Spend 4.20 USD more and 5.00 USD comes off."


def test_points_alone_apply_without_money_off():
    assert explain(answer("applied"), "USD") == "ten: It applies."


def test_money_is_that_of_the_currency():
    assert "must come to 3,000 JPY" in explain(answer("below_min_spend", {"least": 3000, "is": 1}), "JPY")
    assert "3.000 KWD" in explain(answer("below_min_spend", {"least": 3000, "is": 1}), "KWD")


@pytest.mark.parametrize(
    ("facts", "said"),
    [({"rest": 150}, "The campaign has 1.50 USD left"), ({}, "What the campaign may give is used up."),
     ({"other": 1}, "What the campaign may give is used up.")],
)  # fmt: skip
def test_parameters_that_are_not_there_are_left_out(facts, said):
    assert said in explain(answer("budget_used_up", facts), "USD")


def test_the_public_learns_nothing_of_a_code():
    one = asked({"kind": "spend", "min": "30.00"}, needs_code=True)
    assert explain(one, "USD") == "ten: It takes a code."
    effects = evaluate(
        BASKET,
        [
            promotion(
                {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}, "needs_code": True}, "USD"
            )
        ],
    )
    (public,) = effects.answers_for("public")
    assert explain(public, "USD") == "ten: It does not apply."


def test_a_code_alone():
    assert explain_code("code_expired") == "This code has expired."
    assert explain_code("limit_reached", "zh") == "使用次数已达上限。"


def test_a_code_that_has_no_words_is_a_fault_of_ours():
    with pytest.raises(KeyError):
        explain_code("never_heard_of")
