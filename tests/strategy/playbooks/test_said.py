import pytest

from offersmith.strategy.playbooks.base import Who
from offersmith.strategy.playbooks.reading import parse
from offersmith.strategy.playbooks.said import condition, rails


@pytest.mark.parametrize(
    ("who", "english", "chinese"),
    [
        (Who(column="segment", values=("new", "gold")), "segment: New or gold", "顾客分群：新顾客或gold"),
        (Who(column="member", values=(True,)), "member: yes", "member：是"),
        (Who(column="recency", high=91), "days since the last purchase: less than 91", "距上次购买天数：低于 91"),
        (Who(column="spend", low=5_000), "50.00 USD or more", None),
        (Who(column="spend", low=5_000, high=100_000), "50.00 USD or more, and less than 1,000.00 USD", None),
        (Who(column="deal_affinity", low=0.125), "12.5% or more", None),
        (Who(column="spend", top=0.2), "the highest 20%", "最高的 20%"),
        (Who(column="spend", bottom=0.25), "the lowest 25%", "最低的 25%"),
    ],
)
def test_a_condition_in_words(who, english, chinese):
    assert condition(who, "USD", "en").endswith(english)
    if chinese:
        assert condition(who, "USD", "zh").endswith(chinese)


def test_limits_over_several_plans_are_told_whole():
    limits = [
        {"name": "not too often", "kind": "frequency", "each_at_most": 2, "days": 28, "channel": "email"},
        {"name": "letters", "kind": "contacts", "at_most": 500, "days": 30},
    ]
    raw = {
        "name": "ours", "title": {"en": "Ours"}, "about": {"en": "Ours."}, "offers": [
            {"id": "ten", "kind": "percent_off", "terms": {"percent": 10}, "channel": "email"}
        ], "limits": limits,
    }  # fmt: skip
    said = rails(parse(raw, "ours.toml"), 0.0, "USD", "en")
    assert said == [
        "offers to one customer: at most 2, counting those of the last 28 days, sent by email",
        "customers with an offer: at most 500, counting those of the last 30 days",
    ]
