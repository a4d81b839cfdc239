import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context, Customer

TRUTH = [
    # orders before this one, condition, reason
    (0, {"is": 1}, None),
    (1, {"is": 1}, "too_many_orders"),
    (1, {"is": 3}, "too_few_orders"),
    (2, {"is": 3}, None),
    (3, {"is": 3}, "too_many_orders"),
    (0, {"min": 2}, "too_few_orders"),
    (1, {"min": 2}, None),
    (999, {"min": 2}, None),
    (0, {"max": 2}, None),
    (1, {"max": 2}, None),
    (2, {"max": 2}, "too_many_orders"),
    (1, {"min": 3, "max": 5}, "too_few_orders"),
    (2, {"min": 3, "max": 5}, None),
    (4, {"min": 3, "max": 5}, None),
    (5, {"min": 3, "max": 5}, "too_many_orders"),
    (None, {"is": 1}, "customer_needed"),
    (None, {"max": 9}, "customer_needed"),
]


@pytest.mark.parametrize(("orders", "spec", "reason"), TRUTH)
def test_truth(ask, orders, spec, reason):
    why = ask({"kind": "order_number", **spec}, Context(customer=Customer("c", orders=orders)))
    assert (why and why.code) == reason


def test_it_says_how_many_are_missing(ask):
    why = ask({"kind": "order_number", "is": 5}, Context(customer=Customer("c", orders=1)))
    assert why == ("too_few_orders", {"least": 5, "is": 2}, {"order_more": 3})


@pytest.mark.parametrize(
    "spec", [{}, {"is": 0}, {"is": 1.0}, {"is": True}, {"is": 1, "min": 1}, {"min": 3, "max": 2}, {"min": "2"}]
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'order_number'"):
        check({"kind": "order_number", **spec})
