"""What the approver reads of a campaign: every promotion with its rules."""

from tests.campaigns.conftest import AT, Shopkeeper, percent

from offersmith.campaigns.shown import show
from offersmith.campaigns.states import Action

TEA = percent(
    "tea",
    15,
    needs_code=True,
    conditions=[{"kind": "spend", "min": "30.00"}, {"kind": "order_number", "is": 1}],
    ends="2026-06-15",
)
TEA["terms"] = {"percent": 15, "items": {"sku": ["tea"]}}
SPAN = {"starts": "2026-06-01", "ends": "2026-06-30"}


def test_the_rules_of_a_promotion_stand_below_it(desk: Shopkeeper) -> None:
    desk.live(TEA, percent("ten", 10), **SPAN)
    shown = show(desk, "c", AT)
    lines = shown.text().splitlines()
    first = lines.index("  tea, with a code: 15 % off what it is for")
    assert lines[first + 1 :] == [
        "    only if at least 30.00 EUR is spent",
        "    only if it is the customer's first order",
        "    for: product tea",
        "    until 2026-06-16 00:00",
        "  ten: 10 % off",
    ], "the campaign's own start and end are said once"
    assert "    条件：消费至少 30.00 EUR" in shown.text("zh").splitlines()


def test_the_rules_are_told_in_both_languages(desk: Shopkeeper) -> None:
    desk.live(TEA, percent("ten", 10), **SPAN)
    tea, ten = show(desk, "c", AT).as_dict()["promotions"]
    assert tea["rules"]["en"][2] == "for: product tea"
    assert tea["rules"]["zh"][2] == "适用商品：商品 tea"
    assert ten["rules"] == {"en": [], "zh": []}


def test_a_limit_for_each_is_said_as_people_say_it(desk: Shopkeeper) -> None:
    each = {"per": "customer", "count": 1}
    desk.live(
        percent("ten", 10),
        limits=[{"name": "once", **each}, {"name": "daily", **each, "count": 3, "period": "day"}],
    )
    assert desk.till.reserve(desk.order(customer="a"), "k", AT).facts["off"]
    shown = show(desk, "c", AT)
    assert shown.text().splitlines()[-2:] == [
        "  limit “once”: once per customer; used once in all",
        "  limit “daily”: 3 times a day per customer; used once in all",
    ]
    assert shown.text("zh").splitlines()[-2:] == [
        "  限额「once」：每个顾客限 1 次；累计已用 1 次",
        "  限额「daily」：每个顾客每天限 3 次；累计已用 1 次",
    ]


def test_a_stopped_campaign_is_stopped_in_chinese_too(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10))
    assert desk.move("c", Action.STOP, actor="ann", at=AT).done
    assert "已停止" in show(desk, "c", AT).text("zh").splitlines()[0]
