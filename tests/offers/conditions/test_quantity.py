import pytest

from offersmith.errors import SettingsError


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"min": 3}, None),
        ({"min": 4}, "too_few_items"),
        ({"max": 3}, None),
        ({"max": 2}, "too_many_items"),
        ({"min": 2, "max": 2, "items": {"sku": ["tea"]}}, None),
        ({"min": 1, "items": {"sku": ["gift"]}}, "too_few_items"),
        ({"max": 0, "items": {"sku": ["hat"]}}, None),
    ],
)
def test_truth_with_both_ends_included_and_gifts_left_out(ask, spec, reason):
    why = ask({"kind": "quantity", **spec})
    assert (why and why.code) == reason


def test_it_says_how_many_are_missing(ask):
    assert ask({"kind": "quantity", "min": 5}) == ("too_few_items", {"least": 5, "is": 3}, {"add_more": 2})


@pytest.mark.parametrize("spec", [{}, {"min": -1}, {"min": "2"}, {"min": 3, "max": 2}, {"most": 2}])
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'quantity'"):
        check({"kind": "quantity", **spec})
