import pytest

from offersmith.strategy.playbooks.base import Who
from offersmith.strategy.playbooks.said import condition, share


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


def test_a_share_is_said_as_it_is():
    assert [share(part) for part in (0.3, 0.07, 0.125, 1.0, 1 / 3)] == ["30%", "7%", "12.5%", "100%", "33.3333%"]
