import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context, Customer


@pytest.mark.parametrize(
    ("level", "met"), [(None, False), ("", False), ("gold", True), ("silver", True), ("bronze", False), ("Gold", False)]
)
def test_truth(ask, level, met):
    why = ask({"kind": "level", "any_of": ["silver", "gold"]}, Context(customer=Customer("c", level=level)))
    assert why == (None if met else ("not_a_member", {"levels": ["gold", "silver"]}, {}))


@pytest.mark.parametrize("spec", [{}, {"any_of": []}, {"any_of": None}, {"none_of": ["gold"]}])
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'level'"):
        check({"kind": "level", **spec})
