import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context, Customer


@pytest.mark.parametrize(
    ("customer_id", "met"), [("c-1", True), ("c-2", True), ("c-3", False), ("", False), (None, False)]
)
def test_truth(ask, customer_id, met):
    why = ask({"kind": "customer", "any_of": ["c-1", "c-2"]}, Context(customer=Customer(customer_id)))
    assert (why is None) == met


def test_it_tells_nobody_whom_it_is_for(ask):
    assert ask({"kind": "customer", "any_of": ["c-1"]}) == ("not_for_this_customer", {}, {})


@pytest.mark.parametrize("spec", [{}, {"any_of": []}, {"any_of": [7]}])
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'customer'"):
        check({"kind": "customer", **spec})
