import pytest

from offersmith.errors import SettingsError

TEA, CUP, HAT = {"sku": ["tea"]}, {"category": ["cups"]}, {"sku": ["hat"]}

TRUTH = [
    ({"all": [TEA]}, None),
    ({"all": [TEA, CUP]}, None),
    ({"all": [TEA, HAT]}, "missing_items"),
    ({"any": [HAT, CUP]}, None),
    ({"any": [HAT]}, "missing_items"),
    ({"none": [HAT]}, None),
    ({"none": [HAT, CUP]}, "excluded_items"),
    ({"all": [TEA], "any": [HAT]}, "missing_items"),
    ({"all": [TEA], "any": [CUP], "none": [HAT]}, None),
    ({"all": [TEA], "none": [TEA]}, "excluded_items"),
    ({"all": [{"brand": ["north"], "attributes": {"tags": ["sale"]}}]}, None),
    ({"all": [{"brand": ["south"]}]}, "missing_items"),
    ({"all": [{"attributes": {"colour": ["red"]}}]}, "missing_items"),
    ({"none": [{"attributes": {"colour": ["red"]}}]}, None),
    ({"all": [{"category": ["drinks"], "exclude": {"sku": ["tea"]}}]}, "missing_items"),
    ({"any": [{"min_unit_price": "10.00"}]}, None),
    ({"any": [{"min_unit_price": "10.01"}]}, "missing_items"),
    ({"all": [{"sku": ["gift"]}]}, "missing_items"),
    ({"none": [{"sku": ["gift"]}]}, None),
    ({"all": [{"full_price_only": True}]}, None),
]


@pytest.mark.parametrize(("spec", "reason"), TRUTH)
def test_truth(ask, spec, reason):
    why = ask({"kind": "contains", **spec})
    assert (why and why.code) == reason


def test_an_empty_basket_lacks_everything(ask, empty):
    assert ask({"kind": "contains", "all": [TEA]}, basket=empty).code == "missing_items"
    assert ask({"kind": "contains", "any": [TEA]}, basket=empty).code == "missing_items"
    assert ask({"kind": "contains", "none": [TEA]}, basket=empty) is None


def test_it_says_what_would_help(ask):
    assert ask({"kind": "contains", "all": [TEA, HAT]}) == ("missing_items", {"missing": [HAT]}, {"add_all": [HAT]})
    assert ask({"kind": "contains", "any": [HAT, {"sku": "bag"}]}).hint == {"add_one": [HAT, {"sku": ["bag"]}]}
    why = ask({"kind": "contains", "none": [{"sku": ["cup", "tea"]}]})
    assert why.facts["lines"] == ["tea", "cup"]
    assert why.hint == {"remove": ["tea", "cup"]}


@pytest.mark.parametrize(
    "spec",
    [{}, {"all": []}, {"all": [{}]}, {"any": TEA}, {"none": ["tea"]}, {"all": [{"colour": "red"}]}, {"some": [TEA]}],
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'contains'"):
        check({"kind": "contains", **spec})
