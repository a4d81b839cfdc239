import pytest

from offersmith.offers.item_words import say_items
from offersmith.offers.items import check


@pytest.mark.parametrize(
    ("selector", "en", "zh"),
    [
        ({}, "anything", "任意商品"),
        ({"sku": "tea"}, "product tea", "商品 tea"),
        (
            {"brand": ["b", "a"], "attributes": {"tags": ["sale"]}},
            "brand a or b, tags sale",
            "品牌 a 或 b、tags 为 sale",
        ),
        (
            {"category": ["tea"], "min_unit_price": "5", "exclude": {"sku": ["x"]}},
            "category tea, from 5.00 USD a piece, but not (product x)",
            "品类 tea、单价 5.00 USD 起、除（商品 x）外",
        ),
        ({"max_unit_price": "9", "full_price_only": True}, "up to 9.00 USD a piece, at full price", None),
    ],
)
def test_selectors_in_words(selector, en, zh):
    checked = check("here", selector, "USD")
    assert say_items(checked, "USD", "en") == en
    if zh:
        assert say_items(checked, "USD", "zh") == zh
